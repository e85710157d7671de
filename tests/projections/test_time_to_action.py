"""How soon an action follows a conversation: a sample by hand, another way to the same estimate, the raw events."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.survival import Case, curve, median
from projections.time_to_action import CAVEATS, DEFINITION, time_to_action
from service.domain.days import london_day
from service.domain.events import (
    ActionTaken,
    CommitmentRequested,
    CompletionConfirmed,
    ConversationCancelled,
    ConversationHeld,
    DirectorJoined,
)
from tests.projections.story import ANN, BEN, CAT, Story, from_conversation, words
from tests.projections.test_funnel import carried, convened, held, opened

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
CASES = st.lists(st.builds(Case, st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


def steps(*cases):
    return [(each.days, each.at_risk, each.happened, each.censored, round(each.waiting, 4)) for each in curve(cases)]


def test_a_sample_worked_out_by_hand():
    # Six patients, as in any textbook: 1, 2+, 3, 3, 4+, 6 days, where + is looked at no longer.
    sample = [(1, True), (2, False), (3, True), (3, True), (4, False), (6, True)]
    assert steps(*(Case(*each) for each in sample)) == [
        (1, 6, 1, 0, round(5 / 6, 4)),
        (2, 5, 0, 1, round(5 / 6, 4)),
        (3, 4, 2, 0, round(5 / 6 * 2 / 4, 4)),
        (4, 2, 0, 1, round(5 / 6 * 2 / 4, 4)),
        (6, 1, 1, 0, 0.0),
    ]
    assert median(curve(Case(*each) for each in sample)) == 3


def test_no_median_before_it_has_happened_to_half():
    assert median(curve([Case(1, True), Case(2, True), *[Case(9, False)] * 3])) is None
    assert median(curve([Case(1, True), Case(2, True), *[Case(9, False)] * 2])) == 2
    assert median(()) is None


def handed_on(cases):
    """The same estimate found in another way (Efron's): whoever is no longer watched hands their weight on, in equal
    parts, to all who are watched longer; the share that still waits is the weight of what has not happened."""
    order = sorted(cases, key=lambda case: (case.days, not case.happened))
    weights = [Fraction(1, len(order))] * len(order)
    for place, case in enumerate(order):
        rest = len(order) - place - 1
        if not case.happened and rest:
            for later in range(place + 1, len(order)):
                weights[later] += weights[place] / rest
            weights[place] = Fraction(0)
    happened = [(case.days, weight) for case, weight in zip(order, weights, strict=True) if case.happened]
    return lambda day: 1 - sum((weight for days, weight in happened if days <= day), Fraction(0))


@given(CASES)
def test_the_estimate_is_the_one_that_hands_weights_on(cases):
    waiting = handed_on(cases)
    for step in curve(cases):
        assert step.waiting == pytest.approx(float(waiting(step.days)), abs=1e-12)


@given(CASES)
def test_nobody_is_dropped_and_the_curve_never_rises(cases):
    whole = curve(cases)
    assert sum(step.happened for step in whole) == sum(case.happened for case in cases)
    assert sum(step.happened + step.censored for step in whole) == whole[0].at_risk == len(cases)
    assert all(one.waiting >= other.waiting for one, other in pairwise(whole))
    if all(case.happened for case in cases):  # nothing is open: it is the plain share, and the plain median
        assert median(whole) == sorted(case.days for case in cases)[(len(cases) - 1) // 2]


async def ask(db, **asked):
    return await time_to_action(db, **{"as_of": FOREVER, "known_at": FOREVER, **asked})


async def test_the_first_action_counts_and_an_open_conversation_is_open_until_we_look(read):
    story = Story()
    began = story.now
    first, second = held(story, "first"), held(story, "second")
    one, other = carried(story, first, "promised"), carried(story, first, "promised")
    story.later(days=4).tell(ActionTaken, other, what=words(ANN, "rang"))
    story.later(days=3).tell(ActionTaken, one, what=words(ANN, "wrote"))
    carried(story, second, "promised")
    off = convened(story, "called off")
    story.tell(ConversationCancelled, off)
    async with read(story) as db:
        [row] = (await ask(db, as_of=began + timedelta(days=10))).rows
        [earlier] = (await ask(db, as_of=began + timedelta(days=3))).rows
    assert (row.cohort, row.conversations, row.acted, row.open, row.median_days) == ("all", 2, 1, 1, 4)
    assert [(step.days, step.at_risk, step.happened) for step in row.curve] == [(4, 2, 1), (10, 1, 0)]
    assert (earlier.acted, earlier.open, earlier.median_days) == (0, 2, None)


async def test_what_was_kept_without_a_note_was_acted_on_and_days_are_days_in_london(read):
    story = Story()
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # half past eleven in London
    call = held(story, "late", at=late)
    kept = opened(story, CommitmentRequested, from_conversation(call))
    story.tell(CompletionConfirmed, kept, at=late + timedelta(hours=1))
    async with read(story) as db:
        [row] = (await ask(db)).rows
        [before] = (await ask(db, by="month", as_of=late + timedelta(minutes=1))).rows
    assert (row.acted, row.median_days) == (1, 1)
    assert (before.cohort, before.acted) == ("2026-06", 0)


async def test_an_action_dated_before_its_conversation_was_taken_that_day(read):
    story = Story()
    request = carried(story, held(story, "call"), "promised")
    story.tell(ActionTaken, request, at=story.now - timedelta(days=9), what=words(ANN, "began"))
    async with read(story) as db:
        [row] = (await ask(db)).rows
    assert (row.acted, row.median_days) == (1, 0)


def three_types(story):
    for person, kind, calls, acted in ((ANN, "department", 30, 14), (BEN, "agency", 12, 6), (CAT, "council", 6, 1)):
        facts = {"name": words(person, "x"), "organisation": "x", "organisation_type": kind}
        story.tell(DirectorJoined, person, by=person, **facts)
        for n in range(calls):
            call = held(story, f"{kind} {n}", by=person)
            if n < acted:
                carried(story, call, "acted")


async def test_by_organisation_small_numbers_are_hidden_with_whatever_gives_them_away(read):
    story = Story()
    three_types(story)
    async with read(story) as db:
        found = await ask(db, by="organisation_type")
        [everything] = (await ask(db)).rows
    rows = {row.cohort: row for row in found.rows}
    assert (rows["department"].conversations, rows["department"].acted) == (30, 14)
    for hidden in ("council", "agency"):  # what is left of the total is both of them together
        assert (rows[hidden].conversations, rows[hidden].acted, rows[hidden].open) == (None, None, None)
        assert f"{hidden}.acted" in found.suppressed
    assert all(row.curve is None for row in found.rows)
    assert (everything.conversations, everything.acted) == (48, 21)


def by_hand(story, as_of, known_at):
    """Days and whether an action followed, conversation by conversation, straight from the events."""
    known = [event for event in story.events if event.occurred_at <= as_of and event.recorded_at <= known_at]
    began = {event.originator_id: event.occurred_at for event in known if isinstance(event, ConversationHeld)}
    for event in known:
        if isinstance(event, ConversationCancelled):
            began.pop(event.originator_id, None)
    origin = {e.originator_id: e.origin.id for e in story.events if isinstance(e, CommitmentRequested)}
    acted = defaultdict(list)
    for event in known:
        if isinstance(event, ActionTaken | CompletionConfirmed):
            acted[origin[event.originator_id]].append(event.occurred_at)
    cases = []
    for id, moment in began.items():
        ended = min(acted[id]) if acted[id] else as_of
        cases.append(Case(max(0, (london_day(ended) - london_day(moment)).days), bool(acted[id])))
    return cases


@pytest.mark.parametrize("seed", range(4))
async def test_the_report_agrees_with_the_raw_events(read, seed):
    story, chance = Story(), random.Random(seed)
    calls: list[Any] = []
    promised: list[Any] = []
    for n in range(150):
        story.later(hours=chance.randrange(1, 40))
        late = story.now - timedelta(days=chance.choice((0, 0, 0, 12)))
        roll = chance.random()
        if roll < 0.3 or not calls:
            calls.append(held(story, f"call {n}", at=late))
        elif roll < 0.33:
            story.tell(ConversationCancelled, chance.choice(calls))
        elif roll < 0.6 or not promised:
            promised.append(opened(story, CommitmentRequested, from_conversation(chance.choice(calls)), at=late))
        elif roll < 0.9:
            story.tell(ActionTaken, chance.choice(promised), at=late, what=words(ANN, "did"))
        else:
            story.tell(CompletionConfirmed, chance.choice(promised), at=late)
    async with read(story) as db:
        for _ in range(8):
            as_of, known_at = (story.events[chance.randrange(len(story.events))].recorded_at for _ in range(2))
            cases = by_hand(story, as_of, known_at)
            rows = (await ask(db, as_of=as_of, known_at=known_at)).rows
            assert [row.curve for row in rows] == ([curve(cases)] if cases else [])
            assert [(row.conversations, row.acted) for row in rows] == [(len(cases), sum(c.happened for c in cases))][
                : len(rows)
            ]


def test_it_says_what_it_counts_in_plain_words():
    assert "Kaplan" in DEFINITION
    assert all(caveat.endswith(".") for caveat in CAVEATS)
