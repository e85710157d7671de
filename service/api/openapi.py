"""The OpenAPI 3.1 document, made from the declarations of the routes and the types they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, get_args, get_origin

import msgspec
from msgspec import inspect

from service.access.browsers import PLAIN, SECURE
from service.access.policy import Audience
from service.api.answers import CURSOR, LIMIT, MOST, Page
from service.api.dates import dated
from service.api.fields import WITHIN
from service.api.health import Healthy, Ready
from service.api.problems import TYPES, Problem
from service.api.routes import Question, Route

REF = "#/components/schemas/{name}"
Json = dict[str, Any]

ABOUT = """Turns conversations between directors into action, and shows what came of them.

Commands are POSTs. They take an `Idempotency-Key` (asking twice is asking once) and, where a thing exists already,
`If-Match: "version"`; they answer with the thing, its `ETag` and the `Position` at which it was recorded. A question
with `Position: n` or `?after=n` is answered once everything up to position n can be seen. Whoever has signed in on a
page may ask with its cookie; commands then have to come from a page of the same origin. `x-accepts` lists these,
route by route: what may stand in them depends on what happened before, which no schema can say."""

MEANT = {
    400: "The request could not be read.",
    401: "Nobody has signed in, or the token opens nothing.",
    403: "It is not theirs to do.",
    404: "There is no such thing, or none they may know of.",
    408: "The body took longer than 30 seconds to arrive.",
    409: "The state does not allow it.",
    412: "It has moved on since the version in If-Match.",
    413: "The body is larger than 1 MB.",
    415: "The body is not said to be JSON.",
    422: "What was written cannot be meant; `errors` says where and why.",
    429: "Too much of one caller, or too many wrong tokens from one address, within a minute; right ones are taken.",
    500: "Something went wrong on our side.",
    503: "Too much at once, or not ready yet; come back after `Retry-After` seconds.",
}

HEADERS: Json = {
    "ETag": {"description": "The version of the thing.", "schema": {"type": "string", "pattern": '^"[0-9]+"$'}},
    "Position": {
        "description": "Where in the record this stands.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Location": {"description": "Where the new thing is found.", "schema": {"type": "string", "pattern": "^/"}},
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "WWWAuthenticate": {"description": "How to sign in.", "schema": {"type": "string"}},
}

PARAMETERS: Json = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Yours to choose. The same key and body: the first answer again. Another body: 422.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The version it must stand at, as an ETag gave it; 412 when it has moved on.",
        "schema": {"type": "string", "pattern": r'^(\*|"(0|[1-9][0-9]{0,17})")$'},
    },
    "Position": {
        "name": "Position",
        "in": "header",
        "description": "Answer only once everything up to this position can be seen; 400 beyond the last one.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "After": {
        "name": "after",
        "in": "query",
        "description": "The same as the header Position.",
        "schema": {"type": "integer", "minimum": 0},
    },
}


def document(routes: Sequence[tuple[Route, Audience]], today: date) -> Json:
    """The whole document, as it reads on that day."""
    given = [route.given for route, _ in routes if route.takes_body or route.kind is Question]
    answers = [route.answer for route, _ in routes if route.answer is not None]
    kinds = [*given, *answers, Problem, Healthy, Ready]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    components = dated(components, today)
    of = dict(zip(map(str, kinds), schemas, strict=True))
    paths: Json = {}
    for route, audience in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, audience, of, components)
    paths |= _health(of)
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Unstuck", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys([*(route.tag for route, _ in routes), "service"])],
        "paths": paths,
        "components": {
            "schemas": _with_choices(components, given),
            "headers": HEADERS,
            "parameters": PARAMETERS,
            "responses": {str(status): _problem(status) for status in MEANT},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "page": {"type": "apiKey", "in": "cookie", "name": SECURE},
                "page_here": {"type": "apiKey", "in": "cookie", "name": PLAIN, "description": "On one machine."},
            },
        },
    }
    return _tidied(whole, components)


def _operation(route: Route, audience: Audience, of: Json, components: Json) -> Json:
    operation: Json = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path.removeprefix('/v1')}").strip("_"),
        "tags": [route.tag],
        "summary": route.summary,
        "security": [
            *([{}] if audience in ("anyone", "open") else ()),
            {"bearer": []},
            {"page": []},
            {"page_here": []},
        ],
        "parameters": list(_parameters(route, components)),
        "responses": {str(route.status): _answer(route, of)} | _failures(route),
        "x-accepts": [
            *({"$ref": f"#/components/parameters/{name}"} for name in _accepts(route)),
            *(each for each in _filters(route, components) if WITHIN in each["schema"]),
        ],
    }
    if route.takes_body:
        schema = of[str(route.given)]
        operation["requestBody"] = {
            "required": _needs_words(route.given),
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _accepts(route: Route) -> list[str]:
    if not route.is_command:
        return ["Position", "After"]
    return ["IdempotencyKey"] if route.made_at else ["IdempotencyKey", "IfMatch"]


def _needs_words(kind: Any) -> bool:
    structs = structs_of(kind)
    return any(field.required for struct in structs for field in msgspec.structs.fields(struct)) or any(
        struct.__struct_config__.tag or struct.EXACTLY_ONE_OF or struct.AT_LEAST_ONE_OF for struct in structs
    )


def structs_of(kind: Any) -> Sequence[Any]:
    """The struct, or those that a union chooses from."""
    return (kind,) if isinstance(kind, type) else get_args(kind)


def _parameters(route: Route, components: Json) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    yield from (each for each in _filters(route, components) if WITHIN not in each["schema"])
    if route.is_list:
        pattern = f"^{CURSOR.pattern}$"
        yield {"name": "cursor", "in": "query", "schema": {"type": "string", "pattern": pattern}}
        bounds = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
        yield {"name": "limit", "in": "query", "schema": bounds}


def _filters(route: Route, components: Json) -> Iterator[Json]:
    shape = components[route.given.__name__] if route.kind is Question else {"properties": {}}
    for name, schema in shape["properties"].items():
        required = name in shape.get("required", ())
        yield {"name": name, "in": "query", "required": required, "schema": _never_null(schema)}


def _never_null(schema: Json) -> Json:
    """A query string has no null."""
    schema = {key: value for key, value in schema.items() if key != "default"}
    kinds = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
    return {**schema, **kinds[0]} if len(kinds) == 1 else {**schema, **({"anyOf": kinds} if kinds else {})}


def _answer(route: Route, of: Json) -> Json:
    headers: list[str] = []
    if route.is_command and (route.shows or route.answer is None):
        headers.append("Position")
    if route.shows or (not route.is_command and not route.is_list and get_origin(route.answer) is not Page):
        headers.append("ETag")
    if route.made_at:
        headers.append("Location")
    answer: Json = {
        "description": route.summary,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
    }
    if route.answer is not None:
        answer["content"] = {"application/json": {"schema": of[str(route.answer)]}}
    return answer


def _failures(route: Route) -> Json:
    statuses = {400, 401, 403, 404, 422, 429, 500, 503}
    if route.is_command:
        statuses |= {409, 412}
    if route.takes_body:
        statuses |= {408, 413, 415}
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}


def _problem(status: int) -> Json:
    answer: Json = {
        "description": f"{TYPES[status][1]}. {MEANT[status]}",
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
    }
    header = {401: "WWWAuthenticate", 429: "RetryAfter", 503: "RetryAfter"}.get(status)
    if header:
        name = {"WWWAuthenticate": "WWW-Authenticate", "RetryAfter": "Retry-After"}[header]
        answer["headers"] = {name: {"$ref": f"#/components/headers/{header}"}}
    return answer


def _health(of: Json) -> Json:
    def one(name: str, summary: str, kind: Any, *statuses: int) -> Json:
        content = {"application/json": {"schema": {"type": "object"} if kind is None else of[str(kind)]}}
        answers = {str(status): {"description": summary, "content": content} for status in statuses}
        return {
            "get": {"operationId": name, "tags": ["service"], "summary": summary, "security": [], "responses": answers}
        }

    return {
        "/healthz": one("healthz", "Whether the process answers.", Healthy, 200),
        "/readyz": one("readyz", "Whether every read model has reached the head.", Ready, 200, 503),
        "/v1/openapi.json": one("openapi", "This document.", None, 200),
    }


def _with_choices(components: Json, given: Sequence[Any]) -> Json:
    """How fields depend on one another, which the types alone do not say."""
    for struct in {each for kind in given for each in _inside(inspect.type_info(kind))}:
        schema = components[struct.__name__]
        schema.update(getattr(struct, "SCHEMA", {}))
        for keyword, choice in (("oneOf", "EXACTLY_ONE_OF"), ("anyOf", "AT_LEAST_ONE_OF")):
            if names := getattr(struct, choice, ()):
                schema[keyword] = [_said(name) for name in names]
    return components


def _inside(info: inspect.Type) -> Iterator[type[Any]]:
    """Every struct that a type is made of."""
    match info:
        case inspect.StructType(cls=cls, fields=fields):
            yield cls
            for field in fields:
                yield from _inside(field.type)
        case inspect.Metadata(type=inner) | inspect.ListType(item_type=inner) | inspect.VarTupleType(item_type=inner):
            yield from _inside(inner)
        case inspect.UnionType(types=types):
            for each in types:
                yield from _inside(each)


def _said(name: str) -> Json:
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


def _tidied(document: Json, names: Iterable[str]) -> Json:
    """Names of generic types without brackets, where they stand and wherever they are referred to."""
    text = msgspec.json.encode(document).decode()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_")
        text = text.replace(f'"{name}":', f'"{plain}":').replace(
            f'{REF.format(name=name)}"', f'{REF.format(name=plain)}"'
        )
    tidy: Json = msgspec.json.decode(text)
    return tidy
