"""A field that one JSON object names twice: readers keep either, so that nobody knows which was meant."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import msgspec


class Name:
    """A field as it stands in the file: no two are equal, so that neither of two takes the other's place."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Twice(Exception):
    """Found: the field."""


def said_twice(raw: bytes) -> str | None:
    """A field, in a valid JSON object, that its object or one within names twice.

    What holds no object is not looked through: nearly all of a large file is figures.
    """
    fields = msgspec.json.decode(raw, type=dict[Name, msgspec.Raw], dec_hook=lambda _, text: Name(text))
    try:
        _once([(name.text, None) for name in fields])
        for field in fields.values():
            if b"{" in (part := bytes(field)):
                json.loads(part, object_pairs_hook=_once, parse_int=float)
    except _Twice as twice:
        return str(twice)
    return None


def _once(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise _Twice(Counter(names).most_common(1)[0][0])
