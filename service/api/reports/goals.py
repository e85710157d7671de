"""/v1/reports/goals: what bears on each goal, what was planned and held for it, and when it was last reviewed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from projections import goals as read
from service.api.reports.period import About, Cohorts, times
from service.api.routes import Question, Routes

routes = Routes("reports")


class HeldForIt(msgspec.Struct, frozen=True, kw_only=True):
    """A standing activity: how many conversations were planned, and how many have been held."""

    what: str | None
    format: str
    planned: int
    held: int


class GoalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One goal."""

    goal: UUID
    question: str | None
    state: str
    adopted_at: datetime
    horizon: date
    outcomes: int
    activities: list[HeldForIt]
    last_reviewed_at: datetime | None
    narrative: str | None


class GoalsAnswer(About, frozen=True, kw_only=True):
    """The goals as they stood."""

    rows: list[GoalRow]
    suppressed: list[str]


@routes.get("/v1/reports/goals")
async def goals(question: Question[Cohorts]) -> GoalsAnswer:
    """What bears on each goal, what was planned and held for it, and what its last review said."""
    when, rooms = times(question), question.rooms
    async with rooms.read_models.read() as db:
        ids = await read.ids(db)
    rows = []
    for id in ids:
        view = read.as_it_was(await rooms.history(id, None), as_of=when["as_of"], known_at=when["known_at"])
        if view is None or (when["since"] and view.adopted_at < when["since"]):
            continue
        async with rooms.read_models.read() as db:
            held = await read.held(db, view, as_of=when["as_of"], known_at=when["known_at"])
        last = view.reviews[-1] if view.reviews else None
        rows.append(
            GoalRow(
                goal=view.id,
                question=rooms.unseal(view.question),
                state=view.state,
                adopted_at=view.adopted_at,
                horizon=view.horizon,
                outcomes=len(view.linked),
                activities=[
                    HeldForIt(
                        what=rooms.unseal(each.what), format=each.format, planned=each.planned, held=held[each.id]
                    )
                    for each in view.activities
                ],
                last_reviewed_at=last.at if last else None,
                narrative=rooms.unseal(last.narrative) if last else None,
            )
        )
    return GoalsAnswer(definition=read.DEFINITION, caveats=list(read.CAVEATS), **when, rows=rows, suppressed=[])
