"""What the log says of an error, and what it keeps to itself."""

import json

import structlog

from service.logs import open_log, where


def test_an_error_is_located_without_its_message_or_any_value(capsys):
    open_log("info")
    secret = "what somebody is stuck on"
    try:
        raise ValueError(secret)
    except ValueError as error:
        structlog.get_logger().error("it failed", kind=type(error).__name__, at=where(error))
    written = capsys.readouterr().err
    assert secret not in written
    assert json.loads(written)["at"][0].startswith("test_logs.py:")
    structlog.reset_defaults()


def test_what_is_less_important_than_asked_is_not_written(capsys):
    open_log("warning")
    structlog.get_logger().info("all is well")
    assert capsys.readouterr().err == ""
    structlog.reset_defaults()
