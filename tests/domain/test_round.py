"""A convenor opens a round, people opt in, it is closed, answered, perhaps revised, published and completed."""

import math
from typing import Any

import pytest
from hypothesis import given as whatever

from service.domain.events import (
    OptedIn,
    OptedOut,
    ProposalComputed,
    ProposalPublished,
    ProposalRevised,
    RoundCancelled,
    RoundClosed,
    RoundCompleted,
    RoundFoundImpossible,
    RoundOpened,
    WeightsChanged,
)
from service.domain.round import (
    Round,
    ask_for_proposal,
    cancel,
    close,
    complete,
    evolve,
    open_round,
    opt_in,
    opt_out,
    permit,
    publish,
    recall,
    record_impossible,
    record_proposal,
    revise,
)
from service.domain.words import ProposedSet, Rules, Size
from tests.domain.histories import Ask, asking, each_event_is_one_step, histories, never_refuses
from tests.story import ANN, BOB, CAT, DAN, EVE, FAY, ID, given, happened, person, story, words

CONVENOR = person("Convenor")
USUAL = {"help": 60.0, "theme": 5.0, "profession": 3.0, "region": 2.0, "new_tie": 3.0}
FOUR_TO_SIX = Size(min=4, max=6, target=5)

CLOSING: dict[str, Any] = {"members": (ANN, BOB, CAT, DAN), "left_out": {str(EVE): "paused"}, "question_at": 40}
FOUND = ProposedSet(members=(ANN, BOB, CAT, DAN), slots=("mon-am",), value=80.0, terms={"help": 80.0}, why=())
WORK: dict[str, Any] = {"unplaced": {}, "seed": 7, "seconds": 1.5, "versions": {}, "result_hash": "r1"}
ANSWER: dict[str, Any] = WORK | {
    "status": "optimal",
    "sets": (FOUND,),
    "value": 80.0,
    "upper_bound": 80.0,
    "gap": 0.0,
    "placed": 4,
}
NO_ANSWER: dict[str, Any] = WORK | {"clashing_rules": ("Nobody is put in a set with somebody they avoid.",)}

OPENED = happened(RoundOpened, kind="action_set", size=FOUR_TO_SIX, rules=Rules(), weights=USUAL)
ANN_IN = happened(OptedIn, director=ANN)
CLOSED = happened(RoundClosed, **CLOSING, input_hash="q1")
PROPOSED = happened(ProposalComputed, **ANSWER, input_hash="q1")
IMPOSSIBLE = happened(RoundFoundImpossible, **NO_ANSWER, input_hash="q1")
REVISED = happened(ProposalRevised, why=words(CONVENOR, "Smaller"), size=Size(min=2, max=4, target=3), rules=Rules())
PUBLISHED = happened(ProposalPublished, sets=(FAY,))
COMPLETED = happened(RoundCompleted)
CANCELLED = happened(RoundCancelled)

TO_OPEN = [OPENED, ANN_IN]
TO_CLOSED = [*TO_OPEN, CLOSED]
TO_IMPOSSIBLE = [*TO_CLOSED, IMPOSSIBLE]
TO_PROPOSED = [*TO_CLOSED, PROPOSED]
TO_PUBLISHED = [*TO_PROPOSED, PUBLISHED]
TO_COMPLETED = [*TO_PUBLISHED, COMPLETED]
TO_CANCELLED = [*TO_OPEN, CANCELLED]


def round_after(*events) -> Round:
    state = given(*events).state(close)
    assert isinstance(state, Round)
    return state


# Opening


def test_a_round_opens_as_usual():
    given().when(open_round, by=CONVENOR).then(OPENED)


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("pair", Size(min=2, max=3, target=2)),
        ("coaching_pair", Size(min=2, max=3, target=2)),
        ("trio", Size(min=3, max=3, target=3)),
    ],
)
def test_each_kind_of_round_has_its_size(kind, size):
    given().when(open_round, by=CONVENOR, kind=kind).then(
        happened(RoundOpened, kind=kind, size=size, rules=Rules(), weights=USUAL)
    )


