"""What was sent: bytes within bounds, then JSON, then the values asked for, or sentences about what would be right."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args

import msgspec
from aiohttp import web
from msgspec import inspect

from service.api.phrases import at, by_tag, phrase
from service.api.problems import TOO_LARGE, Fault, Wrong, invalid

LARGEST = 1024 * 1024
SHORT = 60  # characters of a name that is told back
FOR_GOOD = {"Connection": "close"}
FIRST_YEAR, LAST_YEAR = 1900, 2999
NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


async def raw_body(request: web.Request, patience: float) -> bytes:
    """The bytes of the body. 413 when there are too many, 408 when they take longer than so many seconds, 415 when they
    do not claim to be JSON."""
    if (request.content_length or 0) > LARGEST:
        raise Fault(413, TOO_LARGE)
    try:
        async with asyncio.timeout(patience):
            raw = await request.read()
    except TimeoutError:
        raise Fault(408, "The body took too long to arrive; send it in one go.", headers=FOR_GOOD) from None
    except (web.RequestPayloadError, ConnectionError):
        raise Fault(400, "The body broke off, or is not what its headers say.", headers=FOR_GOOD) from None
    if len(raw) > LARGEST:
        raise Fault(413, TOO_LARGE)
    if raw and not (request.content_type == "application/json" and (request.charset or "utf-8").lower() == "utf-8"):
        raise Fault(415, "Send JSON in UTF-8, and say so: `Content-Type: application/json`.")
    return raw


def json_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in those bytes; no bytes at all are an empty one."""
    if not raw.strip():
        return {}
    try:
        said = msgspec.json.decode(raw)
        json.loads(raw, object_pairs_hook=_each_once, parse_int=float)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        detail = str(error) if isinstance(error, msgspec.DecodeError) else "it is not UTF-8, or nested too deeply"
        raise Fault(400, f"The body is no JSON that can be read: {detail.rstrip('.')}.") from None
    if not isinstance(said, dict):
        invalid([Wrong("", "The body should be a JSON object: {…}.")])
    counted: dict[str, Any] = _counted(said)
    return counted


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    """Readers of JSON keep either of two fields of one name, so that nobody knows which was meant."""
    if len(dict(pairs)) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Fault(400, f"The body names the field {twice[:SHORT]!r} twice in one object; say it once.")


def _counted(said: Any) -> Any:
    """The same, where a whole number is one however it was written: 13.0 is 13."""
    match said:
        case float() if said.is_integer() and abs(said) < 2**53:
            return int(said)
        case dict():
            return {name: _counted(each) for name, each in said.items()}
        case list():
            return [_counted(each) for each in said]
    return said


def body_of(kind: Any, said: dict[str, Any]) -> Any:
    """The body as its type. Invalid with a sentence for every field that is not right."""
    try:
        body = msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        invalid(list(_wrongs(kind, said)) or [_wrong(inspect.type_info(kind), str(error))])
    wrongs = [*_choice(type(body), said), *_out_of_time(msgspec.structs.asdict(body))]
    if wrongs:
        invalid(wrongs)
    return body


def filters_of(kind: type[Any], said: Mapping[str, str]) -> Any:
    """The filters of a question, from the words of its query string."""
    values, wrongs = {}, []
    for field in _fields(inspect.type_info(kind)):
        if field.encode_name in said:
            wanted = _without_null(kind, field.name)
            try:
                values[field.name] = msgspec.convert(said[field.encode_name], wanted, strict=False)
            except msgspec.ValidationError:
                wrongs.append(Wrong(field.encode_name, f"This should be {phrase(field.type)}."))
        elif field.required:
            wrongs.append(Wrong(field.encode_name, f"This is needed: {phrase(field.type)}."))
    wrongs += _out_of_time(values)
    if wrongs:
        invalid(wrongs)
    return kind(**values)


def _without_null(kind: type[Any], name: str) -> Any:
    # A query string has no null: the four letters would be taken for it.
    hint = msgspec.structs.fields(kind)
    wanted = next(field.type for field in hint if field.name == name)
    kinds = [each for each in get_args(wanted) if each not in (type(None), msgspec.UnsetType)]
    if kinds and len(kinds) < len(get_args(wanted)):
        wanted = kinds[0]
        for other in kinds[1:]:
            wanted = wanted | other
    return wanted


def _wrongs(kind: Any, said: dict[str, Any]) -> Iterator[Wrong]:
    """Everything that is not right, field by field."""
    info = inspect.type_info(kind)
    try:
        struct = by_tag(info, said)
    except LookupError as unknown:
        yield Wrong(str(unknown.args[0]), f"This should be {unknown.args[1]}.")
        return
    hints = {field.encode_name: field.type for field in msgspec.structs.fields(struct.cls)}
    fields = {field.encode_name: field for field in _fields(struct)}
    for name in (name for name in said if name not in fields and name != struct.tag_field):
        known = ", ".join([*([struct.tag_field] if struct.tag_field else []), *fields])
        yield Wrong(name, f"There is no such field here; there are: {known}.")
    for name, field in fields.items():
        if name not in said:
            if field.required:
                yield Wrong(name, f"This is needed: {phrase(field.type)}.")
            continue
        try:
            msgspec.convert(said[name], hints[name])
        except msgspec.ValidationError as error:
            yield _wrong(field.type, str(error), name)


def _wrong(info: inspect.Type, message: str, name: str = "") -> Wrong:
    """The sentence for the place that msgspec's message points at."""
    said, _, place = message.partition(" - at `")
    steps = place.rstrip("`").removeprefix("$").removeprefix("key in `$")
    found = at(info, steps)
    field = f"{name}{steps}".lstrip(".")
    if "missing required field" in said:
        missing = said.rpartition("field ")[2].strip("`")
        return Wrong(f"{field}.{missing}".lstrip("."), "This is needed.")
    if "unknown field" in said:
        unknown = said.rpartition("field ")[2].strip("`")
        return Wrong(f"{field}.{unknown}".lstrip("."), "There is no such field here.")
    return Wrong(field, f"This should be {phrase(found)}.")


def _choice(kind: type[Any], said: dict[str, Any]) -> Iterator[Wrong]:
    """Whether fields that stand for each other were said as they may be."""
    one = [name for name in getattr(kind, "EXACTLY_ONE_OF", ()) if said.get(name) is not None]
    if getattr(kind, "EXACTLY_ONE_OF", ()) and len(one) != 1:
        yield Wrong(kind.EXACTLY_ONE_OF[0], f"Say exactly one of: {', '.join(kind.EXACTLY_ONE_OF)}.")
    some = getattr(kind, "AT_LEAST_ONE_OF", ())
    if some and all(said.get(name) is None for name in some):
        yield Wrong(some[0], f"Say at least one of: {', '.join(some)}.")


def _out_of_time(value: Any, field: str = "") -> Iterator[Wrong]:
    """Dates that no calendar of ours reaches, before anybody counts days from them."""
    if isinstance(value, date):
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            yield Wrong(field, f"This should be in the years {FIRST_YEAR} to {LAST_YEAR}.")
    elif isinstance(value, msgspec.Struct):
        yield from _out_of_time(msgspec.structs.asdict(value), field)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _out_of_time(each, f"{field}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _out_of_time(each, f"{field}[{number}]")


def _fields(info: inspect.Type) -> tuple[inspect.Field, ...]:
    assert isinstance(info, inspect.StructType)
    return info.fields
