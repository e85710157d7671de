"""Somebody registers what they are stuck on; it is matched, worked on, resolved or let go."""

from typing import Any

import pytest
from hypothesis import given as whatever

from service.domain.events import (
    AssumptionStated,
    AssumptionTested,
    BlockerNamed,
    ProblemCarriedForward,
    ProblemEnteredRound,
    ProblemLetGo,
    ProblemPickedUp,
    ProblemReframed,
    ProblemRegistered,
    ProblemReopened,
    ProblemResolved,
    ProblemShared,
)
from service.domain.problem import (
    Problem,
    carry_forward,
    enter_round,
    evolve,
    let_go,
    name_blocker,
    permit,
    pick_up,
    recall,
    reframe,
    register,
    reopen,
    resolve,
    share,
    state_assumption,
)
from service.domain.problem import test_assumption as say_how_it_went  # pytest would take the name for a test
from service.domain.refusals import Forbidden
from tests.domain.histories import Ask, asking, each_event_is_one_step, histories, never_refuses
from tests.story import ANN, BOB, CAT, ID, given, happened, person, story, words

ROUND, OTHER_ROUND, SET, OTHER_SET, COMMITMENT = map(person, ("Round", "Another", "Set", "Elsewhere", "Commitment"))

REGISTERED = happened(ProblemRegistered, owner=ANN, title=words(ANN, "Nobody reads the risk register"), by=ANN)
ENTERED = happened(ProblemEnteredRound, round=ROUND)
PICKED_UP = happened(ProblemPickedUp, set=SET, members=(ANN, BOB))
CARRIED = happened(ProblemCarriedForward)
RESOLVED = happened(ProblemResolved, commitments=(COMMITMENT,))
LET_GO = happened(ProblemLetGo)
ASSUMED = happened(AssumptionStated, number=1, text=words(ANN, "They want to read it"))

TO_OPEN = [REGISTERED]
TO_IN_ROUND = [REGISTERED, ENTERED]
TO_BEING_WORKED = [*TO_IN_ROUND, PICKED_UP]
TO_RESOLVED = [*TO_BEING_WORKED, RESOLVED]
TO_LET_GO = [REGISTERED, LET_GO]
GOING_ON = [TO_OPEN, TO_IN_ROUND, TO_BEING_WORKED]
ENDED = [TO_RESOLVED, TO_LET_GO]


def problem(*events) -> Problem:
    state = given(*events).state(reopen)
    assert isinstance(state, Problem)
    return state


# Registering


def test_one_sentence_is_enough():
    given().when(register, by=ANN, title="Nobody reads the risk register ").then(REGISTERED)
    assert problem(REGISTERED).state == "open"


def test_more_may_be_said_and_is_the_owners():
    more: dict[str, Any] = {"text": "It has 90 lines.", "topics": ["risk", "reporting "], "tier": "network"}
    given().when(register, by=ANN, title="Risk", **more).then(
        happened(
            ProblemRegistered,
            owner=ANN,
            title=words(ANN, "Risk"),
            text=words(ANN, "It has 90 lines."),
            topics=words(ANN, "risk\nreporting"),
            tier="network",
        )
    )


def test_nothing_is_registered_without_a_title_a_tier_and_an_owner():
    given().when(register, by=ANN, title=" \n").then_invalid("title", "a few words are needed")
    given().when(register, by=ANN, title="Risk", tier="friends").then_invalid("tier", "private, set, network, open")
    given().when(register, title="Risk").then_forbidden("only as their own")


# Saying more


def test_the_owner_puts_it_in_other_words():
    given(REGISTERED).when(reframe, by=ANN, title="Risk is read too late", topics=["risk"]).then(
        happened(ProblemReframed, title=words(ANN, "Risk is read too late"), topics=words(ANN, "risk"))
    )
    given(REGISTERED).when(reframe, by=ANN, text="").then(happened(ProblemReframed, text=words(ANN, "")))


def test_reframing_nothing_changes_nothing():
    given(REGISTERED).when(reframe, by=ANN).then_nothing()


def test_a_title_is_never_empty():
    given(REGISTERED).when(reframe, by=ANN, title=" ").then_invalid("title")


