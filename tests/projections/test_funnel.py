"""Of the conversations that were held, how many led to what: counted again by hand, as of and as known at any time."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from projections.commitment_view import STAGES
from projections.funnel import CAVEATS, DEFINITION, Commitments, funnel
from service.domain.events import (
    ActionTaken,
    CommitmentDeclined,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    CompletionDeclared,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    DirectorJoined,
    OfferAccepted,
    OrganisationChanged,
    OutcomeReported,
    OutcomeReviewed,
    SeedNoted,
)
from service.domain.words import Origin, Terms
from tests.projections.story import ANN, BEN, CAT, Story, an_id, from_conversation, words

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


def convened(story, name, *, by=ANN, format="breakfast_call"):
    starts = story.now + timedelta(days=1)
    facts = {"format": format, "title": words(by, name), "starts_at": starts, "minutes": 45, "mode": "virtual"}
    story.tell(ConversationConvened, an_id(name), by=by, **facts)
    return an_id(name)


def held(story, name, *, at=None, **facts):
    id = convened(story, name, **facts)
    story.tell(ConversationHeld, id, at=at)
    return id


def opened(story, kind, origin, **facts):
    id = uuid4()
    between = {"performer": ANN, "beneficiary": BEN, "what": words(ANN, "it"), "terms": Terms(due=date(2026, 6, 1))}
    story.tell(kind, id, **{**between, "origin": origin, **facts})
    return id


PROMISED = {"performer": ANN, "beneficiary": BEN, "what": words(ANN, "it"), "terms": Terms(due=date(2026, 6, 1))}
STEPS = (
    lambda story, id: story.tell(CommitmentPromised, id, **PROMISED),
    lambda story, id: story.tell(ActionTaken, id, what=words(ANN, "did")),
    lambda story, id: story.tell(CompletionConfirmed, id),
    lambda story, id: story.tell(OutcomeReported, id, scale="early_sign", contribution="helped"),
    lambda story, id: story.tell(OutcomeReviewed, id, verdict="sustained"),
)


def carried(story, conversation, stage):
    """A commitment out of that conversation that got so far."""
    id = opened(story, CommitmentRequested, from_conversation(conversation))
    for step in STEPS[: STAGES.index(stage)]:
        step(story, id)
    return id


def shown(counts):
    return {name: getattr(counts, name) for name in counts.__struct_fields__}


async def ask(db, **asked):
    return await funnel(db, **{"as_of": FOREVER, "known_at": FOREVER, **asked})


async def test_a_small_story_counted_by_hand(read):
    story = Story()
    first = held(story, "first")
    second = held(story, "second")
    held(story, "nothing came of it")
    for _ in range(2):
        story.tell(SeedNoted, first, text=words(ANN, "a list"))
    carried(story, first, "asked")
    carried(story, first, "kept")
    carried(story, second, "promised")
    story.later(days=40)
    february = held(story, "february")
    carried(story, february, "sustained")
    off = convened(story, "called off")
    story.tell(ConversationCancelled, off)
    carried(story, off, "kept")
    convened(story, "not yet")
    opened(story, CommitmentOffered, Origin(type="problem", id=uuid4()))
    async with read(story) as db:
        found = await ask(db)
    assert [row.cohort for row in found.rows] == ["2026-01", "2026-02"]
    january, february = found.rows
    assert shown(january.conversations) == {
        "held": 3, "asked": 2, "promised": 2, "acted": 1, "kept": 1, "outcome": 0, "sustained": 0, "seeded": 1
    }  # fmt: skip
    assert shown(january.commitments) == {
        "asked": 3, "promised": 2, "acted": 1, "kept": 1, "outcome": 0, "sustained": 0
    }  # fmt: skip
    assert february.conversations.sustained == february.commitments.asked == 1
    assert shown(found.elsewhere) == {
        "asked": 2, "promised": 1, "acted": 1, "kept": 1, "outcome": 0, "sustained": 0
    }  # fmt: skip
    assert not found.suppressed


async def test_what_was_kept_counts_as_promised_and_acted_on_though_nobody_wrote_that_down(read):
    story = Story()
    pledge = opened(story, CommitmentPledged, from_conversation(held(story, "call")))
    story.tell(CompletionDeclared, pledge)
    story.tell(CompletionConfirmed, pledge, self_assessed=True)
    async with read(story) as db:
        [row] = (await ask(db)).rows
    assert (row.commitments.asked, row.commitments.acted, row.commitments.kept) == (1, 1, 1)


async def test_what_was_declined_was_asked_all_the_same_and_drifting_back_is_not_lasting(read):
    story = Story()
    call = held(story, "call")
    story.tell(CommitmentDeclined, opened(story, CommitmentRequested, from_conversation(call)))
    drifted = carried(story, call, "outcome")
    story.tell(OutcomeReviewed, drifted, verdict="drifted_back")
    offer = opened(story, CommitmentOffered, from_conversation(call), beneficiary=None)
    story.tell(OfferAccepted, offer, **PROMISED)
    async with read(story) as db:
        [row] = (await ask(db)).rows
    assert (row.commitments.asked, row.commitments.promised) == (3, 2)
    assert (row.commitments.outcome, row.commitments.sustained) == (1, 0)


async def test_as_of_is_what_had_happened_and_known_at_what_had_been_recorded(read):
    story = Story()
    january = story.now
    story.later(days=60)
    told_late = held(story, "told late", at=january)
    request = opened(story, CommitmentRequested, from_conversation(told_late), at=january)
    promised = story.later(days=1).now
    story.tell(CommitmentPromised, request, **PROMISED)
    async with read(story) as db:
        assert (await ask(db, known_at=january)).rows == ()
        assert (await ask(db, as_of=january)).rows[0].commitments.asked == 1
        assert (await ask(db, as_of=january)).rows[0].commitments.promised == 0
        assert (await ask(db, as_of=promised)).rows[0].commitments.promised == 1
        assert (await ask(db, as_of=january - timedelta(microseconds=1))).rows == ()
        known = await ask(db, as_of=promised, known_at=promised - timedelta(hours=1))
        assert (known.rows[0].commitments.asked, known.rows[0].commitments.promised) == (1, 0)


async def test_since_leaves_out_earlier_conversations_and_counts_what_came_of_them_elsewhere(read):
    story = Story()
    carried(story, held(story, "early"), "promised")
    later = story.later(days=50).now
    carried(story, held(story, "late"), "kept")
    async with read(story) as db:
        found = await ask(db, since=later)
    assert [(row.cohort, row.conversations.held) for row in found.rows] == [("2026-02", 1)]
    assert (found.elsewhere.asked, found.elsewhere.promised, found.elsewhere.kept) == (1, 1, 0)


async def test_a_month_is_a_month_in_london(read):
    story = Story()
    held(story, "half past midnight", at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    async with read(story) as db:
        assert [row.cohort for row in (await ask(db)).rows] == ["2026-07"]


async def test_a_cohort_is_immature_for_ninety_days_after_its_last_conversation(read):
    story = Story()
    held(story, "early")
    last = story.later(days=3).now
    held(story, "late")
    async with read(story) as db:
        assert (await ask(db, as_of=last + timedelta(days=90))).rows[0].immature is False
        assert (await ask(db, as_of=last + timedelta(days=90, microseconds=-1))).rows[0].immature is True


async def test_by_format(read):
    story = Story()
    held(story, "one")
    carried(story, held(story, "two", format="themed_event"), "acted")
    async with read(story) as db:
        rows = {row.cohort: row for row in (await ask(db, by="format")).rows}
    assert rows["breakfast_call"].conversations.asked == 0
    assert rows["themed_event"].conversations.acted == 1


def joined(story, id, organisation_type):
    story.tell(DirectorJoined, id, by=id, name=words(id, "x"), organisation="x", organisation_type=organisation_type)


async def test_by_the_organisation_the_convenor_belonged_to_when_they_convened(read):
    story = Story()
    joined(story, ANN, "department")
    for n in range(6):
        held(story, f"call {n}")
    story.tell(OrganisationChanged, ANN, organisation="y", organisation_type="council")
    for n in range(7):
        held(story, f"council call {n}")
    async with read(story) as db:
        found = await ask(db, by="organisation_type")
    assert {row.cohort: row.conversations.held for row in found.rows} == {"department": 6, "council": 7}


async def test_small_counts_by_organisation_are_not_shown_nor_what_would_give_them_away(read):
    story = Story()
    for id, kind, calls in ((ANN, "department", 9), (BEN, "agency", 6), (CAT, "council", 2)):
        joined(story, id, kind)
        for n in range(calls):
            held(story, f"{kind} {n}", by=id)
    async with read(story) as db:
        found = await ask(db, by="organisation_type")
        by_month = await ask(db)
    assert {row.cohort: row.conversations.held for row in found.rows} == {
        "agency": None,
        "council": None,
        "department": 9,
    }
    assert {"agency.conversations.held", "council.conversations.held"} <= set(found.suppressed)
    assert by_month.rows[0].conversations.held == 17


def by_hand(story, as_of, known_at):
    """The same numbers, counted event by event in another way."""
    known = [event for event in story.events if event.occurred_at <= as_of and event.recorded_at <= known_at]
    month: dict[Any, str] = {
        e.originator_id: f"{e.occurred_at:%Y-%m}" for e in known if isinstance(e, ConversationHeld)
    }
    for event in known:
        if isinstance(event, ConversationCancelled):
            month.pop(event.originator_id, None)
    origin: dict[Any, Any] = {e.originator_id: e.origin.id for e in story.events if isinstance(e, CommitmentRequested)}
    reached: dict[Any, set[str]] = defaultdict(set)
    kinds = (CommitmentRequested, CommitmentPromised, ActionTaken, CompletionConfirmed, OutcomeReported)
    for event in known:
        if type(event) in kinds:
            for stage in STAGES[: kinds.index(type(event)) + 1]:
                reached[event.originator_id].add(stage)
    rows: dict[str, dict[str, list[int]]] = {m: {stage: [0, 0] for stage in STAGES} for m in month.values()}
    for m in rows:
        for stage in STAGES:
            got = [origin[id] for id, stages in reached.items() if stage in stages and month.get(origin[id]) == m]
            rows[m][stage] = [len(set(got)), len(got)]
    return rows


@pytest.mark.parametrize("seed", range(4))
async def test_the_funnel_agrees_with_a_count_by_hand(read, seed):
    story, chance = Story(), random.Random(seed)
    conversations: list[UUID] = []
    open_ones: list[tuple[UUID, int]] = []
    for n in range(150):
        story.later(hours=chance.randrange(1, 40))
        late = story.now - timedelta(days=chance.choice((0, 0, 0, 12)))
        roll = chance.random()
        if roll < 0.3 or not conversations:
            conversations.append(held(story, f"call {n}", at=late))
        elif roll < 0.33:
            story.tell(ConversationCancelled, chance.choice(conversations))
        elif roll < 0.6 or not open_ones:
            id = opened(story, CommitmentRequested, from_conversation(chance.choice(conversations)), at=late)
            open_ones.append((id, 0))
        else:
            place = chance.randrange(len(open_ones))
            id, done = open_ones[place]
            if done < 4:
                STEPS[done](story, id)
                open_ones[place] = (id, done + 1)
    async with read(story) as db:
        for _ in range(8):
            as_of, known_at = (story.events[chance.randrange(len(story.events))].recorded_at for _ in range(2))
            found = {
                row.cohort: {s: [getattr(row.conversations, s), getattr(row.commitments, s)] for s in STAGES}
                for row in (await ask(db, as_of=as_of, known_at=known_at)).rows
            }
            assert found == by_hand(story, as_of, known_at)


def test_it_says_what_it_counts_in_plain_words():
    assert "held" in DEFINITION
    assert all(caveat.endswith(".") for caveat in CAVEATS)
    assert Commitments.__struct_fields__ == STAGES
