"""Participation: how many people were reached, who comes regularly or comes back, and where nobody has come from."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import aiosqlite
import msgspec

from projections import taking_part
from projections.counting import FEWEST, By, is_telling, telling_rows, ticks
from projections.month_ends import Shown, Window, first_moment, month_at, what_shows

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


@dataclass(frozen=True)
class Held:
    """A conversation that was held: when, in what format, and for which members if not for all."""

    id: str
    occurred: int
    format: str
    members: frozenset[str] | None = None

    def was_open_to(self, person: str, joined: int) -> bool:
        return self.occurred >= joined and (self.members is None or person in self.members)


@dataclass(frozen=True)
class Seat:
    """Somebody says that they were there: when, in which month, and in which month that became known."""

    person: str
    held: Held
    occurred: int
    month: int
    known: int

    @property
    def people(self) -> tuple[str]:
        return (self.person,)


@dataclass(frozen=True)
class Members:
    """Who belonged where at the end of the period, since when each has been there, and who has left."""

    belongs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    joined: Mapping[str, int] = field(default_factory=dict)
    left: frozenset[str] = frozenset()


async def reach(
    db: aiosqlite.Connection,
    *,
    as_of: datetime,
    known_at: datetime,
    now: datetime,
    since: datetime | None = None,
    by: By | None = None,
) -> Reach:
    """Who took part in the months that may be shown."""
    held = await _held(db, ticks(as_of), ticks(known_at))
    seats = [
        Seat(person, held[id], occurred, month_at(occurred), month_at(recorded))
        for id, person, occurred, recorded in await taking_part.rows(db, "attended", "id, person, occurred, recorded")
        if id in held
    ]
    shown, window = what_shows(seats, as_of=as_of, known_at=known_at, now=now, since=since)
    if not window.names:
        return _nothing()
    end = ticks(first_moment(window.until + 1))
    conversations = [each for each in held.values() if each.occurred < end]
    return await asyncio.to_thread(counted, shown, conversations, window, await _members(db, end), by)


async def _held(db: aiosqlite.Connection, as_of: int, known_at: int) -> dict[str, Held]:
    """The conversations that were held and not called off, by id."""
    formed: dict[str, set[str]] = defaultdict(set)
    for id, person in await taking_part.rows(db, "formed", "id, person"):
        formed[id].add(person)
    when = {"as_of": as_of, "known_at": known_at}
    off = {id for (id,) in await taking_part.rows(db, "cancelled", "id", **when)}
    convened = {id: (of, kind) for id, of, kind in await taking_part.rows(db, "convened", "id, other, kind")}
    return {
        id: Held(id, occurred, convened[id][1], frozenset(formed[of]) if (of := convened[id][0]) else None)
        for id, occurred in await taking_part.rows(db, "held", "id, occurred", **when)
        if id in convened and id not in off
    }


async def _members(db: aiosqlite.Connection, end: int) -> Members:
    belongs, joined = {}, dict[str, int]()
    columns = "person, label, kind, occurred"
    for person, organisation, kind, occurred in await taking_part.rows(db, "belongs", columns, as_of=end - 1):
        belongs[person] = (organisation, kind)
        joined.setdefault(person, occurred)
    gone = {person for (person,) in await taking_part.rows(db, "left", "person", as_of=end - 1)}
    return Members(belongs, joined, frozenset(gone))


def counted(
    shown: Sequence[Shown[Seat]], held: Collection[Held], window: Window, members: Members, by: By | None
) -> Reach:
    """The numbers of a window; what happened before it only says who is new in it."""
    within = [each for each in shown if window.holds(each.end)]
    people = {seat.person for _, seat in within}
    newcomers, came_back = _newcomers(shown, window)
    regular = regulars((seat for _, seat in shown), held, members)
    numbers: dict[str, int | None] = {
        "people": None if len(people) < FEWEST else len(people),
        "seats": None if len(people) < FEWEST else len(within),
        "regulars": None if len(regular) < FEWEST or is_telling(len(regular & people), len(people)) else len(regular),
        "newcomers": None if is_telling(len(newcomers), len(people)) else len(newcomers),
        "newcomers_who_came_back": None if is_telling(len(came_back), len(newcomers)) else len(came_back),
    }
    rows, hidden = _rows(within, window, members, by) if by else ((), [])
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


def _newcomers(shown: Iterable[Shown[Seat]], window: Window) -> tuple[set[str], set[str]]:
    """Whoever attended for the first time in the window, and those of them who attended something else too."""
    first: dict[str, int] = {}
    attended: dict[str, set[str]] = defaultdict(set)
    for end, seat in sorted(shown, key=lambda each: each.told.occurred):
        first.setdefault(seat.person, end)
        attended[seat.person].add(seat.held.id)
    newcomers = {person for person, end in first.items() if window.holds(end)}
    return newcomers, {person for person in newcomers if len(attended[person]) > 1}


def regulars(seats: Iterable[Seat], held: Collection[Held], members: Members) -> set[str]:
    """Whoever attended three or more of the last six conversations that were open to them since they joined."""
    attended: dict[str, set[str]] = defaultdict(set)
    for seat in seats:
        attended[seat.person].add(seat.held.id)
    latest = sorted(held, key=lambda each: (each.occurred, each.id), reverse=True)
    found = set()
    for person, theirs in attended.items():
        joined = members.joined.get(person, 0)
        last = islice((each.id for each in latest if each.was_open_to(person, joined)), OF_LAST)
        if len(theirs.intersection(last)) >= OFTEN:
            found.add(person)
    return found


def _rows(within: Iterable[Shown[Seat]], window: Window, members: Members, by: By) -> tuple[tuple[Row, ...], list[str]]:
    people: dict[str, set[str]] = defaultdict(set)
    seats: dict[str, int] = defaultdict(int)
    for end, seat in within:
        cohort = {
            "month": window.names[end],
            "format": seat.held.format,
            "organisation_type": members.belongs.get(seat.person, ("", "unknown"))[1],
        }[by]
        people[cohort].add(seat.person)
        seats[cohort] += 1
    hidden = telling_rows({cohort: (len(people[cohort]), seats[cohort]) for cohort in people})
    rows = (
        Row(cohort=cohort, people=None, seats=None)
        if cohort in hidden
        else Row(cohort=cohort, people=len(people[cohort]), seats=seats[cohort])
        for cohort in sorted(people)
    )
    return tuple(rows), hidden


def _with_nobody(people: Collection[str], members: Members) -> Unreached:
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