def test_the_owner_chooses_who_may_read_it_even_when_it_is_over():
    shared = given(*TO_RESOLVED).when(share, by=ANN, tier="open").then(happened(ProblemShared, tier="open"))
    shared.when(share, by=ANN, tier="open").then_nothing()
    shared.when(share, by=ANN, tier="friends").then_invalid("tier")


def test_assumptions_are_numbered():
    stated = given(REGISTERED).when(state_assumption, by=ANN, text="They want to read it").then(ASSUMED)
    stated.when(state_assumption, by=ANN, text="They can").then(
        happened(AssumptionStated, number=2, text=words(ANN, "They can"))
    )
    stated.when(state_assumption, by=ANN, text="").then_invalid("text")


def test_an_assumption_held_or_failed():
    held = happened(AssumptionTested, number=1, result="held")
    tested = given(REGISTERED, ASSUMED).when(say_how_it_went, by=ANN, number=1, result="held").then(held)
    tested.when(say_how_it_went, by=ANN, number=1, result="held").then_nothing()
    tested.when(say_how_it_went, by=ANN, number=1, result="failed").then(AssumptionTested)


def test_only_what_was_assumed_is_tested():
    given(REGISTERED).when(say_how_it_went, by=ANN, number=1, result="held").then_not_found("none has been")
    assumed = given(REGISTERED, ASSUMED)
    assumed.when(say_how_it_went, by=ANN, number=2, result="held").then_not_found("they are 1")
    assumed.when(say_how_it_went, by=ANN, number=1, result="perhaps").then_invalid("result", "held or failed")


def test_the_owner_names_what_blocks_it():
    blocker = happened(BlockerNamed, text=words(ANN, "No time"))
    given(REGISTERED).when(name_blocker, by=ANN, text="No time").then(blocker)
    given(REGISTERED).when(name_blocker, by=ANN, text=" ").then_invalid("text")


def test_whoever_picked_it_up_names_what_blocks_it_in_their_own_words():
    blocker = happened(BlockerNamed, text=words(BOB, "No time"))
    given(*TO_BEING_WORKED).when(name_blocker, by=BOB, text="No time").then(blocker)
    given(*TO_BEING_WORKED).when(name_blocker, by=CAT, text="No time").then_forbidden("the set that picked it up")
    kept_private = [*TO_BEING_WORKED, happened(ProblemShared, tier="private")]
    given(*kept_private).when(name_blocker, by=BOB, text="No time").then_forbidden("the set that picked it up")
    given(*kept_private).when(name_blocker, by=ANN, text="No time").then(BlockerNamed)
    given(*TO_BEING_WORKED, CARRIED).when(name_blocker, by=BOB, text="No time").then_forbidden("the set that picked it")


OWNERS: list[Ask] = [
    (reframe, {"text": "More"}),
    (share, {"tier": "network"}),
    (state_assumption, {"text": "They can"}),
    (say_how_it_went, {"number": 1, "result": "failed"}),
    (resolve, {}),
    (let_go, {}),
    (reopen, {}),
]


@pytest.mark.parametrize(("command", "facts"), OWNERS)
@pytest.mark.parametrize("by", [BOB, CAT, None])
def test_a_problem_is_its_owners(command, facts, by):
    given(*TO_BEING_WORKED, ASSUMED).when(command, by=by, **facts).then_forbidden("registered this problem")


@pytest.mark.parametrize("history", ENDED)
@pytest.mark.parametrize(
    ("command", "facts"),
    [*(ask for ask in OWNERS if ask[0] not in (share, resolve, let_go, reopen)), (name_blocker, {"text": "No time"})],
)
def test_nothing_more_is_said_of_a_problem_that_is_over(history, command, facts):
    given(*history, ASSUMED).when(command, by=ANN, **facts).then_refused("its owner can reopen it first")


# Rounds and sets


def test_a_round_takes_it_along():
    entered = given(REGISTERED).when(enter_round, by=CAT, round=ROUND).then(ENTERED)
    entered.when(enter_round, round=ROUND).then_nothing()


