"""The commitment machine does what its table says, in every state it can reach, for everybody who might ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies

from service.domain import commitment
from service.domain.aggregate import Asked, Event, fold
from service.domain.commitment import Commitment, evolve
from service.domain.events import EVENTS, SignedUp, accountability
from service.domain.refusals import Forbidden, Refused
from tests.domain.promises import CONVERSATION, DUE, ONE_OF_EACH
from tests.domain.transition_table import ACTORS, BEGINNINGS, COMMANDS, LINES, ROWS, STATES, Row, Sketch, facts
from tests.story import ANN, BOB, ID, MONDAY, happened

SOME_DAY = timedelta(days=400)
"""After so long every term has ended, so that time allows whatever it will ever allow."""


def begin(row: Row, performer: UUID, beneficiary: UUID | None) -> tuple[Event, Sketch]:
    """A commitment as its first line has it: by the event, and by the sketch."""
    asker = ANN if row.command == "request" else BOB
    asked = Asked(by=asker, now=MONDAY)
    event = getattr(commitment, row.command)(
        ID, asked=asked, performer=performer, beneficiary=beneficiary, what="x", due=DUE, origin=CONVERSATION
    )
    sketch = Sketch(
        state=row.to,
        performer=performer,
        beneficiary=beneficiary,
        author=asker,
        latest=(row.event, asker),
        due=DUE,
        since=MONDAY,
        to_the_network=beneficiary is None,
    )
    return event, sketch


def beginnings() -> Iterator[tuple[Row, Event, Sketch]]:
    for row in BEGINNINGS:
        others: dict[str, list[UUID | None]] = {"request": [ANN], "offer": [ANN, None], "pledge": [ANN, BOB]}
        yield from ((row, *begin(row, BOB, other)) for other in others[row.command])


def attempt(state: Commitment, command: str, sketch: Sketch, asked: Asked) -> list[Event] | Exception:
    """What the service makes of it: events, none, or a refusal."""
    try:
        decided = getattr(commitment, command)(state, asked=asked, **facts(command, sketch))
    except (Forbidden, Refused) as refusal:
        return refusal
    return [decided] if isinstance(decided, Event) else list(decided or [])


def agree(history: list[Event], sketch: Sketch, command: str, asked: Asked) -> tuple[list[Event], Sketch, Row | None]:
    """Service and table say the same of this attempt; answers what both have come to."""
    before = fold(evolve, history)
    assert before
    row = sketch.row(command, asked.by, asked.now)
    got = attempt(before, command, sketch, asked)
    if row is None:
        if not (got == [] and sketch.is_repeat(command, asked.by)):
            assert isinstance(got, Forbidden | Refused), f"the table knows nothing of it, and {got} happened"
        return history, sketch, None
    assert isinstance(got, list), f"the table says {row.event}, and the answer was: {got}"
    assert type(got[0]).__name__ == row.event
    longer, after = [*history, *got], fold(evolve, [*history, *got])
    assert after
    assert (after.state, after.version) == (row.to, len(longer))
    assert [event.originator_version for event in longer] == list(range(1, len(longer) + 1))
    return longer, sketch.after(row, asked.by, asked.now), row


@cache
def reachable() -> list[tuple[list[Event], Sketch]]:
    """Every situation the table can lead to, each with a history that leads there."""
    found: dict[tuple[object, ...], tuple[list[Event], Sketch]] = {}
    ahead = [([event], sketch) for _, event, sketch in beginnings()]
    while ahead:
        history, sketch = ahead.pop(0)
        if sketch.likeness in found:
            continue
        found[sketch.likeness] = (history, sketch)
        for command, actor in every_attempt():
            longer, after, row = agree(history, sketch, command, some_day(history, actor))
            if row:
                ahead.append((longer, after))
    return list(found.values())


def every_attempt() -> Iterator[tuple[str, UUID | None]]:
    return ((command, actor) for command in COMMANDS for actor in ACTORS)


def some_day(history: list[Event], actor: UUID | None) -> Asked:
    return Asked(by=actor, now=history[-1].recorded_at + SOME_DAY)


def test_the_table_has_35_lines_and_13_states():
    assert (len(ROWS), len(LINES), len(STATES)) == (35, 35, 13)
    assert set(STATES) == set(commitment.STATES)


def test_every_line_of_the_table_comes_to_pass_and_every_state_is_reached():
    lived = {row for row, _, _ in beginnings()}
    for history, sketch in reachable():
        for command, actor in every_attempt():
            _, _, row = agree(history, sketch, command, some_day(history, actor))
            lived |= {row} if row else set()
    assert lived == set(ROWS)
    assert {sketch.state for _, sketch in reachable()} == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_whatever_is_tried_by_whomever_in_each_state_ends_as_the_table_says(state):
    situations = [(history, sketch) for history, sketch in reachable() if sketch.state == state]
    assert situations
    for history, sketch in situations:
        for command, actor in every_attempt():
            agree(history, sketch, command, some_day(history, actor))


@pytest.mark.parametrize("state", STATES)
def test_what_is_somebody_elses_to_do_is_forbidden_and_not_only_refused(state):
    for history, sketch in reachable():
        for command, actor in every_attempt():
            if sketch.state != state or sketch.row(command, actor, some_day(history, actor).now):
                continue
            is_anothers = (state, command) in LINES and not (
                command in ("agree_terms", "refuse_terms", "propose_terms") and sketch.may_ever(command, actor)
            )
            if is_anothers or not sketch.may_ever(command, actor):
                before = fold(evolve, history)
                assert before
                with pytest.raises(Forbidden):
                    commitment.permit(before, command, actor)
                assert isinstance(attempt(before, command, sketch, some_day(history, actor)), Forbidden)


def test_whoever_is_permitted_is_never_forbidden():
    for history, sketch in reachable():
        before = fold(evolve, history)
        assert before
        for command, actor in every_attempt():
            got = attempt(before, command, sketch, some_day(history, actor))
            if not isinstance(got, Forbidden):
                commitment.permit(before, command, actor)


def life(seed: int) -> set[Row]:
    """A commitment lived day by day, with everybody trying everything; answers the lines it came through."""
    chance = Random(seed)
    row, event, sketch = chance.choice(list(beginnings()))
    history, now, lived = [event], MONDAY, {row}
    for _ in range(25):
        now += timedelta(days=chance.choice((0, 1, 6, 13, 14, 20, 21, 60)))
        known = [attempt for attempt in every_attempt() if (sketch.state, attempt[0]) in LINES]
        lawful = [attempt for attempt in known if sketch.row(*attempt, now)]
        command, actor = chance.choice(chance.choice((lawful, lawful, known, [])) or list(every_attempt()))
        history, sketch, came_through = agree(history, sketch, command, Asked(by=actor, now=now))
        lived |= {came_through} if came_through else set()
    return lived


def test_long_lives_agree_with_the_table_day_by_day():
    assert set().union(*(life(seed) for seed in range(400))) == set(ROWS)


EVERYTHING = (*ONE_OF_EACH, happened(SignedUp, by=ANN, director=ANN))


def test_everything_that_can_happen_to_a_commitment_is_among_the_examples():
    kinds = {kind for kind in EVENTS.values() if kind.__module__ == accountability.__name__}
    elsewhere = {kind for kind in kinds if "Inspect" in kind.__name__}
    assert {type(event) for event in ONE_OF_EACH} == kinds - elsewhere


@given(strategies.lists(strategies.sampled_from(EVERYTHING), max_size=12))
def test_the_past_is_never_refused(history: list[Any]):
    after = fold(evolve, history)
    assert after is None or after.due is not None


@given(strategies.lists(strategies.sampled_from(EVERYTHING), max_size=12))
def test_no_due_date_that_was_ever_agreed_is_lost(history: list[Any]):
    for length in range(len(history)):
        before, after = fold(evolve, history[:length]), fold(evolve, history[: length + 1])
        if before and after and not isinstance(history[length], tuple(type(each) for each in ONE_OF_EACH[:7])):
            assert after.terms[: len(before.terms)] == before.terms
