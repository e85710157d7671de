"""How answers look: one thing with its version, or a page of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

import msgspec
from aiohttp import web

from service.api.problems import WORDS

T = TypeVar("T")

LIMIT = 50
MOST = 200
CURSOR = re.compile(r"[1-9a-v][0-9a-v]{0,11}")
_DIGITS = "0123456789abcdefghijklmnopqrstuv"


class Shown(msgspec.Struct, Generic[T], frozen=True):
    """One thing as the person asking may see it, and the version it stands at."""

    thing: T
    version: int


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Part of a list; `next` is the cursor of what follows, or null at the end."""

    items: list[T]
    next: str | None = None


def page(items: Sequence[T], after: int | None) -> Page[T]:
    """A page, where `after` is the position the next one goes on from."""
    return Page(items=list(items), next=None if after is None else cursor_of(after))


def cursor_of(position: int) -> str:
    """The position in base 32: short, and not to be counted on."""
    digits = ""
    while position:
        position, digit = divmod(position, 32)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def position_of(cursor: str) -> int | None:
    """The position behind a cursor, None where it is none of ours."""
    return int(cursor, 32) if CURSOR.fullmatch(cursor) else None


def json_answer(thing: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """The thing as JSON, or no body at all where there is nothing to show."""
    headers = {**WORDS, **(headers or {})}
    if thing is None:
        return web.Response(status=status, headers=headers)
    return web.Response(
        status=status, body=msgspec.json.encode(thing), content_type="application/json", headers=headers
    )
