"""The connections callers come by: how long each may take to ask, how much it may say, and what it hears when what it
said is no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from service.api.context import ROOMS
from service.api.problems import answered
from service.running.logs import where

LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds and bytes. A body has its own: see `Rooms.for_a_body` and `reading.LARGEST`."""

    first: float = 30.0
    """From connecting to the end of the first request's headers."""
    idle: float = 75.0
    """From an answer to the end of the next request's headers: longer than any proxy keeps a connection it may use."""
    stop: float = 10.0
    """What requests under way are given when the service stops."""
    linger: float = 5.0
    """For which what nobody will read is taken, so that whoever sends it hears the answer."""
    line: int = 8190
    """Bytes of the request line, or of one header."""
    headers: int = 100


class Connection(web.RequestHandler):
    """One caller's connection."""

    def __init__(self, server: web.Server, limits: Limits) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # which is how aiohttp is told to keep none
            keepalive_timeout=limits.idle,
            lingering_time=limits.linger,
            max_line_size=limits.line,
            max_field_size=limits.line,
            max_headers=limits.headers,
        )
        self._limits = limits
        self._first: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._first = asyncio.get_running_loop().call_later(self._limits.first, self._give_up)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._first:
            self._first.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        """Whoever has not asked anything by now is cut off."""
        if not self._request_count:
            self.force_close()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """What cannot be read as HTTP is refused in the shape of every failure, and nothing of it is written down."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun")
        if status >= 500:
            self.log_exception(exc_info=exc)
            detail = "The answer could not be made."
        else:
            LOG.info("no HTTP", kind=type(exc).__name__)
            detail = f"This is no HTTP/1.1 request that can be read, or its headers are too long: {BOUNDS}."
        return answered(status, detail, headers={"Connection": "close"})

    def log_exception(self, *args: Any, **facts: Any) -> None:
        """Where it happened. The message may hold what somebody sent."""
        error = facts.get("exc_info")
        at = where(error) if isinstance(error, BaseException) else []
        LOG.error("a connection failed", kind=type(error).__name__, at=at)


BOUNDS = f"at most {Limits.headers} headers of up to {Limits.line} bytes"


@asynccontextmanager
async def open_to_callers(
    api: web.Application, host: str, port: int, *, shared: bool = False, limits: Limits | None = None
) -> AsyncIterator[int]:
    """The API, open to callers, and its port. At the end nobody new is let in, and what is under way is answered.
    OSError when nothing can be served there."""
    limits = limits or Limits()
    api.on_response_prepare.append(unnamed)
    if (api[ROOMS].public_url or "").startswith("https://"):
        api.on_response_prepare.append(only_by_tls)
    runner = web.AppRunner(api, shutdown_timeout=limits.stop)
    await runner.setup()
    try:
        assert runner.server
        let_in = Door(runner.server, limits)
        door = await asyncio.get_running_loop().create_server(let_in, host, port, reuse_port=shared or None)
        try:
            yield door.sockets[0].getsockname()[1]
        finally:
            door.close()
    finally:
        await runner.cleanup()


async def unnamed(request: web.Request, response: web.StreamResponse) -> None:
    """Which versions of which libraries answer is nobody's business."""
    response.headers.pop("Server", None)


async def only_by_tls(request: web.Request, response: web.StreamResponse) -> None:
    """Where people come by TLS they come by nothing else, for two years from their last visit. Whether they do, the
    settings say: what a request says of it, anybody can write."""
    response.headers.setdefault("Strict-Transport-Security", TLS_FOR)


TLS_FOR = "max-age=63072000; includeSubDomains"


@dataclass(frozen=True)
class Door:
    """Makes a connection of whoever comes."""

    server: web.Server
    limits: Limits

    def __call__(self) -> Connection:
        return Connection(self.server, self.limits)
