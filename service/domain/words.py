"""Words: what people wrote. In events and read models they stand sealed under the key of one person, their subject."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

PURPOSE = UUID("70757270-6f73-4e00-8000-000000000001")
"""A network has one purpose, and this is its stream."""
Tier = Literal["private", "set", "network", "open"]
TIERS: tuple[Tier, ...] = ("private", "set", "network", "open")


class Sealed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Words of one person. `text` stands only between a decision and the ledger, which replaces it by `box`:
    the ciphertext, bound to `place` (stream/version/field). Read models keep subject, place and box as they are."""

    subject: UUID
    text: str = ""
    place: str = ""
    box: bytes = b""

    def __repr__(self) -> str:
        """Never the text: what is printed may be logged."""
        return f"Sealed(subject={self.subject}, place={self.place!r})"


def sealed(subject: UUID, text: str | None) -> Sealed | None:
    """The text as words of that person; nothing stays nothing."""
    return None if text is None else Sealed(subject=subject, text=text)


def sealed_lines(subject: UUID, lines: Iterable[str]) -> Sealed:
    """Several short words of one person (topics) sealed as one, a line each."""
    return Sealed(subject=subject, text="\n".join(lines))


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a commitment came from. `set_id` is the action set behind it, where there is one."""

    type: Literal["conversation", "set", "problem", "link"]
    id: UUID | None = None
    url: Sealed | None = None
    set_id: UUID | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What shows that something was done: its kind is a fact, the rest are words."""

    kind: Literal["document", "link", "decision", "conversation", "changed_mind"]
    ref: Sealed | None = None
    text: Sealed | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was agreed, or stands proposed: by when, and on what conditions."""

    due: date
    conditions: Sealed | None = None


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How many people a set has; `penalty` is what each person off the target costs."""

    min: int
    max: int
    target: int
    penalty: float = 20.0


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The hard rules of a round that a convenor may set."""

    max_per_organisation: int = 1
    cooldown_rounds: int = 6
    common_slots: int = 1
    place_everyone: bool = False
    fair: bool = False  # whoever is helped least comes before the sum


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why somebody sits in a set, as ids: worded on reading, from topics and offers, never from a problem's text.

    A reason of another `kind` than help is a tie `with_whom`."""

    person: UUID
    problem: UUID | None = None
    helped_by: UUID | None = None
    help: float = 0.0
    kind: str = "help"
    with_whom: UUID | None = None


class Mixing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who challenges in a set, who is there for each newcomer, and who of two coaches first."""

    challenger: UUID | None = None
    newcomers: tuple[tuple[UUID, UUID | None], ...] = ()
    coach: UUID | None = None


UNSETTLED = "unsettled"
"""Stands in the place of rules that clash where no sets were found, and none were ruled out."""


class Relaxation(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, what it would be instead, how many people could be placed then, and how many more than as it stands."""

    rule: str
    to: int
    placed: int
    more: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What some sets come to: points, people, people who get help with a problem they brought, what the worst served of
    those who brought one gets, and pairs who have never met."""

    value: float
    placed: int
    helped: int
    floor: float | None
    new_ties: int


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal beside the middle of so many groupings by lot; None where there was no set to draw."""

    answer: Figures
    by_chance: Figures | None
    draws: int


class ProposedSet(msgspec.Struct, frozen=True, kw_only=True):
    """One set of a proposal with what it is worth; `terms` add up to `value`."""

    members: tuple[UUID, ...]
    slots: tuple[str, ...]
    value: float
    terms: dict[str, float]
    why: tuple[Reason, ...]
    mixing: Mixing | None = None
