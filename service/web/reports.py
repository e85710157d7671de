"""What came of talking: each report as a picture, a table, what it means and what it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from service.api.inside import Fault, failure
from service.domain.refusals import Invalid
from service.web.drawing import day_in_words, some
from service.web.figures import APART, cohort, kept_between, percent, shown, which
from service.web.pages import Pages, Shows
from service.web.pictures import Picture, Step, Ties, draw_funnel, draw_ties, draw_waiting
from service.web.visit import Visit

pages = Pages("reports")

NAMES = {
    "funnel": "From conversation to outcome",
    "time-to-action": "How soon action follows",
    "kept-rate": "How many promises are kept",
    "ties": "Who has worked with whom",
    "participation": "Whom the network reaches",
    "goals": "What was done for what we work on",
}
ASKS = {
    "funnel": "Of the conversations we held, how many led to a promise, to something done, to something that lasted?",
    "time-to-action": "After we have talked, how long is it until somebody does something?",
    "kept-rate": "Of the promises that have come due, how many were kept?",
    "ties": "Do we work with people we had not worked with before, and across organisations?",
    "participation": "Who takes part, who comes back, and whom do we miss?",
    "goals": "What have we done for the questions we took up?",
}
"""The question each report answers, as somebody would ask it."""
STAGES = ("held", "asked", "promised", "acted", "kept", "outcome", "sustained")
ATTENTION = ("Due within a week", "Past their date", "Stuck, as whoever promised it says", "Not heard of for a month")
ERASED = "words that were erased"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Figures to read, all of them already as words."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A report as it is read: sentences first, then perhaps a picture, then tables."""

    sentences: Sequence[str]
    picture: Picture | None = None
    tables: Sequence[Table] = field(default_factory=list)


# Pictures of what everybody may read, and of nothing else, are kept: they cost a hundred times what a page does.
_funnel = lru_cache(maxsize=64)(draw_funnel)
_waiting = lru_cache(maxsize=64)(draw_waiting)
_ties = lru_cache(maxsize=64)(draw_ties)


@pages.page("/reports", "reports/list.html")
async def every(visit: Visit) -> Shows:
    """The questions people ask of the network."""
    await visit.must_be_theirs("/v1/reports/funnel", method="GET")
    return {"names": NAMES}


async def answered(visit: Visit, path: str, asked: dict[str, str], **usual: str) -> tuple[Any, dict[str, str]]:
    """The report for what was asked; where that is no day there is, the usual one, and what is wrong by field."""
    try:
        return await visit.get(path, None, **usual | asked), {}
    except (Fault, Invalid) as error:
        wrongs = {wrong.field: wrong.why for wrong in failure(error, visit.path).errors}
        if not wrongs:
            raise
        return await visit.get(path, None, **usual), wrongs


async def report(visit: Visit, name: str, tell: Callable[[Any], Told], *, by: str | None = None) -> Shows:
    """One report, for the time and the cohorts asked for."""
    asked = visit.asked("as_of", "known_at", "since", "by")
    found, wrongs = await answered(visit, f"/v1/reports/{name}", asked, **({"by": by} if by else {}))
    told = await asyncio.to_thread(tell, found)
    return {
        "name": name,
        "names": NAMES,
        "asks": ASKS[name],
        "report": found,
        "told": told,
        "asked": asked,
        "wrongs": wrongs,
        "apart": APART,
        "by": asked.get("by", by),
    }


@pages.page("/reports/funnel", "reports/one.html")
async def funnel(visit: Visit) -> Shows:
    """How far conversations led."""
    return await report(visit, "funnel", tell_funnel, by="month")


def tell_funnel(found: Any) -> Told:
    """From held to sustained, all cohorts together and each by itself; what is hidden in one is hidden in the sum."""
    counts = [[getattr(row.conversations, stage) for stage in STAGES] for row in found.rows]
    whole = [None if None in column else sum(column) for column in zip(*counts, strict=True)] or [0] * len(STAGES)
    known = tuple((stage, count) for stage, count in zip(STAGES, whole, strict=True) if count is not None)
    rows = [
        [f"{cohort(row.cohort)}{' (young)' if row.immature else ''}", *map(shown, each)]
        for row, each in zip(found.rows, counts, strict=True)
    ]
    young = any(row.immature for row in found.rows)
    sentences = [] if found.rows else ["No conversation has been held in this time."]
    if young:
        sentences.append("Where it says “young”, too little time has passed for much to have come of it yet.")
    table = Table(caption="Conversations that got as far", columns=(which(found), *STAGES), rows=rows)
    return Told(sentences=sentences, picture=_funnel(known) if known and found.rows else None, tables=[table])


@pages.page("/reports/time-to-action", "reports/one.html")
async def time_to_action(visit: Visit) -> Shows:
    """How soon an action followed a conversation."""
    return await report(visit, "time-to-action", tell_waiting)


def tell_waiting(found: Any) -> Told:
    """The curve where all conversations are together, and the median of each cohort."""
    picture = None
    if len(found.rows) == 1 and found.rows[0].curve:
        [row] = found.rows
        steps = tuple(Step(day=each.days, acted=1 - each.waiting, at_risk=each.at_risk) for each in row.curve)
        picture = _waiting(steps, row.median_days)
    rows = [
        [cohort(row.cohort), shown(row.conversations), shown(row.acted), shown(row.open), shown(row.median_days)]
        for row in found.rows
    ]
    columns = (which(found), "Conversations", "Led to an action", "Still open", "Half within (days)")
    table = Table(caption="How soon", columns=columns, rows=rows)
    median = found.rows[0].median_days if picture else None
    half = (
        []
        if median is None
        else [f"Half of the conversations were followed by an action within {some(median, 'day')}."]
    )
    return Told(sentences=half, picture=picture, tables=[table])


