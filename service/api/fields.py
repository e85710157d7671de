"""The kinds of values bodies are made of. Each carries its limits and the phrase that says what would be right."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

# Blank is what cannot be seen: controls, spaces of several kinds, the byte order mark. Written out, because `\s` means
# other things in other languages; and no text matches in two ways, because trying them all could take for ever.
_SPACES = r"\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
VISIBLE = rf"^[\u0001-\u0020\u007f-\u00a0\u00ad{_SPACES}]*[^\u0000-\u0020\u007f-\u00a0\u00ad{_SPACES}][^\u0000]*$"
VISIBLE_LINE = rf"^ *[^\u0000-\u0020\u007f-\u00a0\u00ad{_SPACES}][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$(?!\n)"
ADDRESS = r"^[A-Za-z0-9.!#%&'*+/=?_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}$(?!\n)"

Line = Annotated[
    str,
    Meta(min_length=1, max_length=200, pattern=VISIBLE_LINE, description="a line of words, up to 200 characters"),
]
Text = Annotated[
    str, Meta(min_length=1, max_length=10_000, pattern=VISIBLE, description="some words, up to 10,000 characters")
]
Topic = Annotated[
    str,
    Meta(min_length=1, max_length=60, pattern=VISIBLE_LINE, description="a topic: a few words, up to 60 characters"),
]
Topics = Annotated[list[Topic], Meta(max_length=20, description="a list of up to 20 topics")]
Email = Annotated[
    str, Meta(max_length=254, pattern=ADDRESS, description="an e-mail address, such as name@department.gov.uk")
]
Link = Annotated[
    str,
    Meta(
        max_length=2000,
        # No @ before the path: nobody's password, and no host that is not the one it seems to be.
        pattern=r"^https?://[A-Za-z0-9._~:%\[\]-]{1,255}([/?#][!-~]{0,1720})?$(?!\n)",
        description="a web address that begins with http:// or https://, without a name or password in it",
    ),
]
Moment = Annotated[
    datetime,
    Meta(tz=True, description="a time with its offset, such as 2026-03-31T09:00:00+01:00"),
]
PassedMoment = Annotated[
    datetime,
    Meta(
        tz=True,
        description="when it happened, if it is told late: a time that has passed, with its offset, such as"
        " 2026-03-31T09:00:00+01:00",
        extra_json_schema={"x-when": "passed"},
    ),
]
Day = Annotated[date, Meta(description="a date, such as 2026-03-31")]
DayToCome = Annotated[
    date, Meta(description="today or a later date, such as 2036-03-31", extra_json_schema={"x-when": "to come"})
]
WITHIN = "x-within"
"""Marks a number that may not go beyond what there is, whatever that is just now: no schema can say it."""
Id = Annotated[UUID, Meta(description="an id: a UUID such as 0198c0de-7a11-8c0f-9d3e-5f2b6a1c4e77")]


_Slot = Literal[
    "mon-am", "mon-pm", "tue-am", "tue-pm", "wed-am", "wed-pm", "thu-am", "thu-pm", "fri-am", "fri-pm",
    "sat-am", "sat-pm", "sun-am", "sun-pm",
]  # fmt: skip
Slot = Annotated[_Slot, Meta(description="half a day, such as mon-am or thu-pm")]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every command may say: when it happened, if that was not just now."""

    EXACTLY_ONE_OF: ClassVar[tuple[str, ...]] = ()
    AT_LEAST_ONE_OF: ClassVar[tuple[str, ...]] = ()
    SCHEMA: ClassVar[dict[str, Any]] = {}
    """What JSON Schema is to say beside the fields, where one depends on another."""

    occurred_at: PassedMoment | None = None


class Nothing(Body, frozen=True):
    """A command that needs no words."""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What narrows a question; here nothing does."""


class OfSet(Filters, frozen=True, kw_only=True):
    """Only what came out of one action set, if one is named."""

    set: Id | None = None
