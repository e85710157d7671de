"""Participation: how many people were reached, who comes regularly or comes back, and where nobody has come from."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np

from projections import taking_part
from projections.columns import NONE, Column, Facts, Mask, Names, distinct, tally
from projections.counting import FEWEST, By, Span, is_telling, span, telling_rows, ticks
from projections.hours import months_of
from projections.month_ends import Shown, Told, Window, first_moment, what_shows
from projections.reader import Reader
from projections.taking_part import Members, members_before

OFTEN, OF_LAST = 3, 6

DEFINITION = (
    "Of the conversations held: `people` is how many different people say that they were there, `seats` how often"
    " anybody did. A regular attended at least three of the last six conversations that were open to them since they"
    " joined. A newcomer attended for the first time; one who came back attended another conversation too. An"
    " organisation with nobody has members, none of whom attended."
)
CAVEATS = (
    "People are counted to the end of a month, and a month in which fewer than five moved is merged with the next.",
    "Numbers of people below five are not shown, nor what would give them away.",
    "Attendance is what people say of themselves: whoever does not say it is not counted.",
    "What is told late of an earlier month counts in that month, once it concerns five people.",
    "Organisations with nobody are named when they have at least five members, so that it says nothing of one person."
    " Smaller ones are only counted.",
    "More people, or the same people more often, is not by itself better.",
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort; None where a number is not shown."""

    cohort: str
    people: int | None
    seats: int | None


