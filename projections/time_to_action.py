"""Time to action: how long after a conversation the first action was taken on something promised there."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime
from itertools import repeat

import msgspec
import numpy as np

from projections.columns import NONE, Column, Facts
from projections.commitment_view import STAGES
from projections.counting import By, Span, span, telling_rows
from projections.funnel import FACTS
from projections.held import held
from projections.hours import days_of
from projections.reader import Reader
from projections.survival import Case, Step, curve, median

DEFINITION = (
    "For each conversation held: the days, counted in London, until the first action was taken on a commitment that"
    " came out of it. Kaplan and Meier's estimate: a conversation that no action has followed yet is not dropped; it"
    " counts as still open for as long as we have been able to watch it. `waiting` is the estimated share no action has"
    " followed by that day, `at_risk` how many conversations had been watched that long with none, and the median is"
    " the first day by which an action is estimated to have followed half of them."
)
CAVEATS = (
    "An action that follows a conversation need not have been caused by it.",
    "A commitment counts when it names the conversation it came from. What was kept without a note of an action counts"
    " as acted on when it was confirmed, as in the funnel.",
    "An action dated before its conversation counts as taken on the same day.",
    "There is no median until an action is estimated to have followed half of the conversations.",
    "Where few are still at risk, at the end of a curve, one conversation more or less moves it far.",
    "What was done and not written down is missing, so actions look later than they were.",
)

ALL = "all"
_ACTED = STAGES.index("acted")
NEVER = 2**62


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort of conversations: how many, how many an action has followed, how many are open, and the curve. None
    where a number is not shown."""

    cohort: str
    conversations: int | None
    acted: int | None
    open: int | None
    median_days: int | None
    curve: tuple[Step, ...] | None


class TimeToAction(msgspec.Struct, frozen=True, kw_only=True):
    """The rows, and the names of what is not shown."""

    rows: tuple[Row, ...]
    suppressed: tuple[str, ...] = ()


async def time_to_action(
    db: Reader,
    *,
    as_of: datetime,
    known_at: datetime,
    since: datetime | None = None,
    by: By | None = None,
) -> TimeToAction:
    """How long it took by `as_of`, as far as was known at `known_at`; all conversations together unless asked `by`."""
    asked = span(as_of=as_of, known_at=known_at, since=since)
    return await asyncio.to_thread(_counted, await db.facts(FACTS), asked, by)


def _counted(told: Facts, asked: Span, by: By | None) -> TimeToAction:
    conversations = held(told, asked)
    first = _first_actions(told, asked)[conversations.id]
    days = days_of(np.minimum(first, asked["as_of"])) - days_of(conversations.occurred)
    names = [told.names.text(name) for name in conversations.cohorts[by].tolist()] if by else repeat(ALL)
    cohorts: dict[str, list[Case]] = defaultdict(list)
    for cohort, waited, happened in zip(names, days.tolist(), (first != NEVER).tolist(), strict=False):
        cohorts[cohort].append(Case(max(0, waited), happened))
    made = tuple(_row(cohort, cohorts[cohort]) for cohort in sorted(cohorts))
    return _without_small_ones(made) if by == "organisation_type" else TimeToAction(rows=made)


def _first_actions(told: Facts, asked: Span) -> Column:
    """For the number of each conversation, when the first action was taken that came out of it."""
    cited = told.last(told["conversation"] != NONE)[told["id"]]
    acted = told.had_happened(asked) & told.are("reached") & (told["stage"] >= _ACTED) & (cited != NONE)
    first = np.full(told.size, NEVER)
    np.minimum.at(first, told["conversation"][cited[acted]], told["occurred"][acted])
    return first


def _row(cohort: str, cases: list[Case]) -> Row:
    steps = curve(cases)
    acted = sum(case.happened for case in cases)
    return Row(
        cohort=cohort,
        conversations=len(cases),
        acted=acted,
        open=len(cases) - acted,
        median_days=median(steps),
        curve=steps,
    )


def _without_small_ones(rows: tuple[Row, ...]) -> TimeToAction:
    """By organisation no curve is shown: its steps are single conversations. A cohort of which any number is small is
    hidden whole, and with it the smallest others until what is hidden cannot be told from the totals."""
    numbers = {row.cohort: (row.conversations or 0, row.acted or 0, row.open or 0) for row in rows}
    hidden = telling_rows(numbers)
    shown = []
    for row in rows:
        if row.cohort in hidden:
            nothing = {"conversations": None, "acted": None, "open": None, "median_days": None}
            row = msgspec.structs.replace(row, **nothing)
        shown.append(msgspec.structs.replace(row, curve=None))
    names = (
        f"{row.cohort}.{name}" for row in rows if row.cohort in hidden for name in ("conversations", "acted", "open")
    )
    return TimeToAction(rows=tuple(shown), suppressed=tuple(names))
