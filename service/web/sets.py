"""Action sets: the invitation and why these people; then the set at work, last promises first."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from typing import Any
from uuid import UUID

from service.domain.refusals import Forbidden, NotFound
from service.web.asks import line
from service.web.commitments import COLOURS, STATES
from service.web.live import watch
from service.web.notes import IN_WORDS as NOTES_IN_WORDS
from service.web.notes import notes_with
from service.web.pages import Pages, Shows
from service.web.pictures import Fit, Picture, draw_set
from service.web.slots import half_days
from service.web.visit import Visit

pages = Pages("sets")

KINDS = {"action_set": "Action set", "trio": "Trio", "pair": "Pair", "coaching_pair": "Coaching pair"}
SET_STATES = {
    "proposed": "proposed, waiting for answers",
    "formed": "formed",
    "active": "at work",
    "completed": "completed",
    "dissolved": "ended early",
    "lapsed": "did not come about",
}
TAKEN = "{} has taken it on. It is free again once they take another."
ROLES: tuple[tuple[str, str, str], ...] = (
    ("presenter", "Present", "Bring the problem we look at this time."),
    ("challenger", "Challenge", "Ask what others are too polite to ask."),
    ("adviser", "Advise", "Keep the talk on questions, and the time."),
)
IN_ROLE = {"presenter": "presents", "challenger": "challenges", "adviser": "advises"}
ANSWERS = {"invited": "not answered yet", "accepted": "accepted", "declined": "declined"}
TOGETHER = ("formed", "active")
"""States of a set that works together."""
ENDED = ("declined", "withdrawn", "expired", "revoked", "released", "not_kept", "kept")


@pages.page("/sets", "sets/list.html")
async def every(visit: Visit) -> Shows:
    """The sets somebody is in or invited to, the newest first."""
    mine = [each for each in await visit.every("/v1/sets", reasons="false") if str(visit.by) in each.invitations]
    people = await visit.people(person for each in mine for person in each.members)
    return {"sets": mine[::-1], "people": people, "kinds": KINDS, "states": SET_STATES}


@pages.page("/sets/{id}", "sets/one.html")
async def one(visit: Visit) -> Shows:
    """A set as its members see it: first what they promised last time, then what they are stuck on."""
    action_set = await visit.get("/v1/sets/{id}")
    people = await visit.people(UUID(id) for id in action_set.invitations)
    answer = action_set.invitations.get(str(visit.by))
    is_in = answer == "accepted" and action_set.state in ("proposed", *TOGETHER)
    commitments = await visit.every("/v1/commitments", None, set=str(action_set.id))
    names = {id: person.name for id, person in people.items()}
    return {
        "set": action_set,
        "people": people,
        "kind": KINDS[action_set.kind],
        "state": SET_STATES[action_set.state],
        "answer": answer,
        "answers": ANSWERS,
        "myself": await visit.get("/v1/me") if answer == "declined" else None,
        "is_in": is_in,
        "together": action_set.state in TOGETHER,
        "free": half_days(action_set.slots),
        "picture": await _picture(action_set, names),
        "whys": [each for each in action_set.why if visit.by in (each.person, each.helped_by)],
        "open": [each for each in commitments if each.state not in ENDED],
        "over": [each for each in commitments if each.state in ENDED],
        "problems": await _problems(visit, action_set.why),
        "conversations": await visit.every("/v1/conversations", None, set=str(action_set.id)),
        "notes": await notes_with(visit, [id for id in people if id != visit.by]) if is_in else [],
        "note_kinds": NOTES_IN_WORDS["kinds"],
        "now": visit.now,
        "in_role": IN_ROLE,
        "roles": {UUID(id): role for id, role in action_set.roles.items()},
        "states": STATES,
        "colours": COLOURS,
    }


@pages.page("/sets/{id}/live", "sets/one.html")
async def live(visit: Visit) -> Shows:
    """Tells an open page of a set when somebody answered, or something was promised or done."""

    async def look() -> Hashable:
        action_set = await visit.answer("/v1/sets/{id}", reasons="false")
        commitments = await visit.every("/v1/commitments", None, set=str(visit.id))
        return action_set.version, tuple((each.id, each.state, len(each.actions)) for each in commitments)

    return await watch(visit, look)


@pages.form("/sets/{id}/roles", "sets/roles.html", asks={"role": line}, says="You have taken it on for this time.")
async def roles(visit: Visit) -> Shows:
    """Who presents, challenges and advises next time."""
    action_set = await visit.get("/v1/sets/{id}", reasons="false")
    others = {role: UUID(id) for id, role in action_set.roles.items() if not visit.is_me(UUID(id))}
    people = await visit.people(others.values())
    takers = {role: people[id].name for role, id in others.items() if id in people}
    choices = [(role, text, TAKEN.format(takers[role]) if role in takers else hint) for role, text, hint in ROLES]
    return {"set": action_set, "choices": choices, "mine": action_set.roles.get(str(visit.by))}


@pages.page("/sets/{id}/ending", "sets/ending.html")
async def ending(visit: Visit) -> Shows:
    """Whether a set has done what it came together for, or ends early."""
    await visit.must_be_theirs("/v1/sets/{id}/complete")
    return {"set": await visit.get("/v1/sets/{id}", reasons="false")}


for command, says in {
    "accept": "You are in. The set forms once everybody has said yes.",
    "decline": "You have declined. That is free, and never counts against you.",
    "snooze": "You have declined this one, and nothing new comes for 30 days. Come back earlier whenever you like.",
    "complete": "The set is complete. What you promised one another stands.",
    "dissolve": "The set has ended early. What you promised one another stands.",
}.items():
    pages.button(f"/sets/{{id}}/{command}", says=says)


async def _picture(action_set: Any, names: Mapping[UUID, str]) -> Picture | None:
    """Who can help whom."""
    called = _told_apart([names.get(id, "somebody") for id in action_set.members])
    name = dict(zip(action_set.members, called, strict=True))
    fits = tuple(
        Fit(person=name[each.person], helped_by=name[each.helped_by], because=each.because)
        for each in action_set.why
        if each.problem and each.helped_by in name and each.person in name
    )
    return await asyncio.to_thread(draw_set, called, fits) if fits else None


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names, with a number where two are alike."""
    return [name if names.count(name) == 1 else f"{place}. {name}" for place, name in enumerate(names, 1)]


async def _problems(visit: Visit, whys: Sequence[Any]) -> list[Any]:
    """The problems of the set that this visitor may read."""
    found = []
    for id in dict.fromkeys(each.problem for each in whys if each.problem):
        try:
            found.append(await visit.get("/v1/problems/{id}", {"id": id}))
        except (NotFound, Forbidden):
            continue
    return found
