"""Of the promises due, how many were kept at least and at most: by hand, and against the raw events."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from projections.kept_rate import CAVEATS, DEFINITION, kept_rate
from service.domain.days import london_day
from service.domain.events import (
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    CompletionDeclared,
    CompletionReturned,
    ConfirmationLapsed,
    DirectorJoined,
    PromiseAdmittedNotKept,
    PromiseAssessedNotKept,
    PromiseRevoked,
    PromiserReleased,
    TermsRenegotiated,
)
from service.domain.words import Origin, Terms
from tests.projections.story import ANN, BEN, CAT, Story, from_conversation, words
from tests.projections.test_funnel import held

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
LINK = Origin(type="link", url=words(ANN, "https://example.org"))


def promised(story, due, *, performer=ANN, beneficiary=BEN, origin=LINK):
    id = uuid4()
    told = {"performer": performer, "beneficiary": beneficiary, "what": words(performer, "it"), "terms": Terms(due=due)}
    if performer == beneficiary:
        story.tell(CommitmentPledged, id, by=performer, **told, origin=origin)
    else:
        story.tell(CommitmentRequested, id, by=beneficiary, **told, origin=origin)
        story.tell(CommitmentPromised, id, by=performer, **told)
    return id


def renegotiated(story, id, due):
    story.tell(TermsRenegotiated, id, number=2, terms=Terms(due=due))


def kept(story, id):
    story.tell(CompletionDeclared, id)
    story.tell(CompletionConfirmed, id)


async def ask(db, **asked):
    return await kept_rate(db, **{"as_of": FOREVER, "known_at": FOREVER, **asked})


def plain(rate):
    names = ("due", "released_before_due", "counted", "kept", "in_time", "not_kept", "unknown")
    return tuple(getattr(rate, name) for name in names)


async def test_a_year_of_promises_counted_by_hand(read):
    story = Story()
    due = story.now.date() + timedelta(days=30)
    ids = [promised(story, due) for _ in range(9)]
    for id in ids[:3]:
        kept(story, id)
    story.tell(PromiserReleased, ids[3])  # on the day, it was let go in time
    story.tell(PromiseRevoked, ids[4], with_notice=True)
    story.tell(CompletionDeclared, ids[5])
    renegotiated(story, ids[6], due + timedelta(days=60))
    story.later(days=40)
    story.tell(ConfirmationLapsed, ids[5])
    story.tell(PromiserReleased, ids[7])  # too late to leave it out
    kept(story, ids[6])
    promised(story, due + timedelta(days=400))  # not due yet
    promised(story, due, performer=CAT, beneficiary=CAT)
    async with read(story) as db:
        [row] = (await ask(db, as_of=story.now)).rows
        [later] = (await ask(db, as_of=story.now + timedelta(days=90))).rows
    # Due, released before, counted, kept, in time, not kept, unknown.
    assert plain(row.by_first_date) == (9, 1, 8, 4, 3, 2, 2)
    assert (row.by_first_date.lower, row.by_first_date.upper) == (4 / 8, 6 / 8)
    assert plain(row.by_latest_date) == (8, 1, 7, 3, 3, 2, 2)
    assert plain(later.by_latest_date) == (9, 1, 8, 4, 4, 2, 2), "against the date agreed last it was in time"
    assert plain(row.self_assessed.by_first_date) == (1, 0, 1, 0, 0, 0, 1)
    assert row.self_assessed.by_first_date.lower is None


async def test_no_rate_for_fewer_than_five(read):
    story = Story()
    ids = [promised(story, story.now.date()) for _ in range(4)]
    async with read(story) as db:
        [few] = (await ask(db)).rows
    assert (few.by_first_date.counted, few.by_first_date.lower, few.by_first_date.upper) == (4, None, None)
    kept(story, ids[0])
    promised(story, story.now.date())
    async with read(story) as db:
        [enough] = (await ask(db)).rows
    assert (enough.by_first_date.lower, enough.by_first_date.upper) == (0.2, 1.0)


async def test_what_is_released_on_its_last_day_in_london_leaves_the_count_and_a_minute_later_it_stays(read):
    story = Story()
    early, late = (promised(story, date(2026, 6, 30)) for _ in range(2))
    story.tell(PromiserReleased, early, at=datetime(2026, 6, 30, 22, 59, tzinfo=UTC))
    story.tell(PromiserReleased, late, at=datetime(2026, 6, 30, 23, 1, tzinfo=UTC))
    async with read(story) as db:
        [row] = (await ask(db)).rows
    assert plain(row.by_first_date) == (2, 1, 1, 0, 0, 1, 0)


async def test_sent_back_is_unknown_again_and_what_was_told_late_counts_once_it_is_known(read):
    story = Story()
    january = story.now
    id = promised(story, january.date())
    story.tell(CompletionDeclared, id)
    story.tell(CompletionReturned, id, why=words(BEN, "no"))
    heard = story.later(days=60).now
    story.tell(CompletionDeclared, id, at=january)
    story.tell(CompletionConfirmed, id, at=january + timedelta(hours=1))
    async with read(story) as db:
        [then] = (await ask(db, as_of=heard, known_at=january)).rows
        [now] = (await ask(db, as_of=january + timedelta(hours=1), known_at=heard)).rows
    assert (then.by_first_date.unknown, then.by_first_date.kept) == (1, 0)
    assert (now.by_first_date.kept, now.by_first_date.in_time) == (1, 1)


async def test_by_the_month_it_was_due_and_by_the_format_of_the_conversation(read):
    story = Story()
    call = held(story, "call")
    id = promised(story, date(2026, 2, 10), origin=from_conversation(call))
    renegotiated(story, id, date(2026, 4, 10))
    promised(story, date(2026, 2, 12), performer=CAT, beneficiary=CAT, origin=from_conversation(call))
    promised(story, date(2026, 3, 1))
    async with read(story) as db:
        months = {row.cohort: row for row in (await ask(db, by="month")).rows}
        formats = {row.cohort: row for row in (await ask(db, by="format")).rows}
        since = (await ask(db, since=datetime(2026, 3, 1, tzinfo=UTC))).rows[0]
    assert {m: (row.by_first_date.due, row.by_latest_date.due) for m, row in months.items()} == {
        "2026-02": (1, 0),
        "2026-03": (1, 1),
        "2026-04": (0, 1),
    }
    assert (formats["breakfast_call"].by_first_date.due, formats["elsewhere"].by_first_date.due) == (1, 1)
    assert formats["breakfast_call"].self_assessed.by_first_date.due == 1
    assert (since.by_first_date.due, since.by_latest_date.due) == (1, 2)


async def test_by_organisation_small_numbers_are_hidden_with_whatever_gives_them_away(read):
    story = Story()
    for person, kind, each in ((ANN, "department", (9, 8, 7)), (BEN, "agency", (6, 6, 6)), (CAT, "council", (5, 1, 5))):
        facts = {"name": words(person, "x"), "organisation": "x", "organisation_type": kind}
        story.tell(DirectorJoined, person, by=person, **facts)
        ids = [promised(story, story.now.date(), performer=person, beneficiary=uuid4()) for _ in range(sum(each))]
        for id in ids[: each[0]]:
            kept(story, id)
        for id in ids[each[0] : each[0] + each[1]]:
            story.tell(PromiseAssessedNotKept, id)
    async with read(story) as db:
        found = await ask(db, by="organisation_type")
    rows = {row.cohort: row.by_first_date for row in found.rows}
    assert (rows["department"].kept, rows["department"].counted) == (9, 24)
    assert rows["council"].kept is rows["agency"].kept is rows["agency"].upper is None
    assert {"council.by_first_date", "agency.by_latest_date"} <= set(found.suppressed)


def by_hand(story, as_of, known_at, latest):
    """How many of those due became what, promise by promise, from the events."""
    streams: dict[Any, list[Any]] = defaultdict(list)
    for event in story.events:
        if event.occurred_at <= as_of and event.recorded_at <= known_at:
            streams[event.originator_id].append(event)
    counted: Counter[str] = Counter()
    for events in streams.values():
        due = done = None
        state, ended = "", None
        for event in events:
            match event:
                case CommitmentPromised():
                    due, state = event.terms.due, "unknown"
                case TermsRenegotiated():
                    due = event.terms.due if latest else due
                case CompletionDeclared():
                    state, done = "unknown", london_day(event.occurred_at)
                case CompletionReturned() | ConfirmationLapsed():
                    state = "unknown"
                case CompletionConfirmed():
                    state = "kept"
                case PromiserReleased():
                    state, ended = "released", london_day(event.occurred_at)
                case PromiseRevoked() | PromiseAdmittedNotKept() | PromiseAssessedNotKept():
                    state = "not_kept"
        if due is None or due > london_day(as_of):
            continue
        if state == "released":
            state = "released_before_due" if ended and ended <= due else "not_kept"
        counted[state] += 1
        counted["in_time"] += state == "kept" and done is not None and done <= due
    return counted


ENDINGS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (CompletionDeclared, {}),
    (CompletionConfirmed, {}),
    (CompletionReturned, {"why": words(BEN, "no")}),
    (ConfirmationLapsed, {}),
    (PromiserReleased, {}),
    (PromiseRevoked, {"with_notice": False}),
    (PromiseAdmittedNotKept, {}),
    (PromiseAssessedNotKept, {}),
)


@pytest.mark.parametrize("seed", range(4))
async def test_the_rate_agrees_with_the_raw_events(read, seed):
    story, chance = Story(), random.Random(seed)
    ids: list[Any] = []
    for _ in range(120):
        story.later(hours=chance.randrange(1, 40))
        at = story.now - timedelta(days=chance.choice((0, 0, 12)))
        roll = chance.random()
        day = story.now.date() + timedelta(days=chance.randrange(-10, 60))
        if roll < 0.35 or not ids:
            ids.append(promised(story, day))
        elif roll < 0.5:
            story.tell(TermsRenegotiated, chance.choice(ids), at=at, number=2, terms=Terms(due=day))
        else:
            kind, facts = chance.choice(ENDINGS)
            story.tell(kind, chance.choice(ids), at=at, **facts)
    async with read(story) as db:
        for _ in range(8):
            as_of, known_at = (chance.choice(story.events).recorded_at for _ in range(2))
            rows = (await ask(db, as_of=as_of, known_at=known_at)).rows
            for latest in (False, True):
                counted = by_hand(story, as_of, known_at, latest)
                if not rows:
                    assert not counted
                    continue
                rate = rows[0].by_latest_date if latest else rows[0].by_first_date
                assert {name: getattr(rate, name) for name in counted} == counted
                assert rate.counted == counted["kept"] + counted["not_kept"] + counted["unknown"]


def test_it_says_what_it_counts_in_plain_words():
    assert "less those released" in DEFINITION
    assert all(caveat.endswith(".") for caveat in CAVEATS)
