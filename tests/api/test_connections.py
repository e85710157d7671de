"""Whoever is slow, says too much or speaks no HTTP is cut off by itself, and nobody else notices."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.api import create_api
from service.api.connections import Limits, open_to_callers
from tests.api.conftest import Network
from tests.service_process import SOON

LIMITS = Limits(linger=0.2, stop=1.0)
FAST = 1000  # times as fast goes the clock of a loop in which time flies


class Caller:
    """Somebody who says bytes, however they like."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, said: bytes) -> None:
        self.writer.write(said)
        await self.writer.drain()

    async def hears(self) -> tuple[int, dict[str, str], Any]:
        """One answer."""
        async with asyncio.timeout(SOON):
            status, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, json.loads(body or b"null")

    async def is_cut_off(self, within: float = SOON) -> None:
        """Until nothing more can come; what does come is not heard."""
        try:
            async with asyncio.timeout(within):
                await self.reader.read()
        except ConnectionResetError:
            pass


@asynccontextmanager
async def at_the_door(network: Network, **rooms: Any) -> AsyncIterator[Any]:
    """A service with the limits it always has; a function that makes callers."""
    callers: list[Caller] = []
    api = create_api(replace(network.house.rooms, **rooms))
    async with open_to_callers(api, "127.0.0.1", 0, limits=LIMITS) as port:

        async def comes() -> Caller:
            caller = Caller(*await asyncio.open_connection("127.0.0.1", port))
            callers.append(caller)
            return caller

        yield comes
        for caller in callers:
            caller.writer.close()


@pytest.fixture
def time_flies(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From then on minutes pass in the loop of the test, for everybody in it alike."""

    def flies() -> None:
        loop = asyncio.get_running_loop()
        real, since = loop.time, loop.time()
        monkeypatch.setattr(loop, "time", lambda: since + FAST * (real() - since))

    return flies


def head(network: Network, method: str, path: str, *headers: str) -> bytes:
    said = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {network.director.token}", *headers]
    return "\r\n".join([*said, "", ""]).encode()


async def test_whoever_does_not_come_to_the_end_of_the_headers_is_cut_off_and_others_are_answered(network, time_flies):
    async with at_the_door(network) as comes:
        silent, slow, other = await comes(), await comes(), await comes()
        await slow.says(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        await other.says(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await other.hears())[0] == 200
        time_flies()
        await silent.is_cut_off(FAST * SOON)
        await slow.is_cut_off(FAST * SOON)


async def test_a_connection_may_be_used_again_until_it_has_been_idle_too_long(network, time_flies):
    async with at_the_door(network) as comes:
        caller = await comes()
        for _ in range(2):
            await caller.says(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await caller.hears())[0] == 200
        time_flies()
        await caller.is_cut_off(FAST * SOON)


async def test_a_body_that_takes_too_long_is_408_and_nothing_happens(network):
    async with at_the_door(network, for_a_body=0.1) as comes:
        caller = await comes()
        await caller.says(head(network, "POST", "/v1/problems", "Content-Type: application/json", "Content-Length: 18"))
        await caller.says(b'{"title": ')
        status, headers, problem = await caller.hears()
        assert (status, problem["type"], headers["connection"]) == (408, "/problems/too-slow", "close")
        await caller.is_cut_off()
    assert (await network.director.get("/v1/problems")).json["items"] == []


async def test_a_body_in_pieces_is_taken_while_it_keeps_coming(network):
    async with at_the_door(network) as comes:
        caller = await comes()
        await caller.says(head(network, "POST", "/v1/problems", "Content-Type: application/json", "Content-Length: 18"))
        for piece in (b'{"title":', b' "Stuck"', b"}"):
            await caller.says(piece)
        assert (await caller.hears())[0] == 201


async def test_whoever_goes_away_in_the_middle_of_a_body_is_no_error_of_ours(network):
    with capture_logs() as logs:
        async with at_the_door(network) as comes:
            caller = await comes()
            about = ("Content-Type: application/json", "Content-Length: 18")
            await caller.says(head(network, "POST", "/v1/problems", *about) + b'{"ti')
            caller.writer.close()
            await caller.is_cut_off()
    assert {log["log_level"] for log in logs} == {"info"}
    assert (await network.director.get("/v1/problems")).json["items"] == []


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Canary: \x00wombat\r\n\r\n",
        b"GET /wombat\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"w" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Wombat: " + b"w" * 9000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: wombat\r\n" % each for each in range(150)) + b"\r\n",
        b"POST /v1/problems HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        b"POST /v1/problems HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/problems HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: wombat\r\n\r\n{}",
    ],
)
async def test_what_is_no_http_is_400_in_the_shape_of_every_failure_and_is_not_written_down(network, said, capfd):
    with capture_logs() as logs:
        async with at_the_door(network) as comes:
            caller = await comes()
            await caller.says(said)
            status, headers, problem = await caller.hears()
            await caller.is_cut_off()
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert set(problem) == {"type", "title", "status", "detail"}
    assert [log["event"] for log in logs] == ["no HTTP"]
    everything = json.dumps([logs, problem, capfd.readouterr()]).lower()
    assert "wombat" not in everything
    assert "traceback" not in everything


async def test_a_body_that_is_not_what_its_headers_say_is_400(network):
    async with at_the_door(network) as comes:
        for about, body in (
            ("Transfer-Encoding: chunked", b"5\r\n{}\r\nwombat"),
            ("Content-Encoding: gzip\r\nContent-Length: 6", b"wombat"),
        ):
            caller = await comes()
            await caller.says(head(network, "POST", "/v1/problems", "Content-Type: application/json", about) + body)
            assert (await caller.hears())[0] == 400
            await caller.is_cut_off()


async def test_a_small_body_that_unpacks_into_a_large_one_is_413(network):
    packed = gzip.compress(b"[" + b" " * 200_000_000)
    assert len(packed) < 1_000_000
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await network.director.says("POST", "/v1/problems", data=packed, headers=headers)
    assert answer.status == 413
