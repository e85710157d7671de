"""What people say beside their promises: topics, what stayed with them, a write-up, notes, and what they work on."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from service.demo.people import CONVENOR, DIRECTOR, LEAD
from service.demo.stage import Stage, acting, made
from service.domain import conversation

PURPOSE = "We help one another with what will not move, and do what we say we will."
CHALLENGE = "And the people we all work for? They are not in it."
REVISED = (
    "We help one another with what will not move, and do what we say we will, so that the people we all work for"
    " get what they need from any of us."
)
REASON = "The people we work for were missing."
QUESTIONS = (
    (LEAD, -200, "How do councils and departments share what they know about the same families?"),
    (DIRECTOR, -90, "How do we stop losing good people in their first year?"),
)
ACTIVITY = "A call every month, on whatever blocks us just now"
REVIEWS = (
    (CONVENOR, -120, "Two councils now send the same form. Nobody has stopped sending the old one yet."),
    (DIRECTOR, -20, "Four councils, and the first department asked to join."),
)
NOTES = (
    (LEAD, DIRECTOR, "thanks", "You rang back the same day. That made the difference."),
    (CONVENOR, DIRECTOR, "challenge", "What would you do if the board had already said yes?"),
    (DIRECTOR, CONVENOR, "lesson", "I should have asked the finance team first, not last."),
    (DIRECTOR, LEAD, "feedback", "Your summary at the end is what everybody took away."),
)
TOPICS = (
    (CONVENOR, "Who pays for what everybody needs?", "Three departments, one platform, no budget line."),
    (DIRECTOR, "What did you stop doing this year?", None),
)
STAYED = (
    (CONVENOR, "We all thought we were the only ones."),
    (DIRECTOR, "I will ask for help a month earlier next time."),
)
BEGAN = "A list of posts that could sit anywhere in the country"
WRITTEN = (
    "Thirty of us compared what has moved this year.\n\nWhat helped: asking one named person for one thing.\n"
    "What did not: another working group."
)
DRAFTED = "We began with what we would never do again, and it was the best half hour of the morning."


def plan_talk(stage: Stage) -> None:
    """The purpose is said and challenged early, questions are taken up during the year, the rest is said at its end."""
    stage.on(stage.year.day(-330), 10, 0, partial(_say_what_for, stage))
    for person, day, question in QUESTIONS:
        stage.on(stage.year.day(day), 11, 0, partial(_adopt, stage, person, question))
    stage.on(stage.year.day(-9), 18, 0, partial(_write_notes, stage))
    stage.on(stage.year.day(-2), 18, 0, partial(_look_back, stage))


async def _say_what_for(stage: Stage) -> None:
    """It is challenged, put otherwise, and agreed to; the director has yet to say whether they agree."""
    purposes, lead, convenor = stage.house.purposes, acting(stage.ids[LEAD]), acting(stage.ids[CONVENOR])
    await purposes.state(call=lead, text=PURPOSE)
    await purposes.challenge(call=convenor, wording=1, text=CHALLENGE)
    await purposes.revise(call=lead, wording=1, text=REVISED, why=REASON)
    for call in (lead, convenor):
        await purposes.agree(call=call, wording=2)


async def _adopt(stage: Stage, person: str, question: str) -> None:
    goals, horizon = stage.house.goals, stage.year.last_day + timedelta(days=200)
    id = made((await goals.adopt(call=acting(stage.ids[person]), question=question, horizon=horizon)).id)
    if person != LEAD:
        return
    convenor = acting(stage.ids[CONVENOR])
    await goals.adopt_activity(id, call=convenor, what=ACTIVITY, format="breakfast_call", planned=12)
    for who, day, said in REVIEWS:
        stage.on(stage.year.day(day), 17, 0, partial(_review, stage, id, who, said))


async def _review(stage: Stage, id: UUID, person: str, narrative: str) -> None:
    await stage.house.goals.review(id, call=acting(stage.ids[person]), narrative=narrative)


async def _write_notes(stage: Stage) -> None:
    """Thanks, a challenge, and a lesson that is shared."""
    for author, to, kind, text in NOTES:
        by = acting(stage.ids[author])
        done = await stage.house.notes.write(call=by, kind=kind, to=stage.ids[to], text=text)
        if kind == "lesson":
            await stage.house.notes.share(made(done.id), call=by)


async def _look_back(stage: Stage) -> None:
    """The two calls held last are written up, one of them is let out; the next call has topics."""
    calls = [await stage.house.ledger.recall(conversation.recall(id)) for id in stage.conversations]
    came = [
        each
        for each in calls
        if each.state == "held" and {stage.ids[CONVENOR], stage.ids[DIRECTOR]} <= {*each.attended}
    ]
    talks = stage.house.conversations
    for call, text in zip(came[-2:], (WRITTEN, DRAFTED), strict=True):
        for person, said in STAYED:
            await talks.reflect(call.id, call=acting(stage.ids[person]), text=said, room=None)
        await talks.note_seed(call.id, call=acting(stage.ids[DIRECTOR]), text=BEGAN)
        await talks.draft(call.id, call=acting(stage.ids[CONVENOR]), text=text)
    await talks.agree(came[-2].id, call=acting(stage.ids[DIRECTOR]))
    await talks.publish(came[-2].id, call=acting(stage.ids[CONVENOR]))
    await _propose(stage, [each.id for each in calls if each.state == "convened"])


async def _propose(stage: Stage, ahead: list[UUID]) -> None:
    for person, title, text in TOPICS if ahead else ():
        by = acting(stage.ids[person])
        await stage.house.conversations.propose_topic(ahead[-1], call=by, title=title, text=text)
