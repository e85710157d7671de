"""Inspections: a lead reads a record for a purpose; whoever it is about sees who looked, and can object."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from aiohttp import web

from service.domain.days import london_day
from service.domain.refusals import Forbidden, Refusal
from service.web.asks import line, required, words
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("inspections")

NO_DAY = "This should be a day, such as 2027-03-27. All of it is shown."

COLUMNS = ("position", "recorded_at", "occurred_at", "commitment", "event", "by", "words", "due", "conditions")


@pages.page("/inspections", "inspections/list.html")
async def every(visit: Visit) -> Shows:
    """The inspections a lead has opened, the newest first."""
    if not visit.has_role("lead"):
        raise Forbidden("Inspections are opened by leads. Who looked at your own record is on your page.")
    found = (await visit.every("/v1/inspections"))[::-1]
    return {"inspections": found, "people": await visit.people(each.director for each in found)}


@pages.form(
    "/inspections/new",
    "inspections/new.html",
    to="/v1/inspections",
    asks={
        "purpose": required,
        "director": line,
        "commitment": line,
    },
    says="The inspection is open. Whoever it is about can see that, and why.",
    then=lambda visit, answer: f"/inspections/{answer.id}",
)
async def new(visit: Visit) -> Shows:
    """Whose record, or which commitment, is to be read, and what for."""
    about = visit.asked("director", "commitment")
    directors = [] if about else sorted(await visit.every("/v1/directors"), key=lambda each: each.name.casefold())
    choices = [("", "Choose a director"), *((each.id, f"{each.name}, {each.organisation}") for each in directors)]
    return {"about": about, "choices": choices, "person": await _person(visit, about.get("director"))}


@pages.page("/inspections/{id}", "inspections/one.html")
async def one(visit: Visit) -> Shows:
    """For its lead, everything that happened, commitment by commitment; for whom it is about, who looks and why."""
    inspection = await visit.get("/v1/inspections/{id}")
    is_lead = visit.is_me(inspection.by)
    reads = is_lead and inspection.state == "open"
    as_of, wrongs = _day(visit.request.query.get("as_of"))
    told = await _told(visit, as_of) if reads else []
    stories = _stories(told)
    people = [*_people(told), inspection.by, inspection.director, *(each.by for each in inspection.contests)]
    return {
        "inspection": inspection,
        "is_lead": is_lead,
        "reads": reads,
        "stories": stories,
        "titles": {id: await _title(visit, id) for id, _ in stories},
        "as_of": as_of,
        "wrongs": wrongs,
        "people": await visit.people(people),
    }


@pages.page("/inspections/{id}/export", "inspections/one.html")
async def export(visit: Visit) -> Shows:
    """The same as a table to take away. That it was read is recorded like any other reading."""
    as_of, _ = _day(visit.request.query.get("as_of"))
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for each in await _told(visit, as_of):
        terms = (each.terms.due, each.terms.conditions or "") if each.terms else ("", "")
        told = (each.position, each.at, each.occurred_at, each.commitment, each.event, each.by, each.words, *terms)
        rows.writerow([_harmless(str(value)) for value in told])
    headers = {"Content-Disposition": f'attachment; filename="inspection-{visit.id}.csv"', "Cache-Control": "no-store"}
    return web.Response(text=written.getvalue(), content_type="text/csv", charset="utf-8", headers=headers)


@pages.form(
    "/inspections/{id}/contest",
    "inspections/contest.html",
    asks={"why": words},
    says="Your objection is recorded, and the lead can read it.",
)
async def contest(visit: Visit) -> Shows:
    """Why a record should not have been read."""
    return {"inspection": await visit.get("/v1/inspections/{id}")}


pages.button("/inspections/{id}/close", says="The inspection is closed. Nothing more is read through it.")


async def _told(visit: Visit, as_of: date | None) -> list[Any]:
    """What had been recorded by the end of that day; without one, everything."""
    items = (await visit.get("/v1/inspections/{id}/history")).items
    return [each for each in items if as_of is None or london_day(each.at) <= as_of]


async def _title(visit: Visit, id: UUID) -> Any:
    """What was promised or asked for, in the words in which it stands, where this lead may read them."""
    commitment = await visit.seen("/v1/commitments/{id}", {"id": id})
    return commitment and commitment.what


def _stories(items: Sequence[Any]) -> list[tuple[UUID, list[Any]]]:
    """What happened, one commitment after the other, the one that moved last first."""
    by_commitment = sorted(items, key=lambda each: (str(each.commitment), each.position))
    stories = [(id, list(events)) for id, events in groupby(by_commitment, key=lambda each: each.commitment)]
    return sorted(stories, key=lambda story: -story[1][-1].position)


def _people(items: Sequence[Any]) -> list[UUID]:
    """Whoever did something; roles and the service are nobody in the directory."""
    found = []
    for each in items:
        try:
            found.append(UUID(each.by))
        except ValueError:
            continue
    return found


async def _person(visit: Visit, id: str | None) -> Any:
    """The director an inspection is to be about, where that is somebody."""
    try:
        return await visit.get("/v1/directors/{id}", {"id": UUID(id)}) if id else None
    except (ValueError, Refusal):
        return None


def _day(text: str | None) -> tuple[date | None, dict[str, str]]:
    """The day asked for, and what is wrong where that is none."""
    if not text:
        return None, {}
    try:
        return datetime.fromisoformat(text).date(), {}
    except ValueError:
        return None, {"as_of": NO_DAY}


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
