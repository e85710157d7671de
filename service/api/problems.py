"""Every failure in one shape, application/problem+json (RFC 9457): what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NoReturn
from uuid import uuid4

import msgspec
import structlog
from aiohttp import web

from projections.read_models import Lagging
from service.commands import InDoubt, NotRecorded
from service.domain.refusals import Forbidden, Invalid, KeyReused, NotFound, Overloaded, Refusal, Refused, Stale
from service.running.logs import where

LOG = structlog.get_logger(__name__)

TYPES: dict[int, tuple[str, str]] = {
    400: ("malformed", "This could not be read"),
    401: ("sign-in-first", "Sign in first"),
    403: ("not-yours", "Not yours to do"),
    404: ("not-found", "There is no such thing"),
    405: ("method", "Not with this method"),
    408: ("too-slow", "This took too long"),
    409: ("refused", "Not now"),
    412: ("moved-on", "It has moved on"),
    413: ("too-large", "This is too large"),
    415: ("not-json", "This is not JSON"),
    422: ("invalid", "This cannot be meant"),
    429: ("too-many", "Too many requests"),
    500: ("unexpected", "Something went wrong on our side"),
    503: ("overloaded", "Come back in a moment"),
}
REFUSALS: dict[type[Refusal], int] = {
    NotFound: 404,
    Forbidden: 403,
    Invalid: 422,
    Refused: 409,
    Stale: 412,
    KeyReused: 422,
    Overloaded: 503,
}
SHORTLY = {"Retry-After": "2"}
WORDS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""With every answer: it is kept nowhere, it is what it says it is, and a browser shows it as that and nothing more."""


class Wrong(msgspec.Struct, frozen=True):
    """One field, and what would be right there."""

    field: str
    why: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A failure, for the person who asked."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []


class Fault(Exception):
    """What HTTP itself makes impossible; the rooms behind know nothing of it."""

    def __init__(
        self, status: int, detail: str, errors: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.errors = list(errors)
        self.headers = dict(headers or {})


def sign_in_first(detail: str = "Send a token: `Authorization: Bearer TOKEN`.") -> Fault:
    return Fault(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Unstuck"'})


def invalid(errors: Sequence[Wrong]) -> NoReturn:
    """Refuse what was written, naming each place."""
    detail = errors[0].why
    if len(errors) > 1:
        detail = f"Something is not right in: {', '.join(dict.fromkeys(wrong.field for wrong in errors))}."
    raise Fault(422, detail, errors)


@dataclass(frozen=True)
class Failure:
    """What went wrong, as whoever asked should hear it, by whichever door they came."""

    status: int
    detail: str
    errors: Sequence[Wrong] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@web.middleware
async def problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turns whatever goes wrong into its answer."""
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed as wrong:
        return _wrong_method(request, sorted({*wrong.allowed_methods, "OPTIONS"}))
    except web.HTTPException as wrong:
        return _of_http(wrong)
    except Exception as error:
        place = request.match_info.route.resource
        failed = failure(error, place.canonical if place else None)
        return answered(failed.status, failed.detail, failed.errors, failed.headers)


def failure(error: Exception, route: str | None) -> Failure:
    """What to say of an error on the way to a route; what nobody expected is written down, and so is a record
    that cannot be written."""
    match error:
        case Fault():
            return Failure(error.status, str(error), error.errors, error.headers)
        case Invalid():
            return Failure(422, str(error), [Wrong(error.field, str(error))])
        case Refusal():
            status = next((REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS), 409)
            return Failure(status, str(error), headers=SHORTLY if status == 503 else {})
        case Lagging():
            return Failure(503, str(error), headers=SHORTLY)
        case InDoubt():
            LOG.error("in doubt", why=str(error))
            return Failure(503, str(error), headers=SHORTLY)
        case NotRecorded():
            LOG.error("not recorded", why=str(error))
            return Failure(503, "Nothing was recorded: the record cannot be written at present.", headers=SHORTLY)
        case _:
            return Failure(500, _unexpected(route, error))


def answered(
    status: int, detail: str, errors: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
) -> web.Response:
    """The one shape."""
    kind, title = TYPES[status]
    problem = Problem(f"/problems/{kind}", title, status, detail, list(errors))
    response = web.Response(
        status=status,
        body=msgspec.json.encode(problem),
        content_type="application/problem+json",
        headers={**WORDS, **(headers or {})},
    )
    if response.headers.get("Connection") == "close":
        response.force_close()
    return response


def _wrong_method(request: web.Request, allowed: list[str]) -> web.Response:
    headers = {"Allow": ", ".join(allowed)}
    if request.method == "OPTIONS":
        return web.Response(status=204, headers={**WORDS, **headers})
    return answered(405, f"{request.path} answers {', '.join(allowed)}, not {request.method}.", headers=headers)


def _of_http(wrong: web.HTTPException) -> web.Response:
    if wrong.status == 404:
        return answered(404, "There is nothing at this address; /v1/openapi.json lists what there is.")
    if wrong.status == 413:
        return answered(413, TOO_LARGE)
    status = wrong.status if wrong.status in TYPES else 400 if wrong.status < 500 else 500
    return answered(status, f"{HTTPStatus(wrong.status).phrase}.")


TOO_LARGE = "The body is larger than 1 MB; send less at once."


def _unexpected(route: str | None, error: Exception) -> str:
    # Neither the message of the error nor the path: both may hold what somebody wrote.
    number = uuid4().hex[:12]
    trace = where(error)
    LOG.error("unexpected", id=number, kind=type(error).__name__, route=route, at=trace)
    return f"It has been written down under {number}; tell an administrator if it happens again."