def test_what_the_convenor_says_replaces_what_is_usual():
    size, rules = Size(min=2, max=9, target=9, penalty=0), Rules(cooldown_rounds=0, place_everyone=True)
    given().when(open_round, by=CONVENOR, size=size, rules=rules, weights={"help": 10, "region": -2.5}).then(
        happened(RoundOpened, kind="action_set", size=size, rules=rules, weights=USUAL | {"help": 10.0, "region": -2.5})
    )
    pairs_only = Size(min=2, max=2, target=2)
    given().when(open_round, by=CONVENOR, kind="pair", size=pairs_only).then(RoundOpened)


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("kind", "quartet", "action_set, pair, trio, coaching_pair"),
        ("size", Size(min=1, max=4, target=2), "at least 2 people"),
        ("size", Size(min=4, max=6, target=3), "its target lies between"),
        ("size", Size(min=4, max=6, target=7), "its target lies between"),
        ("size", Size(min=6, max=4, target=5), "its target lies between"),
        ("size", Size(min=4, max=6, target=5, penalty=-1), "0 or more"),
        ("size", Size(min=4, max=6, target=5, penalty=math.nan), "0 or more"),
        ("rules", Rules(max_per_organisation=0), "max_per_organisation is 0; it has to be 1 or more"),
        ("rules", Rules(cooldown_rounds=-1), "cooldown_rounds is -1"),
        ("rules", Rules(common_slots=-1), "common_slots is -1"),
        ("weights", {"charm": 1.0}, "There is no weight 'charm'; the weights are help, theme"),
        ("weights", {"help": math.inf}, "The weight help has to be a number"),
    ],
)
def test_a_round_cannot_ask_for_what_cannot_be_meant(field, wrong, sentence):
    given().when(open_round, by=CONVENOR, **{field: wrong}).then_invalid(field, sentence)


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("pair", Size(min=2, max=4, target=2)),
        ("pair", Size(min=3, max=3, target=3)),
        ("coaching_pair", Size(min=2, max=3, target=3)),
        ("trio", Size(min=2, max=3, target=3)),
    ],
)
def test_a_pair_is_no_crowd(kind, size):
    given().when(open_round, by=CONVENOR, kind=kind, size=size).then_invalid("size", "people, best")


# Opting in and out


def test_people_opt_in_for_themselves():
    given(OPENED).when(opt_in, by=ANN).then(ANN_IN).when(opt_in, by=ANN).then_nothing()
    given(OPENED).when(opt_in).then_forbidden("Only a person")


def test_people_opt_out_again():
    given(*TO_OPEN).when(opt_out, by=ANN).then(happened(OptedOut, director=ANN)).when(opt_out, by=ANN).then_nothing()
    given(*TO_OPEN).when(opt_out).then_forbidden("Only a person")


@pytest.mark.parametrize("history", [TO_CLOSED, TO_PROPOSED, TO_PUBLISHED, TO_COMPLETED, TO_CANCELLED])
@pytest.mark.parametrize("ask", [opt_in, opt_out])
def test_people_opt_in_and_out_only_while_it_is_open(history, ask):
    given(*history).when(ask, by=ANN).then_refused("only while it is open")


# Closing


def test_a_round_closes_with_whoever_is_in():
    given(*TO_OPEN).when(close, by=CONVENOR, **CLOSING, input_hash="q1").then(CLOSED)
    closed = round_after(*TO_CLOSED)
    assert (closed.members, closed.question_at, closed.input_hash) == ((ANN, BOB, CAT, DAN), 40, "q1")
    assert closed.needs_answer


def test_a_round_with_nobody_in_stays_open():
    nobody = CLOSING | {"members": ()}
    given(OPENED).when(close, by=CONVENOR, **nobody, input_hash="q1").then_refused("once somebody is in")


@pytest.mark.parametrize("history", [TO_CLOSED, TO_PROPOSED, TO_PUBLISHED, TO_COMPLETED, TO_CANCELLED])
def test_a_round_closes_once(history):
    given(*history).when(close, by=CONVENOR, **CLOSING, input_hash="q1").then_refused("only while it is open")


