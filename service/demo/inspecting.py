"""How a lead reads somebody's record, is seen to have read it, and is contradicted."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from service.demo.people import DIRECTOR, LEAD
from service.demo.stage import Stage, acting, made
from service.domain import commitment

PURPOSE = "How long did promises take that came out of the first season of calls?"
WHY_NOT = "The funnel answers this without reading my record. Please ask me next time."


def plan_inspection(stage: Stage) -> None:
    """It stays open: the record can be read through it today."""
    stage.on(stage.year.day(-37), 10, 0, partial(_open, stage))


async def _open(stage: Stage) -> None:
    done = await stage.house.inspections.open_of_director(
        call=acting(stage.ids[LEAD]), purpose=PURPOSE, director_id=stage.ids[DIRECTOR]
    )
    id = made(done.id)
    stage.inspections.append(id)
    stage.calendar.plan(stage.calendar() + timedelta(minutes=10), partial(_read, stage, id))
    stage.on(stage.year.day(-34), 9, 15, partial(_contest, stage, id))


async def _read(stage: Stage, id: UUID) -> None:
    """Everything of theirs that is not narrowed."""
    records = []
    for each, parties in stage.commitments.items():
        known = await stage.house.ledger.recall(commitment.recall(each))
        if stage.ids[DIRECTOR] in parties and known.tier in ("network", "open"):
            records.append((each, tuple(dict.fromkeys(parties))))
    await stage.house.inspections.read(id, call=acting(stage.ids[LEAD]), records=records)


async def _contest(stage: Stage, id: UUID) -> None:
    await stage.house.inspections.contest(id, call=acting(stage.ids[DIRECTOR]), why=WHY_NOT)
