"""Notes: what people write to one another, for the two of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
PARTS = {"to-me": "Notes to you", "from-me": "Notes from you", "shared": "Notes shared with everybody"}
SHOWN, A_PAGE = 5, 20
"""So many of the latest where notes stand beside something else; and so many where they stand alone."""
IN_WORDS: dict[str, Any] = {"kinds": {each[0]: each[1] for each in KINDS}}


@pages.page("/notes", "notes/list.html")
async def every(visit: Visit) -> Shows:
    """The latest of the notes somebody was written, wrote, and may read because they were shared."""
    parts = await _parts(visit)
    latest = {part: notes[:SHOWN] for part, notes in parts.items()}
    people = await _people(visit, [each for notes in latest.values() for each in notes])
    counts = {part: len(notes) for part, notes in parts.items()}
    return {"latest": latest, "counts": counts, "parts": PARTS, "people": people, "now": visit.now, **IN_WORDS}


async def part(visit: Visit) -> Shows:
    """All the notes of one part, the newest first, a page at a time."""
    part = visit.path.rpartition("/")[2]
    said = visit.request.query.get("cursor", "")
    first = int(said) if said.isdecimal() and len(said) < 7 else 0
    notes = (await _parts(visit))[part]
    shown, more = notes[first : first + A_PAGE], len(notes) > first + A_PAGE
    return {
        "part": part,
        "title": PARTS[part],
        "notes": shown,
        "next": first + A_PAGE if more else None,
        "is_first": first == 0,
        "people": await _people(visit, shown),
        "now": visit.now,
        **IN_WORDS,
    }


for name in PARTS:
    pages.page(f"/notes/{name}", "notes/part.html")(part)


async def _parts(visit: Visit) -> dict[str, list[Any]]:
    """All they may read, the newest first: written to them, by them, and shared by others."""
    notes = (await visit.every("/v1/notes"))[::-1]
    return {
        "to-me": [each for each in notes if each.to == visit.by],
        "from-me": [each for each in notes if each.author == visit.by],
        "shared": [each for each in notes if each.state == "shared" and visit.by not in (each.to, each.author)],
    }


async def _people(visit: Visit, notes: Iterable[Any]) -> dict[UUID, Any]:
    return await visit.people(person for each in notes for person in (each.author, each.to))


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
        members = (await visit.get("/v1/sets/{id}", {"id": UUID(id)}, reasons="false")).members
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
