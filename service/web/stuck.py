"""What somebody is stuck on: said in one sentence, put in other words, shared, worked on, resolved."""

from __future__ import annotations

from service.web.asks import line, lines, required, words
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("problems")

TIERS = [
    ("set", "People in my sets", "Those you are put together with to work on it."),
    ("network", "Every director in the network", ""),
    ("open", "Anybody", "It can be read without signing in."),
    ("private", "Only me", "Nobody can help with what they cannot read. Good for a first draft."),
]
"""Who may read a problem, as people choose it."""


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


@pages.page("/problems/{id}", "problems/one.html")
async def one(visit: Visit) -> Shows:
    """Something somebody is stuck on."""
    answer = await visit.answer("/v1/problems/{id}")
    problem = answer.thing
    people = await visit.people([problem.owner])
    return {
        "problem": problem,
        "version": answer.version,
        "people": people,
        "is_mine": visit.is_me(problem.owner),
        "tiers": {tier: text for tier, text, _ in TIERS},
    }


async def the_problem(visit: Visit) -> Shows:
    """A problem that something is to be said about."""
    answer = await visit.answer("/v1/problems/{id}")
    return {"problem": answer.thing, "version": answer.version, "tiers": TIERS}


pages.form(
    "/problems/{id}/reframe",
    "problems/reframe.html",
    asks={"title": required, "text": words, "topics": lines},
    says="It now reads as you put it.",
)(the_problem)
pages.form("/problems/{id}/share", "problems/share.html", asks={"tier": line}, says="You have chosen who may read it.")(
    the_problem
)
pages.button("/problems/{id}/let-go", says="You have let it go. You can take it up again whenever you like.")
pages.button("/problems/{id}/reopen", says="It is a problem again.")
