"""What reports keep in memory: nothing is counted twice or left out, and no word of anybody is among it."""

import asyncio
import random
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from projections import MODELS, achieved, funnel, kept_rate, reach, ties, time_to_action
from projections.columns import NONE, Kept, Names, Table
from projections.read_models import ReadModels
from service.domain.events import ActionTaken, AttendanceConfirmed, CommitmentRequested
from tests.projections.story import Story, from_conversation
from tests.projections.test_funnel import PROMISED, held, opened
from tests.projections.test_kept_rate import kept, promised
from tests.projections.test_ties import PEOPLE

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
TABLE = Table("facts", ("what", "id"), numbers=("stage",))
EVERY_REPORT = (kept_rate.kept_rate, funnel.funnel, achieved.achieved, time_to_action.time_to_action)
OF_PEOPLE = (reach.reach, ties.ties)


def rows(*positions):
    return [(position, position * 10, position * 10, NONE, "told", f"thing {position % 2}") for position in positions]


def test_what_is_brought_twice_counts_once():
    names, facts = Names(), Kept(TABLE)
    facts.take(rows(1, 2), names)
    before = facts.facts(names)
    facts.take(rows(2, 3), names)
    facts.take([], names)
    after = facts.facts(names)
    assert after["position"].tolist() == [1, 2, 3]
    assert before["position"].tolist() == [1, 2], "whoever counts goes on with what they were given"
    assert [names.text(name) for name in after["id"].tolist()] == ["thing 1", "thing 0", "thing 1"]


def test_there_is_always_room_for_more():
    names, facts = Names(), Kept(TABLE)
    for begin in range(0, 5000, 700):
        facts.take(rows(*range(begin + 1, begin + 701)), names)
    assert facts.facts(names)["position"].tolist() == list(range(1, 5601))


def test_the_last_fact_about_each_thing_and_nothing_where_there_is_none():
    names, facts = Names(), Kept(TABLE)
    names.number("never told of")
    facts.take(rows(1, 2, 3), names)
    found = facts.facts(names)
    last = found.last(found.are("told"))
    assert (last[names.number("thing 1")], last[names.number("thing 0")], last[0]) == (2, 1, NONE)


def more(story, chance):
    """A little more of everything."""
    for _ in range(25):
        story.later(hours=chance.randrange(1, 90))
        call = held(story, f"call {story.head}")
        for person in chance.sample(PEOPLE, 6):
            story.tell(AttendanceConfirmed, call, by=person, director=person)
        request = opened(story, CommitmentRequested, from_conversation(call))
        if chance.random() < 0.5:
            story.tell(ActionTaken, request, what=PROMISED["what"])
        due = story.now.date() + timedelta(days=chance.randrange(9))
        theirs = promised(story, due, origin=from_conversation(call))
        if chance.random() < 0.5:
            kept(story, theirs)


async def everything(models):
    async with models.read() as db:
        told = [await report(db, as_of=FOREVER, known_at=FOREVER, by="format") for report in EVERY_REPORT]
        people = [await report(db, as_of=FOREVER, known_at=FOREVER, now=FOREVER, by="format") for report in OF_PEOPLE]
        return [*told, *people]


@pytest.fixture
async def models(tmp_path):
    """Opens read models of a story; the last of them is closed at the end."""
    opened_ones = []

    async def open_them(story):
        found = ReadModels(tmp_path / f"{uuid4()}.db", story.events_after, MODELS, batch=7)
        opened_ones.append(found)
        await found.open()
        await found.reached(story.head)
        return found

    yield open_them
    for each in opened_ones:
        await each.close()


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_recorded_a_moment_ago_is_counted_as_if_everything_were_read_again(models, seed):
    story, chance = Story(), random.Random(seed)
    asked_all_along = await models(story)
    for _ in range(3):
        more(story, chance)
        asked_all_along.wake(story.head)
        await asked_all_along.reached(story.head)
        at_once = await asyncio.gather(*(everything(asked_all_along) for _ in range(3)))
        assert at_once == [await everything(await models(story))] * 3
    await asked_all_along.rebuild()
    assert await everything(asked_all_along) == at_once[0]


async def test_ids_days_and_labels_are_kept_and_no_word_of_anybody(models):
    story = Story()
    more(story, random.Random(1))
    found = await models(story)
    await everything(found)
    async with found.read() as db:
        names = (await db.facts(funnel.FACTS)).names
    assert len(names) > 90
    assert not [text for text in map(names.text, range(len(names))) if not A_FACT.fullmatch(text)]


A_FACT = re.compile("[0-9a-f]{32}|[a-z_]+|20[0-9]{2}-[0-9]{2}")
