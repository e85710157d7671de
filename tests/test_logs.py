"""What the log says of an error, and what it keeps to itself."""

import asyncio
import json
import logging
import os
from urllib.parse import quote

import pytest
import structlog

from service.running.logs import Libraries, open_log, where
from tests.api.conftest import running

NASTY = 'wombat\n{"level": "error"}\r\n\x1b[31mred\x1b[0m\u2028\x85"'


@pytest.fixture
def log(capsys):
    """Everything that is written, line by line, down to the least important."""
    open_log("debug")
    yield lambda: capsys.readouterr().err.splitlines()
    structlog.reset_defaults()
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, Libraries)]


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


def test_a_line_break_or_a_colour_in_a_value_is_written_as_json_writes_it(log):
    structlog.get_logger().error(NASTY, value=NASTY, **{NASTY: 1})
    [line] = log()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["value"] == NASTY


def test_what_a_library_says_is_a_line_without_the_values_in_it(log):
    try:
        raise ValueError(NASTY)
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling request from %s", NASTY)
    [line] = log()
    told = json.loads(line)
    assert (told["event"], told["logger"], told["level"]) == (
        "Error handling request from %s",
        "aiohttp.server",
        "error",
    )
    assert told["at"][0].startswith("test_logs.py:")
    assert "wombat" not in line


def test_what_stops_a_read_model_is_said_whole(log):
    logging.getLogger("projections.folding").error("%s", "problems stopped before event 7.")
    assert json.loads(log()[0])["event"] == "problems stopped before event 7."


def test_a_level_that_only_a_library_knows_is_one_of_ours(log):
    Libraries().emit(logging.LogRecord("x", 25, "x.py", 1, "between two levels", (), None))
    assert json.loads(log()[0])["level"] == "info"


def test_a_log_that_cannot_be_written_stops_nobody(log, monkeypatch):
    closed = open(os.devnull, "w")  # noqa: SIM115
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)
    structlog.get_logger().error("nobody hears this")


async def test_what_callers_send_is_in_no_line_whatever_they_send_it_as(tmp_path, log):
    async with running(tmp_path / "data") as network:
        await network.welcome("director")
        await network.welcome("clerk", "administrator")
        for person in (network.nobody, network.director, network.clerk):
            for path in ("/v1/problems", f"/v1/problems/{quote(NASTY)}", f"/{quote(NASTY)}", "/v1/commitments"):
                query = {"params": {"wombat": NASTY, "after": NASTY}}
                await person.get(path, **query)
                await person.get(path, headers={"X-Forwarded-For": "wombat", "Position": "wombat", "Cookie": "wombat"})
                await person.post(path, {"wombat": NASTY}, headers={"Idempotency-Key": "wombat", "If-Match": "wombat"})
        for _ in range(201):
            wrong = await network.nobody.get("/v1/me", headers={"Authorization": "Bearer unstuck_wombat"})
        assert wrong.status == 429
        host, _, port = str(network.session._base_url).removeprefix("http://").rstrip("/").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /wombat\x1b[31m HTTP/1.1\r\nX-Wombat: \x00wombat\r\n\r\n")
        assert b"400" in await reader.readline()
        writer.close()
    lines = log()
    assert [json.loads(line)["event"] for line in lines] == ["too many wrong tokens", "no HTTP"]
    assert "wombat" not in "".join(lines).lower()
    assert all(line.isprintable() for line in lines)
