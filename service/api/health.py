"""Whether the service runs, and whether it can answer: for whoever keeps it running, without sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from aiohttp import web

from service.api.answers import json_answer
from service.api.context import ROOMS


class Healthy(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"]


class Reading(msgspec.Struct, frozen=True):
    """How far one read model has got, and what stopped it if anything did."""

    position: int
    failure: str | None


class Ready(msgspec.Struct, frozen=True):
    """Whether what is asked can be recorded, and every read model has got as far as the ledger."""

    status: Literal["ready", "catching_up", "failing", "stopped"]
    head: int
    stopped: str | None
    """Why nothing is recorded any more."""
    read_models: dict[str, Reading]
    now: datetime
    clock_was_set: bool
    workers: str | None
    """How many of several processes serve, and which is being started again."""


async def healthz(request: web.Request) -> web.Response:
    return json_answer(Healthy("ok"))


async def readyz(request: web.Request) -> web.Response:
    """503 until every read model has reached the head, while one fails, and once nothing is recorded any more."""
    ready = await readiness(request)
    return json_answer(
        ready,
        status=200 if ready.status == "ready" else 503,
        headers={} if ready.status == "ready" else {"Retry-After": "1"},
    )


async def readiness(request: web.Request) -> Ready:
    rooms = request.app[ROOMS]
    head = await rooms.head()
    read_models = {name: Reading(**said) for name, said in sorted(rooms.read_models.status().items())}
    status: Literal["ready", "catching_up", "failing", "stopped"] = "ready"
    if any(each.position < head for each in read_models.values()):
        status = "catching_up"
    if any(each.failure for each in read_models.values()):
        status = "failing"
    stopped = rooms.stopped()
    if stopped:
        status = "stopped"
    return Ready(status, head, stopped, read_models, rooms.clock(), rooms.clock_was_set, rooms.workers())
