"""JSON in, JSON out: one file per noun, and the frame they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import msgspec
from aiohttp import web

from service.access.policy import POLICY, Audience
from service.api import (
    audit,
    commitments,
    conversations,
    directors,
    export,
    goals,
    health,
    inspections,
    me,
    my_calendar,
    my_doors,
    my_page,
    notes,
    purpose,
    reports,
    rounds,
    sets,
    stuck,
    talk,
    write_ups,
)
from service.api.answers import json_answer
from service.api.context import ROOMS, Rooms
from service.api.feeds import add_feeds
from service.api.journey import travel
from service.api.metrics import add_metrics
from service.api.openapi import document
from service.api.problems import problems
from service.api.reading import LARGEST
from service.api.refused import add_refused
from service.api.routes import Route, Routes

__all__ = ["NOUNS", "Rooms", "create_api"]

NOUNS: tuple[Routes, ...] = (
    directors.routes,
    me.routes,
    my_doors.routes,
    my_page.routes,
    my_calendar.routes,
    export.routes,
    stuck.routes,
    rounds.routes,
    sets.routes,
    conversations.routes,
    talk.routes,
    write_ups.routes,
    *commitments.ROUTES,
    inspections.routes,
    goals.routes,
    notes.routes,
    purpose.routes,
    *reports.ROUTES,
    audit.routes,
)


def create_api(rooms: Rooms, nouns: Sequence[Routes] = NOUNS) -> web.Application:
    """The API over these rooms. LookupError when the policy does not say who may use a route."""
    api = web.Application(client_max_size=LARGEST)
    api[ROOMS] = rooms
    add_metrics(api)
    add_refused(api)
    api.middlewares.append(problems)
    api.router.add_get("/healthz", health.healthz)
    api.router.add_get("/readyz", health.readyz)
    add_feeds(api)
    routes = [(route, audience_of(route)) for noun in nouns for route in noun.declared]
    for route, audience in routes:
        if route.method == "GET":
            api.router.add_get(route.path, travel(route, audience))
        else:
            api.router.add_route(route.method, route.path, travel(route, audience))

    @lru_cache(maxsize=1)
    def described(today: date) -> msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(document(routes, today)))

    async def openapi(request: web.Request) -> web.Response:
        return json_answer(described(rooms.clock().date()))

    api.router.add_get("/v1/openapi.json", openapi)
    return api


def audience_of(route: Route) -> Audience:
    """Who may use the route: what the policy does not name, nobody may."""
    try:
        return POLICY[route.method, route.path]
    except KeyError:
        raise LookupError(f"{route.method} {route.path} has no row in service/access/policy.py.") from None
