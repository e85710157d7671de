"""What is coming up, in the order it starts; and how many promises need attention, which a lead is told as counts."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from projections import coming_up, my_page
from projections.conversations import fold
from service.domain.events import (
    ActionTaken,
    CompletionConfirmed,
    ConfidenceStated,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    ConversationRescheduled,
)
from tests.projections.story import ANN, BEN, CAT, Story, an_id, words
from tests.projections.test_kept_rate import promised


def convened(story, name, starts, *, minutes=60, set=None):
    facts = {"format": "breakfast_call", "title": words(ANN, name), "starts_at": starts, "mode": "virtual"}
    story.tell(ConversationConvened, an_id(name), **facts, minutes=minutes, set=set)
    return an_id(name)


async def ahead(db, now, *, viewer=BEN, sets=(), limit=2, asking=coming_up.page):
    found: list[Any] = []
    after = None
    while True:
        views, after = await asking(db, now=now, viewer=viewer, sets=sets, after=after, limit=limit)
        found += [view.id for view in views]
        if after is None:
            return found


async def test_the_next_one_comes_first_and_one_that_is_going_on_is_still_there(read):
    story = Story()
    now = story.now
    later = convened(story, "later", now + timedelta(days=9))
    soon = convened(story, "soon", now + timedelta(days=1))
    going_on = convened(story, "going on", now - timedelta(minutes=59))
    convened(story, "over", now - timedelta(minutes=60))
    moved = convened(story, "moved", now - timedelta(days=3))
    story.tell(ConversationRescheduled, moved, starts_at=now + timedelta(days=2), minutes=30)
    story.tell(ConversationCancelled, convened(story, "off", now + timedelta(days=3)))
    story.tell(ConversationHeld, convened(story, "held early", now + timedelta(days=3)))
    async with read(story) as db:
        assert await ahead(db, now) == [going_on, soon, moved, later]


async def test_what_has_been_comes_latest_first_without_what_was_called_off(read):
    story = Story()
    now = story.now
    over = convened(story, "over", now - timedelta(minutes=60))
    convened(story, "going on", now - timedelta(minutes=59))
    convened(story, "soon", now + timedelta(days=1))
    long_ago = convened(story, "long ago", now - timedelta(days=3))
    held_early = convened(story, "held early", now + timedelta(days=3))
    story.tell(ConversationHeld, held_early)
    story.tell(ConversationCancelled, convened(story, "off", now - timedelta(days=1)))
    of_set = convened(story, "of the set", now - timedelta(days=2), set=an_id("set"))
    async with read(story) as db:
        for limit in (1, 2, 9):
            been = await ahead(db, now, limit=limit, asking=coming_up.been)
            assert been == [held_early, over, long_ago]
        assert of_set in await ahead(db, now, sets=[an_id("set")], asking=coming_up.been)
        assert of_set not in await ahead(db, now, viewer=CAT, asking=coming_up.been)


async def test_what_a_set_holds_is_ahead_for_its_members_only(read):
    story = Story()
    id = convened(story, "of the set", story.now + timedelta(days=1), set=an_id("set"))
    async with read(story) as db:
        assert await ahead(db, story.now, sets=[an_id("set")]) == [id]
        assert await ahead(db, story.now, viewer=ANN) == [id], "she convened it"
        assert await ahead(db, story.now, viewer=CAT) == []


async def test_page_by_page_each_comes_once_also_where_many_start_at_one_time(read):
    story, chance = Story(), random.Random(1)
    starts = {
        convened(story, f"call {n}", start): (start, n)
        for n in range(23)
        if (start := story.now + timedelta(days=chance.randrange(1, 4)))
    }
    async with read(story) as db:
        for limit in (1, 2, 5, 50):
            assert await ahead(db, story.now, limit=limit) == sorted(starts, key=lambda id: starts[id])


async def test_a_lead_is_told_how_many_promises_need_attention_and_the_parties_which(read):
    story, chance = Story(), random.Random(2)
    for _ in range(40):
        story.later(days=chance.randrange(3))
        id = promised(story, story.now.date() + timedelta(days=chance.randrange(-3, 40)))
        if chance.random() < 0.5:
            story.tell(ConfidenceStated, id, confidence=chance.choice(("stuck", "on_track")))
        if chance.random() < 0.3:
            story.tell(CompletionConfirmed, id)
        elif chance.random() < 0.3:
            story.later(days=1).tell(ActionTaken, id, what=words(ANN, "did"))
    today = story.now.date()
    async with read(story) as db:
        counts = await my_page.needing_attention(db, today)
        page = await my_page.of(db, ANN, today)
    assert counts == Counter(because for each in page.attention for because in each.because)
    assert all(counts.values())


def test_the_minute_something_starts_in_is_the_one_said():
    story = Story()
    convened(story, "call", story.now)
    view = fold(None, story.events[0])
    assert view
    assert view.minute * 60 == story.now.timestamp()
