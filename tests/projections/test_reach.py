"""Whom the network reaches: people and seats, regulars, newcomers who came back, organisations with nobody."""

import random
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from projections.reach import CAVEATS, DEFINITION, Held, reach, regulars
from service.domain.events import (
    AttendanceConfirmed,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    DirectorJoined,
    DirectorLeft,
    SetFormed,
)
from tests.projections.story import ANN, Story, an_id, words

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
PEOPLE = [an_id(f"person {n}") for n in range(40)]


def joined(story, people, organisation="Treasury", kind="department"):
    for person in people:
        facts = {"name": words(person, "x"), "organisation": organisation, "organisation_type": kind}
        story.tell(DirectorJoined, person, by=person, **facts)


def met(story, people, *, format="breakfast_call", set=None):
    """They met, and each says that they were there."""
    id = an_id(f"call {story.head}")
    facts = {"format": format, "title": words(ANN, "x"), "starts_at": story.now, "minutes": 45, "mode": "virtual"}
    story.tell(ConversationConvened, id, set=set, **facts)
    story.tell(ConversationHeld, id)
    for person in people:
        story.tell(AttendanceConfirmed, id, by=person, director=person)
    return id


async def ask(db, **asked):
    return await reach(db, **{"as_of": FOREVER, "known_at": FOREVER, "now": FOREVER, **asked})


async def test_people_seats_and_who_came_back(read):
    story = Story()
    joined(story, PEOPLE)
    met(story, PEOPLE[:20])
    met(story, PEOPLE[5:15], format="themed_event")
    story.later(days=40)
    met(story, PEOPLE[:25])
    async with read(story) as db:
        found = await ask(db)
        january = await ask(db, as_of=datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC))
        formats = await ask(db, by="format")
        february = await ask(db, since=datetime(2026, 2, 1, tzinfo=UTC))
    assert (found.people, found.seats) == (25, 55)
    assert (found.newcomers, found.newcomers_who_came_back) == (25, 20)
    assert found.regulars == 10, "three of three"
    assert found.counted_until == datetime(2026, 3, 1, tzinfo=UTC)
    assert (january.people, january.newcomers, january.newcomers_who_came_back) == (20, 20, 10)
    assert {row.cohort: (row.people, row.seats) for row in formats.rows} == {
        "breakfast_call": (25, 45),
        "themed_event": (10, 10),
    }
    assert (february.people, february.newcomers) == (25, 5)
    assert february.newcomers_who_came_back is None
    assert "newcomers_who_came_back" in february.suppressed


ANYBODY, BEN_S = 1, 2


def are_regular(attended, conversations, joined=0):
    """Whether somebody is one who attended these."""
    return bool(regulars({(ANYBODY, ord(id)) for id in attended}, conversations, {ANYBODY: joined}))


CALLS = [Held(when, id, ord(id)) for when, id in enumerate("abcdefgh")]


@pytest.mark.parametrize(
    ("attended", "is_regular"),
    [("abc", False), ("fgh", True), ("ch", False), ("cdh", True), ("abch", False), ("h", False)],
)
def test_a_regular_attended_three_of_the_last_six(attended, is_regular):
    assert are_regular(attended, CALLS) is is_regular


def test_only_what_was_open_to_them_since_they_joined_counts():
    conversations = CALLS + [Held(10 + n, f"set {n}", n, frozenset({BEN_S})) for n in range(9)]
    assert are_regular("fgh", conversations, joined=5)
    assert not are_regular("gh", conversations, joined=5)
    theirs = [*conversations, *(Held(30 + n, f"own {n}", 20 + n, frozenset({ANYBODY})) for n in range(4))]
    assert not are_regular("fgh", theirs, joined=5), "two of the last six"


