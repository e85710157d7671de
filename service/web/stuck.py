"""What somebody is stuck on: said in one sentence, put in other words, shared, worked on, resolved."""

from __future__ import annotations

from typing import Any

from service.web.asks import LEFT_OUT, Said, line, lines, number, required, several, words
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("problems")

TIERS = [
    ("set", "People in my sets", "Those you are put together with to work on it."),
    ("network", "Every director in the network", "More people may be able to help."),
    ("open", "Anybody", "It can be read without signing in."),
    ("private", "Only me", "Nobody can help with what they cannot read, but it is a good place for a first draft."),
]
"""Who may read a problem, as people choose it."""
READERS = {
    "set": "you and the people in its set",
    "network": "every director in the network",
    "open": "anybody, also without signing in",
    "private": "you alone",
}
STATES = {
    "open": "Open",
    "in_round": "In a round",
    "being_worked": "Being worked on",
    "resolved": "Resolved",
    "let_go": "Let go",
}
COLOURS = {"open": "blue", "in_round": "yellow", "being_worked": "turquoise", "resolved": "green", "let_go": "grey"}
IN_WORDS: dict[str, Any] = {"readers": READERS, "states": STATES, "colours": COLOURS}


@pages.form(
    "/stuck",
    "problems/register.html",
    asks={"title": required, "text": words, "topics": lines, "tier": line},
    to="/v1/problems",
    says="It is written down. You can add to it whenever you like.",
    then=lambda visit, answer: f"/problems/{answer.id}",
)
async def register(visit: Visit) -> Shows:
    """One sentence is enough."""
    return {"tiers": TIERS}


@pages.page("/problems", "problems/list.html")
async def problems(visit: Visit) -> Shows:
    """The problems somebody may read, a page at a time."""
    page = await visit.get("/v1/problems", None, **visit.asked("cursor"))
    people = await visit.people(each.owner for each in page.items)
    is_first = "cursor" not in visit.request.query
    return {"problems": page.items, "next": page.next, "people": people, "is_first": is_first, **IN_WORDS}


@pages.page("/problems/{id}", "problems/one.html")
async def one(visit: Visit) -> Shows:
    """Something somebody is stuck on."""
    problem = await visit.get("/v1/problems/{id}")
    return {
        "problem": problem,
        "people": await visit.people([problem.owner]),
        "is_mine": visit.is_me(problem.owner),
        "goes_on": problem.state in ("open", "in_round", "being_worked"),
        "may_name_blockers": await visit.may("/v1/problems/{id}/blockers"),
        **IN_WORDS,
    }


async def the_problem(visit: Visit) -> Shows:
    """A problem that something is to be said about."""
    answer = await visit.answer("/v1/problems/{id}")
    return {"problem": answer.thing, "version": answer.version, "tiers": TIERS}


def unless_numbered(said: Said, name: str) -> Any:
    """What is taken for granted; nothing, where one that was stated before is spoken of."""
    return LEFT_OUT if "number" in said else required(said, name)


pages.form(
    "/problems/{id}/reframe",
    "problems/reframe.html",
    asks={"title": required, "text": words, "topics": lines},
    says="It now reads as you put it.",
)(the_problem)
pages.form(
    "/problems/{id}/share",
    "problems/share.html",
    asks={"tier": line},
    says="You have chosen who may read it.",
)(the_problem)
pages.form(
    "/problems/{id}/assumptions",
    "problems/assumption.html",
    asks={"text": unless_numbered, "number": number, "result": line},
    says="Noted.",
)(the_problem)
pages.form(
    "/problems/{id}/blockers",
    "problems/blocker.html",
    asks={"text": required},
    says="Noted. Only the people working on it can read what stands in the way.",
)(the_problem)


@pages.form(
    "/problems/{id}/resolve",
    "problems/resolve.html",
    asks={"commitments": several},
    says="Well done. It is resolved.",
)
async def resolve(visit: Visit) -> Shows:
    """It is no longer a problem, perhaps thanks to what people kept."""
    page = await visit.get("/v1/me/page")
    ids = dict.fromkeys([*page.promised_to_me, *page.promised_by_me])
    promised = [await visit.get("/v1/commitments/{id}", {"id": id}) for id in ids]
    helped = [(each.id, each.what) for each in promised if each.what and each.state not in ("declined", "withdrawn")]
    return {"problem": await visit.get("/v1/problems/{id}"), "helped": helped[-20:]}


pages.button("/problems/{id}/let-go", says="You have let it go. You can take it up again whenever you like.")
pages.button("/problems/{id}/reopen", says="It is a problem again.")
