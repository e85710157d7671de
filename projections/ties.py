"""Ties: who has worked with whom, for the first time, after a long while or again, and across what."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Literal

import aiosqlite
import msgspec

from projections import taking_part
from projections.chance import NOTHING_TO_SAY, Mixing, mixing
from projections.counting import FEWEST, TICK, By, ticks, too_telling
from projections.month_ends import Shown, Window, first_moment, month_at, what_shows

LONG_WHILE = timedelta(days=365)

DEFINITION = (
    "Two people have worked together when they were in a set that formed, or when one promised the other something."
    " Each such occasion is new when it is their first, renewed when they had not worked together for a year, and"
    " repeated otherwise. The E-I index is the share of ties across organisations less the share within; assortativity"
    " is Newman's coefficient by organisation, and `z` says by how many standard deviations it differs from networks"
    " drawn by chance in which everybody has as many ties as here."
)
CAVEATS = (
    "People are counted to the end of a month, and a month in which fewer than five moved is merged with the next.",
    "Numbers below five are not shown, nor what would give them away.",
    "Attending the same conversation does not make a tie: most of those who listen to one another do not meet.",
    "Organisation is the one somebody belongs to at the end of the period.",
    "The networks of chance are drawn from a fixed seed, so the same ties give the same z.",
    "A z below nought means that ties cross organisations more often than chance would have it; sets are made to.",
)

Kind = Literal["new", "renewed", "repeated"]
KINDS: tuple[Kind, ...] = ("new", "renewed", "repeated")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort of occasions; None where a number is not shown."""

    cohort: str
    new: int | None
    renewed: int | None
    repeated: int | None


class Ties(msgspec.Struct, frozen=True, kw_only=True):
    """Occasions cohort by cohort and in all, how many people and ties there are, and how the ties lie."""

    counted_until: datetime | None
    people: int | None
    ties: int | None
    total: Row
    mixing: Mixing
    rows: tuple[Row, ...]
    suppressed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Occasion:
    """Two people worked together: when it happened and was recorded, and as what."""

    one: str
    other: str
    occurred: int
    month: int
    known: int
    format: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.one, self.other

    @property
    def people(self) -> tuple[str, str]:
        return self.one, self.other


def occasion(one: str, other: str, occurred: int, recorded: int, format: str) -> Occasion:
    """Two people in an order that does not depend on who asked whom."""
    one, other = sorted((one, other))
    return Occasion(one, other, occurred, month_at(occurred), month_at(recorded), format)


def kinds(occasions: Iterable[Shown[Occasion]]) -> list[tuple[Shown[Occasion], Kind]]:
    """Each occasion in the order they happened: new, renewed or repeated."""
    last: dict[tuple[str, str], int] = {}
    told: list[tuple[Shown[Occasion], Kind]] = []
    for shown in sorted(occasions, key=lambda shown: (shown.told.occurred, shown.told.pair, shown.told.format)):
        each = shown.told
        before = last.get(each.pair)
        kind: Kind = "new" if before is None else "repeated"
        if before is not None and each.occurred - before >= LONG_WHILE // TICK:
            kind = "renewed"
        told.append((shown, kind))
        last[each.pair] = each.occurred
    return told


async def ties(
    db: aiosqlite.Connection,
    *,
    as_of: datetime,
    known_at: datetime,
    now: datetime,
    since: datetime | None = None,
    by: By = "month",
) -> Ties:
    """Who worked with whom in the months that may be shown."""
    told = await _occasions(db)
    shown, window = what_shows(told, as_of=as_of, known_at=known_at, now=now, since=since)
    if not window.names:
        return _nothing()
    end = ticks(first_moment(window.until + 1))
    placed = await taking_part.rows(db, "belongs", "person, label, kind", as_of=end - 1)
    belongs = {person: (organisation, kind) for person, organisation, kind in placed}
    return await asyncio.to_thread(counted, shown, window, belongs, by)


async def _occasions(db: aiosqlite.Connection) -> list[Occasion]:
    kind_of = dict(await taking_part.rows(db, "proposed", "id, kind"))
    formed: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for id, *member in await taking_part.rows(db, "formed", "id, person, occurred, recorded"):
        formed[id].append((member[0], member[1], member[2]))
    told = [
        occasion(one[0], other[0], one[1], one[2], kind_of.get(id, "action_set"))
        for id, members in formed.items()
        for one, other in combinations(members, 2)
    ]
    for one, other, *times in await taking_part.rows(db, "promised", "person, other, occurred, recorded"):
        told.append(occasion(one, other, times[0], times[1], "promise"))
    return told


def counted(shown: Sequence[Shown[Occasion]], window: Window, belongs: dict[str, tuple[str, str]], by: By) -> Ties:
    """The numbers of a window; what happened before it only says what is new in it."""
    counts: dict[str, dict[Kind, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    total, within = dict.fromkeys(KINDS, 0), []
    for (end, each), kind in kinds(shown):
        if window.holds(end):
            counts[window.names[end] if by == "month" else _cohort(each, belongs, by)][kind] += 1
            total[kind] += 1
            within.append(each)
    hidden = _hidden(counts, by)
    small = {kind for kind in KINDS if 0 < total[kind] < FEWEST}
    pairs = sorted({each.pair for each in within})
    people = sorted({person for pair in pairs for person in pair})
    return Ties(
        counted_until=first_moment(window.until + 1),
        people=len(people) if len(people) >= FEWEST else None,
        ties=len(pairs) if len(pairs) >= FEWEST else None,
        total=_row("all", total, {("all", kind) for kind in small}),
        mixing=_mixing(pairs, people, belongs),
        rows=tuple(_row(cohort, counts[cohort], hidden) for cohort in sorted(counts)),
        suppressed=(*sorted(f"total.{kind}" for kind in small), *sorted(f"{c}.{kind}" for c, kind in hidden)),
    )


def _hidden(counts: dict[str, dict[Kind, int]], by: By) -> set[tuple[str, Kind]]:
    """What is too small to be shown, and what would give it away. That there was none tells nothing of anybody, unless
    it is said of one type of organisation."""
    none_tells = by == "organisation_type"
    return {
        (cohort, kind)
        for kind in KINDS
        for cohort in too_telling({name: of[kind] for name, of in counts.items() if of[kind] or none_tells})
    }


def _cohort(each: Occasion, belongs: dict[str, tuple[str, str]], by: By) -> str:
    if by == "format":
        return each.format
    return " and ".join(sorted(belongs.get(person, ("", "unknown"))[1] for person in each.pair))


def _row(cohort: str, counts: dict[Kind, int], hidden: set[tuple[str, Kind]]) -> Row:
    shown = {kind: None if (cohort, kind) in hidden else counts[kind] for kind in KINDS}
    return Row(cohort=cohort, **shown)


def _mixing(pairs: Sequence[tuple[str, str]], people: Sequence[str], belongs: dict[str, tuple[str, str]]) -> Mixing:
    if len(pairs) < FEWEST or len(people) < FEWEST:
        return NOTHING_TO_SAY
    number = {person: place for place, person in enumerate(people)}
    names = [belongs.get(person, ("unknown", ""))[0] for person in people]
    groups = {name: place for place, name in enumerate(sorted(set(names)))}
    return mixing(tuple((number[one], number[other]) for one, other in pairs), tuple(groups[name] for name in names))


def _nothing() -> Ties:
    """Fewer than five people have worked with anybody, as far as may be shown."""
    nothing = Row(cohort="all", new=None, renewed=None, repeated=None)
    return Ties(counted_until=None, people=None, ties=None, total=nothing, mixing=NOTHING_TO_SAY, rows=())
