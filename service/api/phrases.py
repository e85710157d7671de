"""What would be right in a place, as a phrase: read off the types, so that sentences and schema cannot disagree."""

from __future__ import annotations

import re
from typing import Any

from msgspec import inspect

STEP = re.compile(r"\.(?P<field>[^.\[]+)|\[(?P<item>\d+|\.\.\.)\]")


def phrase(info: inspect.Type) -> str:
    """What this type takes. A description written beside the type says it best."""
    match info:
        case inspect.Metadata(extra_json_schema={"description": str(said)}):
            return said
        case inspect.Metadata(type=inner):
            return phrase(inner)
        case inspect.UnionType(types=types):
            return _alternatives(types)
        case inspect.LiteralType(values=values):
            return f"one of: {', '.join(map(str, values))}" if len(values) > 1 else f"{values[0]}"
        case inspect.IntType(ge=least, le=most):
            return f"a whole number{_between(least, most)}"
        case inspect.FloatType(ge=least, le=most):
            return f"a number{_between(least, most)}"
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return f"a list, where each is {phrase(item)}"
        case inspect.DictType(value_type=value):
            return f"an object, where each value is {phrase(value)}"
        case _:
            return PLAIN.get(type(info), "something else")


PLAIN: dict[type[Any], str] = {
    inspect.StrType: "text",
    inspect.BoolType: "true or false",
    inspect.UUIDType: "an id: a UUID such as 0198c0de-7a11-8c0f-9d3e-5f2b6a1c4e77",
    inspect.DateType: "a date, such as 2026-03-31",
    inspect.DateTimeType: "a time with its offset, such as 2026-03-31T09:00:00+01:00",
    inspect.StructType: "an object",
    inspect.NoneType: "null",
}


def _alternatives(types: tuple[inspect.Type, ...]) -> str:
    if all(isinstance(each, inspect.StructType) and each.tag is not None for each in types):
        return "an object"
    said = [phrase(each) for each in types if not isinstance(each, inspect.NoneType)]
    return " or ".join(dict.fromkeys(said))


def _between(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {least} to {most}"
    if least is not None:
        return f" of {least} or more"
    return "" if most is None else f" of {most} or less"


def at(info: inspect.Type, steps: str) -> inspect.Type:
    """The type at a place such as `.evidence[0].kind`, as far as it can be followed."""
    for step in STEP.finditer(steps):
        found = next(_inside(info, step), None)
        if found is None:
            return info
        info = found
    return info


def _inside(info: inspect.Type, step: re.Match[str]) -> Any:
    match info:
        case inspect.Metadata(type=inner):
            yield from _inside(inner, step)
        case inspect.UnionType(types=types):
            for each in types:
                yield from _inside(each, step)
        case inspect.StructType(fields=fields):
            yield from (field.type for field in fields if field.encode_name == step["field"])
            if step["field"] == info.tag_field and isinstance(info.tag, str):
                yield inspect.LiteralType((info.tag,))
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            yield item
        case inspect.DictType(value_type=value):
            yield value


def by_tag(info: inspect.Type, said: dict[str, Any]) -> inspect.StructType:
    """The struct that was meant, where a tag tells several apart; LookupError(field, phrase) when it tells none."""
    if isinstance(info, inspect.Metadata):
        return by_tag(info.type, said)
    kinds = info.types if isinstance(info, inspect.UnionType) else (info,)
    structs = [each for each in kinds if isinstance(each, inspect.StructType)]
    if len(structs) == 1 and structs[0].tag is None:
        return structs[0]
    field = structs[0].tag_field
    for struct in structs:
        if said.get(field or "") == struct.tag:
            return struct
    tags = [str(struct.tag) for struct in structs]
    raise LookupError(field, f"one of: {', '.join(tags)}" if len(tags) > 1 else tags[0])