async def test_organisations_with_nobody_are_named_when_that_says_nothing_of_one_person(read):
    story = Story()
    joined(story, PEOPLE[:10], "Treasury")
    joined(story, PEOPLE[10:15], "Borough")
    joined(story, PEOPLE[15:19], "Hamlet")
    joined(story, PEOPLE[19:25], "Harbour")
    for person in PEOPLE[19:21]:
        story.tell(DirectorLeft, person, by=person)
    met(story, PEOPLE[:10])
    async with read(story) as db:
        found = await ask(db)
    assert found.with_nobody.named == ("Borough",)
    assert found.with_nobody.organisations is None, "three are too few to be counted"
    assert "with_nobody.organisations" in found.suppressed


async def test_by_organisation_few_people_are_hidden_with_whatever_gives_them_away(read):
    story = Story()
    for place, kind in enumerate(("department", "agency", "council")):
        joined(story, PEOPLE[place * 10 : place * 10 + 10], kind, kind)
    met(story, PEOPLE[:9] + PEOPLE[10:16] + PEOPLE[20:22])
    async with read(story) as db:
        found = await ask(db, by="organisation_type")
    assert {row.cohort: row.people for row in found.rows} == {"department": 9, "agency": None, "council": None}
    assert "agency.people" in found.suppressed
    assert found.people == 17


async def test_a_conversation_called_off_counts_nobody_and_four_people_are_nobody(read):
    story = Story()
    joined(story, PEOPLE)
    off = met(story, PEOPLE[:9])
    story.tell(ConversationCancelled, off)
    met(story, PEOPLE[:4])
    async with read(story) as db:
        found = await ask(db)
    assert (found.people, found.seats, found.counted_until) == (None, None, None)
    assert {"people", "seats", "regulars"} <= set(found.suppressed)


async def test_one_more_person_today_changes_nothing(read):
    story = Story()
    joined(story, PEOPLE)
    call = met(story, PEOPLE[:9])
    async with read(story) as db:
        before = await ask(db, now=story.now, as_of=story.now, known_at=story.now)
    story.tell(AttendanceConfirmed, call, by=PEOPLE[10], director=PEOPLE[10])
    async with read(story) as db:
        assert await ask(db, now=story.now, as_of=story.now, known_at=story.now) == before


@pytest.mark.parametrize("seed", range(3))
async def test_the_report_agrees_with_the_raw_events(read, seed):
    story, chance = Story(), random.Random(seed)
    joined(story, PEOPLE[:30])
    sets = [an_id(f"set {n}") for n in range(3)]
    members = {id: chance.sample(PEOPLE[:30], 8) for id in sets}
    for id in sets:
        story.tell(SetFormed, id, members=tuple(members[id]))
    for _ in range(30):
        story.later(days=chance.randrange(1, 20))
        set_id = chance.choice([None, None, *sets])
        met(story, chance.sample(members[set_id] if set_id else PEOPLE[:30], chance.randrange(5, 8)), set=set_id)
    async with read(story) as db:
        found = await ask(db)
    # Every month moves by five or more here, so all of it shows, and may be counted by hand.
    attended: dict[Any, list[Any]] = defaultdict(list)
    for event in story.events:
        if isinstance(event, AttendanceConfirmed):
            attended[event.director].append(event.originator_id)
    calls = [event for event in story.events if isinstance(event, ConversationConvened)]
    regular = 0
    for person, theirs in attended.items():
        open_to = [call for call in calls if call.set is None or person in members[call.set]]
        regular += sum(call.originator_id in theirs for call in open_to[-6:]) >= 3
    came_back = sum(len(theirs) > 1 for theirs in attended.values())
    assert (found.people, found.seats) == (len(attended), sum(map(len, attended.values())))
    assert found.regulars == (regular if regular >= 5 and len(attended) - regular not in (1, 2, 3, 4) else None)
    expected = came_back if came_back >= 5 and len(attended) - came_back not in (1, 2, 3, 4) else None
    assert found.newcomers_who_came_back == expected


def test_it_says_what_it_counts_in_plain_words():
    assert "three of the last six" in DEFINITION
    assert all(caveat.endswith(".") for caveat in CAVEATS)
