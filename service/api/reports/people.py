"""/v1/reports/participation and /v1/reports/ties: whom the network reaches, and who has worked with whom."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from projections import reach
from projections import ties as working
from projections.chance import Mixing
from service.api.reports.period import About, Cohorts, Period, times
from service.api.routes import Question, Routes

routes = Routes("reports")


class ParticipationAnswer(About, frozen=True, kw_only=True):
    """How many people were reached and who came back, counted to the end of a month."""

    by: str | None
    counted_until: datetime | None
    people: int | None
    seats: int | None
    regulars: int | None
    newcomers: int | None
    newcomers_who_came_back: int | None
    with_nobody: reach.Unreached
    rows: list[reach.Row]
    suppressed: list[str]


class Occasions(Period, frozen=True, kw_only=True):
    """By the month people worked together in, by the kind of set they were in, or by the types of organisation."""

    by: Literal["month", "format", "organisation_type"] = "month"


class TiesAnswer(About, frozen=True, kw_only=True):
    """Who has worked with whom, and whether that crosses organisations more often than chance would have it."""

    by: str
    counted_until: datetime | None
    people: int | None
    ties: int | None
    total: working.Row
    ei_index: float | None
    assortativity: float | None
    expected_by_chance: float | None
    z: float | None
    rows: list[working.Row]
    suppressed: list[str]


@routes.get("/v1/reports/participation")
async def participation(question: Question[Cohorts]) -> ParticipationAnswer:
    """How many people took part, how many come regularly or came back, and which organisations nobody came from."""
    asked, when = question.filters, times(question)
    async with question.rooms.read_models.read() as db:
        found = await reach.reach(db, **when, now=question.rooms.clock(), by=asked.by)
    return ParticipationAnswer(
        definition=reach.DEFINITION,
        caveats=list(reach.CAVEATS),
        **when,
        by=asked.by,
        counted_until=found.counted_until,
        people=found.people,
        seats=found.seats,
        regulars=found.regulars,
        newcomers=found.newcomers,
        newcomers_who_came_back=found.newcomers_who_came_back,
        with_nobody=found.with_nobody,
        rows=list(found.rows),
        suppressed=list(found.suppressed),
    )


@routes.get("/v1/reports/ties")
async def ties_between_people(question: Question[Occasions]) -> TiesAnswer:
    """How many people worked together for the first time, again or after a long while, and across which boundaries."""
    asked, when = question.filters, times(question)
    async with question.rooms.read_models.read() as db:
        found = await working.ties(db, **when, now=question.rooms.clock(), by=asked.by)
    mixed: Mixing = found.mixing
    return TiesAnswer(
        definition=working.DEFINITION,
        caveats=list(working.CAVEATS),
        **when,
        by=asked.by,
        counted_until=found.counted_until,
        people=found.people,
        ties=found.ties,
        total=found.total,
        ei_index=mixed.ei_index,
        assortativity=mixed.assortativity,
        expected_by_chance=mixed.expected_by_chance,
        z=mixed.z,
        rows=list(found.rows),
        suppressed=list(found.suppressed),
    )
