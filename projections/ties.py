"""Ties: who has worked with whom, for the first time, after a long while or again, and across what."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import numpy as np

from projections import taking_part
from projections.chance import NOTHING_TO_SAY, Mixing, mixing
from projections.columns import NONE, Column, Facts, Mask, Names, distinct, tally
from projections.counting import FEWEST, TICK, By, ticks, too_telling
from projections.hours import months_of
from projections.month_ends import Shown, Told, Window, first_moment, what_shows
from projections.reader import Reader
from projections.taking_part import Members, members_before

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
class Occasions:
    """Whenever two people worked together: who, by rising numbers, when, as what, and when it may be counted."""

    one: Column
    other: Column
    occurred: Column
    format: Column
    shown: Shown

    def those(self, which: Mask | Column) -> Occasions:
        """Only these, or these in that order."""
        shown = Shown(self.shown.end[which], self.shown.known[which])
        return Occasions(self.one[which], self.other[which], self.occurred[which], self.format[which], shown)


async def ties(
    db: Reader,
    *,
    as_of: datetime,
    known_at: datetime,
    now: datetime,
    since: datetime | None = None,
    by: By = "month",
) -> Ties:
    """Who worked with whom in the months that may be shown."""
    facts = await db.facts(taking_part.FACTS)
    when = {"as_of": as_of, "known_at": known_at, "now": now, "since": since}
    return await asyncio.to_thread(_ties, facts, when, by)


def _ties(facts: Facts, when: dict[str, Any], by: By) -> Ties:
    one, other, row, format = _worked_together(facts)
    months = months_of(facts["occurred"][row]), months_of(facts["recorded"][row])
    shown, window = what_shows(Told(*months, (one, other)), **when)
    if not window.names:
        return _nothing()
    pair = np.minimum(one, other), np.maximum(one, other)
    occasions = Occasions(*pair, facts["occurred"][row], format, shown).those(shown.end != NONE)
    end = ticks(first_moment(window.until + 1))
    return counted(occasions, window, members_before(facts, end), facts.names, by)


def _worked_together(facts: Facts) -> tuple[Column, Column, Column, Column]:
    """Of each occasion the two people, the row that says when, and its format: a promise, or the kind of a set."""
    promised = np.flatnonzero(facts.are("promised"))
    promise = np.full(len(promised), facts.names.number("promise"))
    found = [(facts["person"][promised], facts["other"][promised], promised, promise)]
    proposed = facts.last(facts.are("proposed"))
    formed = np.flatnonzero(facts.are("formed"))
    formed = formed[np.argsort(facts["id"][formed], kind="stable")]
    ids, begin, sizes = np.unique(facts["id"][formed], return_index=True, return_counts=True)
    for size in np.unique(sizes).tolist():
        of_size = sizes == size
        rows = formed[begin[of_size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        kind = proposed[ids[of_size]]
        format = np.where(kind == NONE, facts.names.number("action_set"), facts["kind"][kind]).repeat(len(one))
        pairs = rows[:, one].ravel(), rows[:, other].ravel()
        found.append((facts["person"][pairs[0]], facts["person"][pairs[1]], pairs[0], format))
    one, other, row, format = (np.concatenate(each) for each in zip(*found, strict=True))
    return one, other, row, format


def kinds(occasions: Occasions) -> tuple[Occasions, Column]:
    """The occasions of each pair in the order they happened, and the place in KINDS of each: new, renewed, repeated."""
    order = np.lexsort((occasions.format, occasions.occurred, occasions.other, occasions.one))
    told = occasions.those(order)
    again = (np.diff(told.one, prepend=NONE) == 0) & (np.diff(told.other, prepend=NONE) == 0)
    late = np.diff(told.occurred, prepend=0) >= LONG_WHILE // TICK
    return told, np.select([~again, late], [KINDS.index("new"), KINDS.index("renewed")], KINDS.index("repeated"))


def counted(occasions: Occasions, window: Window, members: Members, names: Names, by: By) -> Ties:
    """The numbers of a window; what happened before it only says what is new in it."""
    told, kind = kinds(occasions)
    counts_here = window.holds(told.shown.end)
    within = told.those(counts_here)
    counts: dict[str, dict[Kind, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    total = dict.fromkeys(KINDS, 0)
    name = window.names.__getitem__ if by == "month" else names.text
    for (*of, which), count in tally(*_cohorts(within, members, names, by), kind[counts_here]):
        counts[" and ".join(sorted(map(name, of)))][KINDS[which]] += count
        total[KINDS[which]] += count
    hidden = _hidden(counts, by)
    small = {kind for kind in KINDS if 0 < total[kind] < FEWEST}
    pairs = distinct(np.stack([within.one, within.other]))[0].T.tolist()
    people = {person for pair in pairs for person in pair}
    return Ties(
        counted_until=first_moment(window.until + 1),
        people=len(people) if len(people) >= FEWEST else None,
        ties=len(pairs) if len(pairs) >= FEWEST else None,
        total=_row("all", total, {("all", kind) for kind in small}),
        mixing=_mixing(pairs, sorted(people, key=names.text), members.belongs),
        rows=tuple(_row(cohort, counts[cohort], hidden) for cohort in sorted(counts)),
        suppressed=(*sorted(f"total.{kind}" for kind in small), *sorted(f"{c}.{kind}" for c, kind in hidden)),
    )


def _cohorts(within: Occasions, members: Members, names: Names, by: By) -> tuple[Column, ...]:
    """What tells the cohort of each occasion: a month or a format, or the types of both organisations."""
    if by == "organisation_type":
        return members.types(within.one, names), members.types(within.other, names)
    return (within.shown.end if by == "month" else within.format,)


def _hidden(counts: dict[str, dict[Kind, int]], by: By) -> set[tuple[str, Kind]]:
    """What is too small to be shown, and what would give it away. That there was none tells nothing of anybody, unless
    it is said of one type of organisation."""
    none_tells = by == "organisation_type"
    return {
        (cohort, kind)
        for kind in KINDS
        for cohort in too_telling({name: of[kind] for name, of in counts.items() if of[kind] or none_tells})
    }


def _row(cohort: str, counts: dict[Kind, int], hidden: set[tuple[str, Kind]]) -> Row:
    shown = {kind: None if (cohort, kind) in hidden else counts[kind] for kind in KINDS}
    return Row(cohort=cohort, **shown)


def _mixing(pairs: Sequence[Sequence[int]], people: Sequence[int], belongs: Mapping[int, tuple[str, str]]) -> Mixing:
    """How the ties lie, with people in an order that depends on nothing but who they are."""
    if len(pairs) < FEWEST or len(people) < FEWEST:
        return NOTHING_TO_SAY
    number = {person: place for place, person in enumerate(people)}
    organisations = [belongs.get(person, ("unknown", ""))[0] for person in people]
    groups = {name: place for place, name in enumerate(sorted(set(organisations)))}
    ties = sorted((min(tie), max(tie)) for tie in ((number[one], number[other]) for one, other in pairs))
    return mixing(tuple(ties), tuple(groups[name] for name in organisations))


def _nothing() -> Ties:
    """Fewer than five people have worked with anybody, as far as may be shown."""
    nothing = Row(cohort="all", new=None, renewed=None, repeated=None)
    return Ties(counted_until=None, people=None, ties=None, total=nothing, mixing=NOTHING_TO_SAY, rows=())