class Unreached(msgspec.Struct, frozen=True, kw_only=True):
    """Organisations with members of whom nobody came: how many, and which of those with five members or more."""

    organisations: int | None
    named: tuple[str, ...]


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far the network reaches; None where a number is not shown."""

    counted_until: datetime | None
    people: int | None
    seats: int | None
    regulars: int | None
    newcomers: int | None
    newcomers_who_came_back: int | None
    with_nobody: Unreached
    rows: tuple[Row, ...]
    suppressed: tuple[str, ...] = ()


class Held(NamedTuple):
    """A conversation that was held: when, as what, and for which members if not for all."""

    occurred: int
    name: str
    id: int
    members: frozenset[int] | None = None


@dataclass(frozen=True)
class Seats:
    """Whenever somebody says that they were there: who, at what, when, in what format, and when it may be counted."""

    person: Column
    id: Column
    occurred: Column
    format: Column
    shown: Shown

    def those(self, which: Mask) -> Seats:
        """Only these."""
        shown = Shown(self.shown.end[which], self.shown.known[which])
        return Seats(self.person[which], self.id[which], self.occurred[which], self.format[which], shown)


async def reach(
    db: Reader,
    *,
    as_of: datetime,
    known_at: datetime,
    now: datetime,
    since: datetime | None = None,
    by: By | None = None,
) -> Reach:
    """Who took part in the months that may be shown."""
    facts = await db.facts(taking_part.FACTS)
    when = {"as_of": as_of, "known_at": known_at, "now": now, "since": since}
    return await asyncio.to_thread(_reach, facts, span(as_of=as_of, known_at=known_at), when, by)


def _reach(facts: Facts, asked: Span, when: dict[str, Any], by: By | None) -> Reach:
    convened, held = facts.last(facts.are("convened")), _held(facts, asked)
    which = facts.are("attended")
    which &= (held[facts["id"]] != NONE) & (convened[facts["id"]] != NONE)
    id, person, occurred = facts["id"][which], facts["person"][which], facts["occurred"][which]
    told = Told(months_of(occurred), months_of(facts["recorded"][which]), (person,))
    shown, window = what_shows(told, **when)
    if not window.names:
        return _nothing()
    seats = Seats(person, id, occurred, facts["kind"][convened[id]], shown).those(shown.end != NONE)
    end = ticks(first_moment(window.until + 1))
    rows = held[(held != NONE) & (convened != NONE)]
    conversations = _conversations(facts, rows[facts["occurred"][rows] < end], convened)
    return counted(seats, conversations, window, members_before(facts, end), facts.names, by)


def _held(facts: Facts, asked: Span) -> Column:
    """For the number of each conversation, the row that says it was held; NONE where it was called off."""
    happened = facts.had_happened(asked)
    off = facts.last(happened & facts.are("cancelled"))
    return np.where(off == NONE, facts.last(happened & facts.are("held")), NONE)


def _conversations(facts: Facts, rows: Column, convened: Column) -> list[Held]:
    formed: dict[int, set[int]] = defaultdict(set)
    which = facts.are("formed")
    for id, person in zip(facts["id"][which].tolist(), facts["person"][which].tolist(), strict=True):
        formed[id].add(person)
    ids = facts["id"][rows]
    told = zip(facts["occurred"][rows].tolist(), ids.tolist(), facts["other"][convened[ids]].tolist(), strict=True)
    of = {NONE: None, **{id: frozenset(people) for id, people in formed.items()}}
    return [Held(occurred, facts.names.text(id), id, of.get(set_id, frozenset())) for occurred, id, set_id in told]


def counted(
    seats: Seats, held: Collection[Held], window: Window, members: Members, names: Names, by: By | None
) -> Reach:
    """The numbers of a window; what happened before it only says who is new in it."""
    within = seats.those(window.holds(seats.shown.end))
    people = set(within.person.tolist())
    newcomers, came_back = _newcomers(seats, window)
    attended = set(zip(seats.person.tolist(), seats.id.tolist(), strict=True))
    regular = regulars(attended, held, members.joined)
    numbers: dict[str, int | None] = {
        "people": None if len(people) < FEWEST else len(people),
        "seats": None if len(people) < FEWEST else len(within.person),
        "regulars": None if len(regular) < FEWEST or is_telling(len(regular & people), len(people)) else len(regular),
        "newcomers": None if is_telling(len(newcomers), len(people)) else len(newcomers),
        "newcomers_who_came_back": None if is_telling(len(came_back), len(newcomers)) else len(came_back),
    }
    rows, hidden = _rows(within, window, members, names, by) if by else ((), [])
    nobody = _with_nobody(people, members)
    return Reach(
        counted_until=first_moment(window.until + 1),
        **numbers,
        with_nobody=nobody,
        rows=rows,
        suppressed=(
            *(name for name, number in numbers.items() if number is None),
            *(["with_nobody.organisations"] if nobody.organisations is None else []),
            *(f"{cohort}.{name}" for cohort in hidden for name in ("people", "seats")),
        ),
    )


def _newcomers(seats: Seats, window: Window) -> tuple[set[int], set[int]]:
    """Whoever attended for the first time in the window, and those of them who attended something else too."""
    latest_first = np.lexsort((seats.shown.end, seats.shown.known, seats.occurred))[::-1]
    first = dict(zip(seats.person[latest_first].tolist(), seats.shown.end[latest_first].tolist(), strict=True))
    newcomers = {person for person, end in first.items() if end in window.names}
    attended, _ = distinct(np.stack([seats.person, seats.id]))
    often = np.flatnonzero(np.bincount(attended[0]) > 1)
    return newcomers, newcomers.intersection(often.tolist())


def regulars(attended: Collection[tuple[int, int]], held: Iterable[Held], joined: Mapping[int, int]) -> set[int]:
    """Whoever attended three or more of the last six conversations that were open to them since they joined."""
    for_all: list[Held] = []
    for_members: dict[int, list[Held]] = defaultdict(list)
    for each in sorted(held, key=itemgetter(0, 1), reverse=True):
        for latest in [for_all] if each.members is None else [for_members[member] for member in each.members]:
            if len(latest) < OF_LAST:
                latest.append(each)
    found = set()
    for person in {person for person, _ in attended}:
        latest = sorted([*for_all, *for_members[person]], key=itemgetter(0, 1), reverse=True)[:OF_LAST]
        open_to_them = (each.id for each in latest if each.occurred >= joined.get(person, 0))
        if sum((person, id) in attended for id in open_to_them) >= OFTEN:
            found.add(person)
    return found


def _rows(within: Seats, window: Window, members: Members, names: Names, by: By) -> tuple[tuple[Row, ...], list[str]]:
    types = members.types(within.person, names)
    cohort = {"month": within.shown.end, "format": within.format, "organisation_type": types}[by]
    name = window.names.__getitem__ if by == "month" else names.text
    came, _ = distinct(np.stack([cohort, within.person]))
    people = {name(number): count for (number,), count in tally(came[0])}
    seats = {name(number): count for (number,), count in tally(cohort)}
    hidden = telling_rows({cohort: (people[cohort], seats[cohort]) for cohort in people})
    rows = (
        Row(cohort=cohort, people=None, seats=None)
        if cohort in hidden
        else Row(cohort=cohort, people=people[cohort], seats=seats[cohort])
        for cohort in sorted(people)
    )
    return tuple(rows), hidden


def _with_nobody(people: Collection[int], members: Members) -> Unreached:
    sizes, reached = dict[str, int](), set[str]()
    for person, (organisation, _) in members.belongs.items():
        if person in people:
            reached.add(organisation)
        if person not in members.left:
            sizes[organisation] = sizes.get(organisation, 0) + 1
    nobody = sizes.keys() - reached
    return Unreached(
        organisations=len(nobody) if len(nobody) >= FEWEST else None,
        named=tuple(sorted(name for name in nobody if sizes[name] >= FEWEST)),
    )


def _nothing() -> Reach:
    """Fewer than five people have taken part, as far as may be shown."""
    names = ("people", "seats", "regulars", "newcomers", "newcomers_who_came_back")
    nobody = Unreached(organisations=None, named=())
    return Reach(counted_until=None, **dict.fromkeys(names), with_nobody=nobody, rows=(), suppressed=names)