@pages.page("/reports/kept-rate", "reports/one.html")
async def kept_rate(visit: Visit) -> Shows:
    """How many of the promises due were kept."""
    return await report(visit, "kept-rate", tell_kept)


def tell_kept(found: Any) -> Told:
    """At least and at most, by the date first agreed and by the latest."""
    tables = []
    for kind, caption in (("by_first_date", "By the date first agreed"), ("by_latest_date", "By the latest date")):
        rows = []
        for row in found.rows:
            rate = getattr(row, kind)
            counts = (rate.counted, rate.kept, rate.in_time, rate.not_kept, rate.unknown)
            rows.append([cohort(row.cohort), *map(shown, counts), percent(rate.lower), percent(rate.upper)])
        columns = (which(found), "Due", "Kept", "In time", "Not kept", "Not known", "At least", "At most")
        tables.append(Table(caption=caption, columns=columns, rows=rows))
    whole = found.rows[0].by_first_date if len(found.rows) == 1 else None
    between = [] if whole is None or whole.lower is None else [f"{kept_between(whole)}, by the date first agreed."]
    return Told(sentences=between, tables=tables)


@pages.page("/reports/ties", "reports/one.html")
async def ties(visit: Visit) -> Shows:
    """Who worked with whom, and across which boundaries."""
    return await report(visit, "ties", tell_ties, by="month")


def tell_ties(found: Any) -> Told:
    """New, renewed and repeated ties, and whether they cross organisations more than chance would have it.

    Drawn are the rows of which nothing has to be hidden, or all of them as one where that is true of none.
    """
    whole = [row for row in found.rows if None not in (row.new, row.renewed, row.repeated)]
    if not whole and None not in (found.total.new, found.total.renewed, found.total.repeated):
        whole = [found.total]
    periods = tuple(
        Ties(period=cohort(row.cohort), new=row.new, renewed=row.renewed, repeated=row.repeated) for row in whole
    )
    sentences = []
    if found.ei_index is not None:
        sentences.append(
            f"{percent((1 + found.ei_index) / 2)} of those who worked together are from different organisations"
            f" (an E–I index of {found.ei_index:+.2f})."
        )
    if found.z is not None:
        sentences.append(
            f"People of one organisation worked together {'less' if found.z < 0 else 'more'} often than if the same"
            f" people had met by chance (z = {found.z:+.1f}).".replace("-", "−")
        )
    rows = [[cohort(row.cohort), shown(row.new), shown(row.renewed), shown(row.repeated)] for row in found.rows]
    table = Table(caption="Who worked together", columns=(which(found), "New", "Renewed", "Repeated"), rows=rows)
    return Told(sentences=sentences, picture=_ties(periods) if periods else None, tables=[table])


@pages.page("/reports/participation", "reports/one.html")
async def participation(visit: Visit) -> Shows:
    """Whom the network reaches."""
    return await report(visit, "participation", tell_participation)


def tell_participation(found: Any) -> Told:
    """People, seats, who comes regularly, who came back, and whom we miss."""
    figures = {
        "People who took part": found.people,
        "Seats taken": found.seats,
        "Regulars": found.regulars,
        "Newcomers": found.newcomers,
        "Newcomers who came back": found.newcomers_who_came_back,
        "Organisations nobody came from": found.with_nobody.organisations,
    }
    named = found.with_nobody.named
    sentences = [f"Nobody has come yet from {', '.join(named)}."] if named else []
    whole = Table(caption="All together", columns=("", "So far"), rows=[[k, shown(v)] for k, v in figures.items()])
    rows = [[cohort(row.cohort), shown(row.people), shown(row.seats)] for row in found.rows]
    apart = Table(caption="Apart", columns=(which(found), "People", "Seats"), rows=rows)
    return Told(sentences=sentences, tables=[whole, *([apart] if rows else [])])


@pages.page("/reports/attention", "reports/attention.html")
async def attention(visit: Visit) -> Shows:
    """For leads: how many promises may want looking at, and not which."""
    found = await visit.get("/v1/reports/attention")
    counts = (found.due_soon, found.overdue, found.stuck, found.silent)
    return {"report": found, "rows": [[says, shown(count)] for says, count in zip(ATTENTION, counts, strict=True)]}


@pages.page("/reports/goals", "reports/one.html")
async def goals(visit: Visit) -> Shows:
    """What was planned, held and kept for each question the network works on."""
    return await report(visit, "goals", tell_goals)


def tell_goals(found: Any) -> Told:
    """How many promises kept bear on each goal, and what of its standing activities was held."""
    kept = [[row.question or ERASED, shown(row.outcomes), day_in_words(row.horizon)] for row in found.rows]
    held = [
        [f"{each.what or ERASED}, for “{row.question or ERASED}”", shown(each.planned), shown(each.held)]
        for row in found.rows
        for each in row.activities
    ]
    columns = ("Question", "Promises kept for it", "Until")
    whole = Table(caption="What came of it", columns=columns, rows=kept)
    often = Table(caption="What is done again and again", columns=("What", "Planned", "Held"), rows=held)
    return Told(sentences=[], tables=[whole, *([often] if held else [])])
