"""Notes: what people write to one another, for the two of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from service.domain.refusals import NotFound
from service.web.asks import line, moment, required
from service.web.forms import Choice
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("notes")

KINDS: tuple[Choice, ...] = (
    ("thanks", "Thanks", "For something they did. They may share it with the network."),
    ("feedback", "Feedback", "What you noticed, for them alone."),
    ("challenge", "A challenge", "A question they might not ask themselves."),
    ("lesson", "A lesson", "What you learned. You may share it with the network."),
    ("postcard", "A postcard", "To be read on a later day, which you say below."),
)
SHOWN = 5
"""So many of the latest where notes stand beside something else."""
IN_WORDS: dict[str, Any] = {"kinds": {each[0]: each[1] for each in KINDS}}


@pages.page("/notes", "notes/list.html")
async def every(visit: Visit) -> Shows:
    """The notes somebody was written, wrote, and may read because they were shared; the newest first."""
    notes = (await visit.every("/v1/notes"))[::-1]
    to_me, by_me = [each for each in notes if each.to == visit.by], [each for each in notes if each.author == visit.by]
    shared = [each for each in notes if each.state == "shared" and visit.by not in (each.to, each.author)]
    people = await visit.people(person for each in notes for person in (each.author, each.to))
    return {"to_me": to_me, "by_me": by_me, "shared": shared, "people": people, "now": visit.now, **IN_WORDS}


@pages.form(
    "/notes/new",
    "notes/new.html",
    asks={"kind": line, "to": required, "text": required, "deliver_at": moment},
    to="/v1/notes",
    says="It is written, and for the two of you.",
    then=lambda visit, answer: f"/notes/{answer.id}",
)
async def write(visit: Visit) -> Shows:
    """To whom, what, and when it is to be read."""
    asked = visit.asked("to", "set")
    everybody = await visit.every("/v1/directors") if "set" not in asked else await _in_set(visit, asked["set"])
    choices = [(each.id, f"{each.name}, {each.organisation}") for each in everybody if each.id != visit.by]
    return {"choices": [("", "Choose somebody"), *choices], "asked": asked, "kind_choices": KINDS}


async def _in_set(visit: Visit, id: str) -> list[Any]:
    """The people of a set; everybody, where it is none of theirs."""
    try:
        members = (await visit.get("/v1/sets/{id}", {"id": UUID(id)})).members
    except (ValueError, NotFound):
        return await visit.every("/v1/directors")
    return list((await visit.people(members)).values())


@pages.page("/notes/{id}", "notes/one.html")
async def one(visit: Visit) -> Shows:
    """One note, and what may be done with it."""
    note = await visit.get("/v1/notes/{id}")
    shares = {"thanks": note.to, "lesson": note.author}.get(note.kind)
    return {
        "note": note,
        "people": await visit.people([note.author, note.to]),
        "may_share": note.state == "sealed" and visit.is_me(shares),
        "waits": note.deliver_at is not None and note.deliver_at > visit.now,
        **IN_WORDS,
    }


pages.button("/notes/{id}/share", says="Every director in the network can read it now.")
pages.button("/notes/{id}/withdraw", says="You have taken it back. Nobody else can read it.")


async def notes_with(visit: Visit, others: Collection[UUID]) -> list[Any]:
    """The latest notes between this visitor and some others."""
    notes = await visit.every("/v1/notes")
    theirs = [each for each in notes if visit.by in (each.author, each.to) and {each.author, each.to} & {*others}]
    return theirs[: -SHOWN - 1 : -1]
