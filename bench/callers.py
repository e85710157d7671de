"""Keep-alive connections from a process of their own, as cheap as Python can make them, so that the server is measured.

python -m bench.callers HOST PORT CONNECTIONS SECONDS < requests, one JSON string a line, one list for each connection
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from itertools import cycle


class Caller(asyncio.Protocol):
    """One connection: the next request goes out when the last answer is in."""

    def __init__(self, requests: list[str], until: float, done: asyncio.Future[None]) -> None:
        self._requests = cycle([request.encode() for request in requests])
        self._until, self._done = until, done
        self._buffer = b""
        self.took: list[float] = []
        self.statuses: dict[int, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, gap, body = self._buffer.partition(b"\r\n\r\n")
        if not gap:
            return
        start = head.lower().find(b"content-length:")
        if len(body) < int(head[start + 15 :].split(b"\r\n", 1)[0]):
            return
        self._buffer = b""
        self.took.append(time.perf_counter() - self._asked)
        status = int(head[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        if self._asked > self._until:
            self._transport.close()
        else:
            self._transport.write(next(self._requests))


async def call(host: str, port: int, connections: int, seconds: float, requests: list[list[str]]) -> dict[str, object]:
    """So many a second, and how long the middle one and the slowest twentieth and hundredth took, in milliseconds."""
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    ended: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    callers = []
    for number, done in enumerate(ended):
        caller = Caller(requests[number % len(requests)], begun + seconds, done)
        callers.append(caller)
        await loop.create_connection(lambda caller=caller: caller, host, port)  # type: ignore[misc]
    await asyncio.gather(*ended)
    took = sorted(each for caller in callers for each in caller.took)
    statuses: dict[int, int] = {}
    for caller in callers:
        for status, count in caller.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return {
        "rate": len(took) / (time.perf_counter() - begun),
        "count": len(took),
        "p50": took[len(took) // 2] * 1000,
        "p95": took[len(took) * 95 // 100] * 1000,
        "p99": took[len(took) * 99 // 100] * 1000,
        "statuses": statuses,
    }


def main() -> None:
    host, port, connections, seconds = sys.argv[1:]
    requests = json.load(sys.stdin)
    print(json.dumps(asyncio.run(call(host, int(port), int(connections), float(seconds), requests))))


if __name__ == "__main__":
    main()
