"""Goals: the questions the network works on, what is done for them, what came of that, and how it goes."""

from __future__ import annotations

from typing import Any

from service.web.asks import day, line, number, required
from service.web.conversations import FORMATS
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("goals")

STATES = {"adopted": "Taken up", "reviewed": "Looked at again", "retired": "Set aside"}
IN_WORDS: dict[str, Any] = {"states": STATES, "formats": dict(FORMATS)}


@pages.page("/goals", "goals/list.html")
async def every(visit: Visit) -> Shows:
    """What the network works on, and what it has set aside; the newest first."""
    goals = (await visit.every("/v1/goals"))[::-1]
    return {
        "goals": [each for each in goals if each.state != "retired"],
        "retired": [each for each in goals if each.state == "retired"],
        **IN_WORDS,
    }


@pages.form(
    "/goals/new",
    "goals/new.html",
    asks={"question": required, "horizon": day, "conversation": line},
    to="/v1/goals",
    says="The network has a new question to work on.",
    then=lambda visit, answer: f"/goals/{answer.id}",
)
async def adopt(visit: Visit) -> Shows:
    """A question, and by when the network would like to know more."""
    return {"asked": visit.asked("conversation")}


@pages.page("/goals/{id}", "goals/one.html")
async def one(visit: Visit) -> Shows:
    """One goal: what is done for it, what came of that, and how people say it goes."""
    goal = await visit.get("/v1/goals/{id}")
    linked = [await visit.get("/v1/commitments/{id}", {"id": id}) for id in goal.linked]
    return {
        "goal": goal,
        "people": await visit.people([goal.adopted_by]),
        "linked": [(each, visit.is_me(each.performer) or visit.is_me(each.beneficiary)) for each in linked],
        "goes_on": visit.is_member and goal.state != "retired",
        "is_mine": visit.is_me(goal.adopted_by),
        **IN_WORDS,
    }


async def the_goal(visit: Visit) -> Shows:
    """A goal about which something is to be said."""
    return {"goal": await visit.get("/v1/goals/{id}"), "formats": FORMATS}


pages.form(
    "/goals/{id}/activities",
    "goals/activity.html",
    asks={"what": required, "format": line, "planned": number},
    says="It is planned. Every conversation of that kind counts from now on.",
)(the_goal)
pages.form(
    "/goals/{id}/review",
    "goals/review.html",
    asks={"narrative": required},
    says="Thank you. It stands where anybody can read it.",
)(the_goal)


@pages.form(
    "/goals/{id}/link",
    "goals/link.html",
    asks={"commitment": required},
    says="It counts towards this question now.",
)
async def link(visit: Visit) -> Shows:
    """Which of one's kept commitments bears on it."""
    goal = await visit.get("/v1/goals/{id}")
    page = await visit.get("/v1/me/page")
    ids = [id for id in dict.fromkeys([*page.promised_to_me, *page.promised_by_me]) if id not in goal.linked]
    mine = [await visit.get("/v1/commitments/{id}", {"id": id}) for id in ids]
    return {"goal": goal, "choices": [(each.id, each.what) for each in mine if each.state == "kept" and each.what]}


@pages.page("/goals/{id}/retiring", "goals/retiring.html")
async def retiring(visit: Visit) -> Shows:
    """Whether it is really not to be worked on any more."""
    await visit.must_be_theirs("/v1/goals/{id}/retire")
    return {"goal": await visit.get("/v1/goals/{id}")}


pages.button(
    "/goals/{id}/unlink", asks={"commitment": required}, says="It does not count towards this question any more."
)
pages.button("/goals/{id}/retire", says="It is set aside. What was done for it stands.")