# The answer


@pytest.mark.parametrize("history", [TO_CLOSED, TO_IMPOSSIBLE, TO_PROPOSED, TO_PUBLISHED])
def test_a_proposal_is_asked_for_as_often_as_one_likes(history):
    given(*history).when(ask_for_proposal, by=CONVENOR).then_nothing()


def test_no_proposal_is_asked_of_an_open_or_cancelled_round():
    given(*TO_OPEN).when(ask_for_proposal, by=CONVENOR).then_refused("close it first")
    given(*TO_CANCELLED).when(ask_for_proposal, by=CONVENOR).then_refused("cancelled")


def test_the_answer_is_recorded_once():
    answered = given(*TO_CLOSED).when(record_proposal, **ANSWER, input_hash="q1").then(PROPOSED)
    answered.when(record_proposal, **ANSWER, input_hash="q1").then_nothing()
    answered.when(record_impossible, **NO_ANSWER, input_hash="q1").then_nothing()
    assert answered.state(close).proposal == (FOUND,)
    assert not answered.state(close).needs_answer


def test_that_it_is_impossible_is_an_answer():
    answered = given(*TO_CLOSED).when(record_impossible, **NO_ANSWER, input_hash="q1").then(IMPOSSIBLE)
    answered.when(record_impossible, **NO_ANSWER, input_hash="q1").then_nothing()
    answered.when(record_proposal, **ANSWER, input_hash="q1").then_nothing()
    assert answered.state(close).state == "closed"
    assert not answered.state(close).needs_answer


def test_nothing_answers_an_open_round():
    given(*TO_OPEN).when(record_proposal, **ANSWER, input_hash="q1").then_refused("still open")
    given(*TO_OPEN).when(record_impossible, **NO_ANSWER, input_hash="q1").then_refused("still open")


def test_an_answer_that_comes_too_late_changes_nothing():
    given(*TO_CANCELLED).when(record_proposal, **ANSWER, input_hash="q1").then_nothing()
    given(*TO_PUBLISHED).when(record_impossible, **NO_ANSWER, input_hash="q1").then_nothing()


def test_an_answer_to_the_question_before_it_was_revised_changes_nothing():
    revised = given(*TO_PROPOSED, REVISED)
    revised.when(record_proposal, **ANSWER, input_hash="q1").then_nothing()
    revised.when(record_proposal, **ANSWER, input_hash="q2").then(ProposalComputed)


def test_a_question_revised_back_to_what_it_was_may_have_the_answer_it_had():
    back = happened(ProposalRevised, why=words(CONVENOR, "As before"), size=FOUR_TO_SIX, rules=Rules())
    answered_again = [REVISED, happened(ProposalComputed, **ANSWER, input_hash="q2"), back]
    given(*TO_PROPOSED, *answered_again).when(record_proposal, **ANSWER, input_hash="q1").then(ProposalComputed)


# Revising


@pytest.mark.parametrize("history", [TO_PROPOSED, TO_IMPOSSIBLE])
def test_the_convenor_asks_again_and_says_why(history):
    size = Size(min=2, max=4, target=3)
    revised = given(*history).when(revise, by=CONVENOR, why="Smaller", size=size).then(REVISED)
    assert revised.state(close).state == "closed"
    assert revised.state(close).size == size
    assert revised.state(close).proposal is None
    assert revised.state(close).needs_answer


def test_changed_weights_are_recorded_with_what_they_were():
    given(*TO_PROPOSED).when(revise, by=CONVENOR, why="More new ties", weights={"new_tie": 30}).then(
        happened(WeightsChanged, before=USUAL, after=USUAL | {"new_tie": 30.0}, why=words(CONVENOR, "More new ties")),
        happened(ProposalRevised, why=words(CONVENOR, "More new ties"), size=FOUR_TO_SIX, rules=Rules()),
    )
    given(*TO_PROPOSED).when(revise, by=CONVENOR, why="Again", weights={"help": 60}).then(ProposalRevised)


