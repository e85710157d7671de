"""What the log says of an error, and what it keeps to itself."""

import ast
import asyncio
import json
import logging
import os
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

from service.api.refused import MOST_LINES
from service.domain.refusals import Refused
from service.running.logs import Libraries, open_log, where
from tests.api.conftest import running

HOUSE = Path(__file__).parents[1]
DOCUMENT = HOUSE / "docs" / "security.md"
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


def test_a_log_that_nobody_reads_holds_nobody_up(log, monkeypatch):
    out, into = os.pipe()
    with open(into, "w") as full, open(out) as read:
        monkeypatch.setattr("sys.stderr", full)
        for number in range(5_000):
            structlog.get_logger().info("one more", number=number)
        os.set_blocking(out, False)
        written = os.read(out, 1 << 20).decode().splitlines()
        assert [json.loads(line)["number"] for line in written] == list(range(len(written)))
        structlog.get_logger().info("somebody reads on")
        lost, again = (json.loads(read.readline()) for _ in range(2))
    assert (lost["event"], lost["lines"]) == ("lines were lost", 5_000 - len(written))
    assert again["event"] == "somebody reads on"


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
    events = Counter(json.loads(line)["event"] for line in lines)
    assert events.pop("refused") > 20
    assert events.pop("sign-in refused") == 200
    assert events == {
        "signed in": 2,
        "token issued": 3,
        "refused too often to say each time": 1,
        "too many wrong tokens": 1,
        "no HTTP": 1,
    }
    assert "wombat" not in "".join(lines).lower()
    assert all(line.isprintable() for line in lines)


async def test_every_way_in_is_a_line_and_so_is_being_turned_away(tmp_path, log):
    async with running(tmp_path / "data") as network:
        log()
        director = await network.welcome("director")
        access, now = network.house.access, network.house.clock()
        assert director.id
        link = await access.links.make(director.id, how="command line", now=now)
        begun = await network.house.sign_in.use(link, instead_of=None, now=now)
        with pytest.raises(Refused):
            await network.house.sign_in.use(link, instead_of=None, now=now)
        for _ in range(2):
            assert (await director.get("/v1/me")).status == 200
        assert (await director.get("/v1/me", headers={"Authorization": "Bearer wombat"})).status == 401
        await access.sessions.end_this(begun.text, now=now)
        [held] = (await director.get("/v1/me/tokens")).json["items"]
        assert (await director.says("DELETE", f"/v1/me/tokens/{held['id']}")).status == 204
    told = [json.loads(line) for line in log()]
    assert [(line["event"], line.get("how")) for line in told] == [
        ("token issued", "init"),
        ("sign-in link made", "command line"),
        ("signed in", "command line"),
        ("sign-in refused", "a link that does not work"),
        ("signed in", "token"),
        ("sign-in refused", "a token that opens nothing"),
        ("refused", None),
        ("signed out", None),
        ("tokens revoked", None),
    ]
    assert (told[2]["session"], told[4]["token"]) == (str(begun.session.id), held["id"])
    assert str(director.id) not in json.dumps(told), "who that was stands where sessions and tokens are kept"


async def test_what_is_refused_is_a_line_that_says_by_which_door_it_was_asked(tmp_path, log):
    async with running(tmp_path / "data") as network:
        director = await network.welcome("director")
        [held] = (await director.get("/v1/me/tokens")).json["items"]
        assert director.id
        begun = await network.house.access.sessions.begin(director.id, how="e-mail", now=network.house.clock())
        log()
        cookie = {"Cookie": f"unstuck={begun.text}", "Sec-Fetch-Site": "same-origin"}
        assert (await director.post("/v1/rounds", {"kind": "wombat"})).status == 403
        assert (await director.get(f"/v1/problems/{director.id}")).status == 404
        assert (await network.nobody.post("/v1/problems", {"title": 7}, headers=cookie)).status == 422
        assert (await network.nobody.get("/inspections", headers=cookie)).status == 403
        assert (await network.nobody.get("/v1/me")).status == 401
        assert (await director.get("/v1/me")).status == 200
    token, session, nobody = {"token": held["id"]}, {"session": str(begun.session.id)}, {"address": "127.0.0.1"}
    told = [json.loads(line) for line in log()]
    assert [{name: value for name, value in line.items() if name not in ("timestamp", "level")} for line in told] == [
        {"event": "refused", "status": 403, "method": "POST", "route": "/v1/rounds", **token},
        {"event": "refused", "status": 404, "method": "GET", "route": "/v1/problems/{id}", **token},
        {"event": "refused", "status": 422, "method": "POST", "route": "/v1/problems", **session},
        {"event": "refused", "status": 403, "method": "GET", "route": "/inspections", **session},
        {"event": "refused", "status": 401, "method": "GET", "route": "/v1/me", **nobody},
    ]


async def test_nobody_fills_the_log_by_being_refused(tmp_path, log):
    async with running(tmp_path / "data") as network:
        director, other = await network.welcome("director"), await network.welcome("other")
        for _ in range(MOST_LINES + 20):
            await director.get("/v1/inspections")
        await other.get("/v1/inspections")
    lines = [json.loads(line)["event"] for line in log()]
    assert Counter(line for line in lines if line.startswith("refused")) == {
        "refused": MOST_LINES + 1,
        "refused too often to say each time": 1,
    }


def test_everything_that_is_written_down_stands_in_the_documents():
    said = {line.split("|")[1].strip() for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")}
    missing = [event for event in written_down() if f"`{event}`" not in said]
    assert not missing, f"docs/security.md does not say when these are written down: {', '.join(missing)}"


def written_down():
    """The events of every line that the service may write, as they stand in its source."""
    for path in sorted((HOUSE / "service").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="LOG" | "log"), attr="debug" | "info" | "warning" | "error"),
                    args=[ast.Constant(value=event)],
                ):
                    yield event
