"""Time to action: how long after a conversation the first action was taken on something promised there."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import aiosqlite
import msgspec

from projections.commitment_view import STAGES
from projections.counting import By, Span, moment_of, span, telling_rows
from projections.funnel import COLUMN, HELD
from projections.survival import Case, Step, curve, median
from service.domain.days import london_day

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

_FIRST = """
SELECT opened.conversation, min(step.occurred)
FROM funnel AS opened JOIN funnel AS step ON step.id = opened.id AND step.what = 'reached'
WHERE opened.what = 'opened' AND opened.conversation IS NOT NULL AND step.stage >= :acted
    AND step.occurred <= :as_of AND step.recorded <= :known_at
GROUP BY opened.conversation
"""


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
    db: aiosqlite.Connection,
    *,
    as_of: datetime,
    known_at: datetime,
    since: datetime | None = None,
    by: By | None = None,
) -> TimeToAction:
    """How long it took by `as_of`, as far as was known at `known_at`; all conversations together unless asked `by`."""
    asked = span(as_of=as_of, known_at=known_at, since=since)
    rows = await db.execute_fetchall(_FIRST, {**asked, "acted": _ACTED})
    first = {row[0]: row[1] for row in rows}
    cohorts: dict[str, list[Case]] = defaultdict(list)
    for held in await db.execute_fetchall(HELD, asked):
        cohorts[held[COLUMN[by]] if by else ALL].append(_case(held[1], first.get(held[0]), asked))
    made = tuple(_row(cohort, cohorts[cohort]) for cohort in sorted(cohorts))
    return _without_small_ones(made) if by == "organisation_type" else TimeToAction(rows=made)


def _case(held: int, acted: int | None, asked: Span) -> Case:
    began = london_day(moment_of(held))
    ended = london_day(moment_of(asked["as_of"] if acted is None else acted))
    return Case(max(0, (ended - began).days), acted is not None)


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