def test_a_revision_says_why_and_makes_sense():
    given(*TO_PROPOSED).when(revise, by=CONVENOR, why=" ").then_invalid("why")
    given(*TO_PROPOSED).when(revise, by=CONVENOR, why="So", size=Size(min=1, max=2, target=1)).then_invalid("size")
    given(*TO_PROPOSED).when(revise, by=CONVENOR, why="So", rules=Rules(common_slots=-1)).then_invalid("rules")
    given(*TO_PROPOSED).when(revise, by=CONVENOR, why="So", weights={"charm": 1}).then_invalid("weights")
    given(*TO_PROPOSED).when(revise, why="So").then_forbidden("Only a person")


def test_a_round_stays_of_its_kind_when_it_is_revised():
    pairs = happened(RoundOpened, kind="pair", size=Size(min=2, max=3, target=2), rules=Rules(), weights=USUAL)
    given(pairs, *TO_PROPOSED[1:]).when(revise, by=CONVENOR, why="More", size=FOUR_TO_SIX).then_refused("people, best")


@pytest.mark.parametrize("history", [TO_OPEN, TO_CLOSED, TO_PUBLISHED, TO_COMPLETED, TO_CANCELLED])
def test_only_an_answer_that_is_not_yet_published_is_revised(history):
    given(*history).when(revise, by=CONVENOR, why="Smaller").then_refused("revised")


# Publishing, completing, cancelling


def test_a_proposal_is_published():
    given(*TO_PROPOSED).when(publish, by=CONVENOR, set_ids=[FAY]).then(PUBLISHED)
    assert round_after(*TO_PUBLISHED).sets == (FAY,)


@pytest.mark.parametrize("history", [TO_OPEN, TO_CLOSED, TO_IMPOSSIBLE, TO_PUBLISHED, TO_COMPLETED, TO_CANCELLED])
def test_only_a_proposal_is_published(history):
    given(*history).when(publish, by=CONVENOR, set_ids=[FAY]).then_refused("once it has a proposal")


def test_a_published_round_is_completed():
    given(*TO_PUBLISHED).when(complete, by=CONVENOR).then(COMPLETED)


@pytest.mark.parametrize("history", [TO_OPEN, TO_CLOSED, TO_PROPOSED, TO_COMPLETED, TO_CANCELLED])
def test_only_a_published_round_is_completed(history):
    given(*history).when(complete, by=CONVENOR).then_refused("once it is published")


@pytest.mark.parametrize("history", [TO_OPEN, TO_CLOSED, TO_IMPOSSIBLE, TO_PROPOSED, TO_PUBLISHED])
def test_a_round_is_cancelled(history):
    given(*history).when(cancel, by=CONVENOR).then(CANCELLED).when(cancel, by=CONVENOR).then_nothing()


def test_a_completed_round_cannot_be_cancelled():
    given(*TO_COMPLETED).when(cancel, by=CONVENOR).then_refused("what is over")


# Always


def test_a_round_forbids_nobody_by_itself():
    permit(round_after(OPENED), "close", ANN)


def test_there_is_no_round_before_it_was_opened():
    assert story(evolve).given(ANN_IN).state() is None
    assert recall(ID).missing == "There is no such round."


@whatever(histories(RoundOpened, OptedIn, RoundClosed, ProposalComputed, RoundFoundImpossible, ProposalRevised))
def test_the_past_is_never_refused(history):
    never_refuses(evolve, history)


ASKS: list[Ask] = [
    (opt_in, {}),
    (opt_out, {}),
    (close, CLOSING | {"input_hash": "q1"}),
    (record_proposal, ANSWER | {"input_hash": "q1"}),
    (record_impossible, NO_ANSWER | {"input_hash": "q1"}),
    (revise, {"why": "More", "weights": {"help": 90.0}}),
    (publish, {"set_ids": [FAY]}),
    (complete, {}),
    (cancel, {}),
]


@whatever(asking(*ASKS))
def test_every_event_is_one_step(asks):
    each_event_is_one_step(evolve, TO_OPEN[:1], asks)