@pytest.mark.parametrize("history", [TO_IN_ROUND, TO_BEING_WORKED, TO_RESOLVED, TO_LET_GO])
def test_only_an_open_problem_enters_a_round(history):
    given(*history).when(enter_round, round=OTHER_ROUND).then_refused("while it is open")


@pytest.mark.parametrize("history", [TO_OPEN, TO_IN_ROUND])
def test_a_set_picks_it_up(history):
    worked = given(*history).when(pick_up, by=BOB, set_id=SET, members=[ANN, BOB]).then(PICKED_UP)
    worked.when(pick_up, by=BOB, set_id=SET, members=[ANN, BOB]).then_nothing()
    worked.when(pick_up, by=BOB, set_id=SET, members=[ANN, BOB, CAT]).then(ProblemPickedUp)


@pytest.mark.parametrize("history", [TO_BEING_WORKED, TO_RESOLVED, TO_LET_GO])
def test_a_problem_is_worked_on_by_one_set(history):
    given(*history).when(pick_up, set_id=OTHER_SET, members=[ANN, CAT]).then_refused("a set can pick it up while")


def test_a_set_does_not_pick_up_again_what_it_resolved():
    given(*TO_RESOLVED).when(pick_up, set_id=SET, members=[ANN, BOB]).then_refused("its owner can reopen it first")


@pytest.mark.parametrize("history", [TO_IN_ROUND, TO_BEING_WORKED])
def test_what_a_round_or_set_left_is_carried_forward(history):
    carried = given(*history).when(carry_forward).then(CARRIED).when(carry_forward).then_nothing()
    assert carried.state(reopen).state == "open"
    carried.when(enter_round, round=OTHER_ROUND).then(ProblemEnteredRound)


@pytest.mark.parametrize("history", ENDED)
def test_what_is_over_is_not_carried_forward(history):
    given(*history).when(carry_forward).then_nothing()


# Endings


@pytest.mark.parametrize("history", GOING_ON)
def test_it_is_resolved_by_commitments(history):
    resolved = given(*history).when(resolve, by=ANN, commitments=[COMMITMENT, COMMITMENT]).then(RESOLVED)
    resolved.when(resolve, by=ANN).then_nothing()


@pytest.mark.parametrize("history", GOING_ON)
def test_it_is_let_go(history):
    given(*history).when(let_go, by=ANN).then(LET_GO).when(let_go, by=ANN).then_nothing()


def test_what_ended_one_way_is_reopened_before_it_ends_another():
    given(*TO_LET_GO).when(resolve, by=ANN).then_refused("reopen it first")
    given(*TO_RESOLVED).when(let_go, by=ANN).then_refused("reopen it first")


@pytest.mark.parametrize("history", ENDED)
def test_it_is_reopened(history):
    reopened = given(*history).when(reopen, by=ANN).then(ProblemReopened).when(reopen, by=ANN).then_nothing()
    assert (reopened.state(reopen).state, reopened.state(reopen).set) == ("open", None)


# Always


def test_who_may_ask_does_not_depend_on_what_became_of_it():
    permit(problem(*TO_RESOLVED), "reframe", ANN)
    permit(problem(*TO_BEING_WORKED), "name_blocker", BOB)
    permit(problem(REGISTERED), "enter_round", CAT)
    with pytest.raises(Forbidden):
        permit(problem(REGISTERED), "reframe", BOB)


def test_there_is_no_problem_before_it_was_registered():
    assert story(evolve).given(ENTERED).state() is None
    assert recall(ID).missing == "There is no such problem."


@whatever(histories(ProblemRegistered, ProblemEnteredRound, ProblemPickedUp, AssumptionTested, ProblemResolved))
def test_the_past_is_never_refused(history):
    never_refuses(evolve, history)


FOLLOWING: list[Ask] = [
    (name_blocker, {"text": "No time"}),
    (enter_round, {"round": ROUND}),
    (pick_up, {"set_id": SET, "members": [ANN, BOB]}),
    (carry_forward, {}),
]


@whatever(asking(*OWNERS, *FOLLOWING))
def test_every_event_is_one_step(asks):
    each_event_is_one_step(evolve, [REGISTERED], asks)
