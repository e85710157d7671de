"""Every failure in one shape, application/problem+json (RFC 9457): what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
WORDS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


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


@web.middleware
async def problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turns whatever goes wrong into its answer."""
    try:
        return await handler(request)
    except Fault as fault:
        return answered(fault.status, str(fault), fault.errors, fault.headers)
    except Invalid as refusal:
        return answered(422, str(refusal), [Wrong(refusal.field, str(refusal))])
    except Refusal as refusal:
        status = next((REFUSALS[kind] for kind in type(refusal).__mro__ if kind in REFUSALS), 409)
        return answered(status, str(refusal), headers=SHORTLY if status == 503 else None)
    except Lagging as behind:
        return answered(503, str(behind), headers=SHORTLY)
    except InDoubt as failure:
        LOG.error("in doubt", why=str(failure))
        return answered(503, str(failure), headers=SHORTLY)
    except NotRecorded as failure:
        LOG.error("not recorded", why=str(failure))
        return answered(503, "Nothing was recorded: the record cannot be written at present.", headers=SHORTLY)
    except web.HTTPMethodNotAllowed as wrong:
        return _wrong_method(request, sorted({*wrong.allowed_methods, "OPTIONS"}))
    except web.HTTPException as wrong:
        return _of_http(wrong)
    except Exception as error:
        return _unexpected(request, error)


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


def _unexpected(request: web.Request, error: Exception) -> web.Response:
    # Neither the message of the error nor the path: both may hold what somebody wrote.
    number = uuid4().hex[:12]
    route = request.match_info.route.resource
    trace = where(error)
    LOG.error("unexpected", id=number, kind=type(error).__name__, route=route and route.canonical, at=trace)
    return answered(500, f"It has been written down under {number}; tell an administrator if it happens again.")
