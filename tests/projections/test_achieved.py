"""What has been achieved: the same numbers as the raw events give, and under each number exactly its events."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from projections.achieved import CAVEATS, DEFINITION, SAYS, achieved, events
from service.domain.events import (
    ActionTaken,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    ConversationCancelled,
    ConversationHeld,
    DirectorJoined,
    OutcomeReported,
    OutcomeReviewed,
    ProblemRegistered,
    ProblemResolved,
    SetFormed,
)
from tests.projections.story import ANN, BEN, CAT, DAN, Story, an_id, from_conversation, words
from tests.projections.test_funnel import PROMISED, convened, held, opened

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
ALWAYS: dict[str, Any] = {"as_of": FOREVER, "known_at": FOREVER}


async def numbers(db, **asked):
    return {row.what: row.count for row in (await achieved(db, **{**ALWAYS, **asked})).rows}


async def behind(db, of, *, viewer=ANN, **asked):
    """Every event under a number, three to a page."""
    found: list[Any] = []
    after = None
    while True:
        page, after = await events(db, of=of, viewer=viewer, after=after, limit=3, **{**ALWAYS, **asked})
        found += page
        if after is None:
            return found


async def test_every_number_is_there_and_counts_each_thing_once(read):
    story = Story()
    call = held(story, "call")
    story.tell(ConversationCancelled, held(story, "held after all, said nobody"))
    convened(story, "to come")
    story.tell(SetFormed, an_id("set"), members=(ANN, BEN))
    pledge = opened(story, CommitmentPledged, from_conversation(call))
    for _ in range(3):
        story.tell(ActionTaken, pledge, what=words(ANN, "did"))
    story.tell(CompletionConfirmed, pledge)
    story.tell(OutcomeReported, pledge, scale="none", contribution="unclear")
    story.tell(OutcomeReported, pledge, scale="local_change", contribution="helped")
    story.tell(OutcomeReviewed, pledge, verdict="drifted_back")
    story.tell(ProblemRegistered, an_id("problem"), owner=ANN, title=words(ANN, "x"))
    story.tell(ProblemResolved, an_id("problem"))
    async with read(story) as db:
        counted = await numbers(db)
        acted = await behind(db, "acted_on")
    once = ("conversations_held", "sets_formed", "asked", "promised", "acted_on", "kept", "local_changes")
    assert {what: count for what, count in counted.items() if count} == dict.fromkeys(
        (*once, "drifted_back", "problems_resolved"), 1
    )
    assert counted.keys() == SAYS.keys()
    assert [(each.event, each.kind, each.id) for each in acted] == [("ActionTaken", "commitment", pledge)] * 3


async def test_a_number_is_followed_down_only_to_what_somebody_may_know_of(read):
    story = Story()
    for tier in ("set", "network", "open"):
        opened(story, CommitmentPledged, from_conversation(an_id("call"), an_id("set")), tier=tier)
    for tier in ("private", "set", "network", "open"):
        story.tell(ProblemRegistered, an_id(tier), owner=ANN, title=words(ANN, "x"), tier=tier)
        story.tell(ProblemResolved, an_id(tier))
    story.tell(ConversationHeld, convened(story, "for all"))
    story.tell(SetFormed, an_id("set"), members=(ANN, BEN))
    about = ("promised", "problems_resolved", "conversations_held", "sets_formed")

    async def seen(db, viewer, **role):
        return tuple([len(await behind(db, of, viewer=viewer, **role)) for of in about])

    async with read(story) as db:
        assert [(await numbers(db))[what] for what in about] == [3, 4, 1, 1]
        assert await seen(db, ANN, sets=[an_id("set")]) == (3, 4, 1, 1)
        assert await seen(db, DAN) == (2, 2, 1, 0)
        assert await seen(db, DAN, sets=[an_id("set")]) == (3, 2, 1, 1)
        assert await seen(db, DAN, is_lead=True, is_convenor=True) == (3, 2, 1, 1)
        assert await seen(db, None) == (1, 1, 0, 0)


async def test_by_organisation_few_are_hidden_with_whatever_gives_them_away(read):
    story = Story()
    for person, kind, calls in ((ANN, "department", 9), (BEN, "agency", 6), (CAT, "council", 2)):
        told = {"name": words(person, "x"), "organisation": "x", "organisation_type": kind}
        story.tell(DirectorJoined, person, by=person, **told)
        for n in range(calls):
            id = convened(story, f"{kind} {n}", by=person)
            story.tell(ConversationHeld, id, by=person)
    async with read(story) as db:
        found = await achieved(db, **ALWAYS, by="organisation_type")
    held_by = {row.cohort: row.count for row in found.rows if row.what == "conversations_held"}
    assert held_by == {"department": 9, "agency": None, "council": None}
    assert "agency.conversations_held" in found.suppressed


KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "promised": (CommitmentPromised, PROMISED),
    "acted_on": (ActionTaken, {"what": words(ANN, "did")}),
    "kept": (CompletionConfirmed, {}),
    "system_changes": (OutcomeReported, {"scale": "system_change", "contribution": "helped"}),
    "sustained": (OutcomeReviewed, {"verdict": "sustained"}),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by", [None, "month", "format"])
async def test_the_numbers_agree_with_the_raw_events_and_with_what_is_behind_them(read, seed, by):
    story, chance = Story(), random.Random(seed)
    calls, asked = [held(story, "first")], [opened(story, CommitmentRequested, from_conversation(uuid4()))]
    for n in range(120):
        story.later(hours=chance.randrange(1, 40))
        late = story.now - timedelta(days=chance.choice((0, 0, 12)))
        roll = chance.random()
        if roll < 0.2:
            calls.append(held(story, f"call {n}", at=late, format=chance.choice(("breakfast_call", "simulation"))))
        elif roll < 0.23:
            story.tell(ConversationCancelled, chance.choice(calls))
        elif roll < 0.5:
            asked.append(opened(story, CommitmentRequested, from_conversation(chance.choice(calls)), at=late))
        else:
            kind, facts = KINDS[chance.choice(list(KINDS))]
            story.tell(kind, chance.choice(asked), at=late, **facts)
    formats: dict[Any, str] = {e.originator_id: e.format for e in story.events if hasattr(e, "format")}
    origins: dict[Any, Any] = {e.originator_id: e.origin.id for e in story.events if isinstance(e, CommitmentRequested)}

    def cohort(event):
        if by == "month":
            return f"{event.occurred_at:%Y-%m}"
        return formats.get(origins.get(event.originator_id, event.originator_id), "elsewhere") if by else "all"

    names = {CommitmentRequested: "asked", ConversationHeld: "conversations_held"}
    names |= {kind: what for what, (kind, _) in KINDS.items()}
    async with read(story) as db:
        for _ in range(5):
            as_of, known_at, since = (chance.choice(story.events).recorded_at for _ in range(3))
            known = [e for e in story.events if e.occurred_at <= as_of and e.recorded_at <= known_at]
            off = {e.originator_id for e in known if isinstance(e, ConversationCancelled)}
            counted = [
                e
                for e in known
                if type(e) in names
                and e.occurred_at >= since
                and not (isinstance(e, ConversationHeld) and e.originator_id in off)
            ]
            expected = Counter((c, w) for c, w, _ in {(cohort(e), names[type(e)], e.originator_id) for e in counted})
            when = {"as_of": as_of, "known_at": known_at, "since": since, "by": by}
            rows = (await achieved(db, **when)).rows
            assert {(row.cohort, row.what): row.count for row in rows if row.count} == expected
            for row in rows[:12]:
                found = await behind(db, row.what, cohort=row.cohort, **when)
                wanted = [e.position for e in counted if (cohort(e), names[type(e)]) == (row.cohort, row.what)]
                assert [each.position for each in found] == wanted


def test_it_says_what_it_counts_in_plain_words():
    assert "down to the events" in DEFINITION
    assert all(caveat.endswith(".") for caveat in CAVEATS)
