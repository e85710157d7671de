"""A goal: anybody adopts one, a party links what came of a promise, anybody says how it goes, and it is let go."""

from datetime import timedelta
from typing import Any

from service.domain.commitment import confirm
from service.domain.events import (
    CompletionConfirmed,
    GoalAdopted,
    GoalRetired,
    GoalReviewed,
    OutcomeLinked,
    OutcomeUnlinked,
    PromiseAssessedNotKept,
    StandingActivityAdopted,
)
from service.domain.goal import adopt, adopt_activity, evolve, link_outcome, retire, review, unlink_outcome
from tests.domain.promises import PLEDGED
from tests.story import ANN, BOB, CAT, MONDAY, given, happened, person, story, words

HORIZON = MONDAY.date() + timedelta(days=365)
ADOPTED = happened(GoalAdopted, question=words(ANN, "How do we stop drifting back?"), horizon=HORIZON, by=ANN)
ACTIVITY = person("Calls")
PLANNED: dict[str, Any] = {"what": "Breakfast", "format": "breakfast_call", "planned": 12}
RETIRED = happened(GoalRetired)


def test_anybody_adopts_a_goal_that_lies_ahead():
    asked = {"question": " How do we stop drifting back? ", "horizon": HORIZON}
    given().when(adopt, by=ANN, **asked).then(ADOPTED)
    given().when(adopt, by=ANN, question=" ", horizon=HORIZON).then_invalid("question")
    given().when(adopt, by=ANN, question="x", horizon=MONDAY.date()).then_invalid("horizon", "lies ahead")
    given().when(adopt, **asked).then_forbidden("by people")


def test_a_goal_told_late_had_its_horizon_ahead_then():
    then = MONDAY - timedelta(days=400)
    asked = {"question": "x", "horizon": MONDAY.date() - timedelta(days=300)}
    given().when(adopt, by=ANN, occurred_at=then, **asked).then(GoalAdopted)


def test_something_is_done_for_it_again_and_again():
    given(ADOPTED).when(adopt_activity, by=BOB, activity=ACTIVITY, **PLANNED).then(
        happened(StandingActivityAdopted, **PLANNED | {"activity": ACTIVITY, "what": words(BOB, "Breakfast")})
    )
    given(ADOPTED).when(adopt_activity, by=BOB, activity=ACTIVITY, **PLANNED | {"planned": 0}).then_invalid("planned")
    given(ADOPTED).when(adopt_activity, by=BOB, activity=ACTIVITY, **PLANNED | {"format": "x"}).then_invalid("format")
    given(ADOPTED, RETIRED).when(adopt_activity, by=BOB, activity=ACTIVITY, **PLANNED).then_refused("retired")


KEPT = given(PLEDGED, happened(CompletionConfirmed)).state(confirm)
NOT_KEPT = given(PLEDGED, happened(PromiseAssessedNotKept)).state(confirm)


def test_a_party_of_a_kept_commitment_says_that_it_bears_on_the_goal():
    linked = given(ADOPTED).when(link_outcome, KEPT, by=BOB).then(happened(OutcomeLinked, commitment=KEPT.id))
    linked.when(link_outcome, KEPT, by=ANN).then_nothing()
    linked.when(unlink_outcome, KEPT, by=ANN).then(happened(OutcomeUnlinked, commitment=KEPT.id))
    linked.when(unlink_outcome, KEPT, by=CAT).then_forbidden("Only its parties")
    given(ADOPTED).when(unlink_outcome, KEPT, by=ANN).then_nothing()
    given(ADOPTED).when(link_outcome, KEPT, by=CAT).then_forbidden("Only its parties")
    given(ADOPTED).when(link_outcome, NOT_KEPT, by=BOB).then_refused("is not kept")
    given(ADOPTED, RETIRED).when(link_outcome, KEPT, by=BOB).then_refused("retired")


def test_anybody_says_how_it_goes_in_words():
    given(ADOPTED).when(review, by=CAT, narrative="Slowly.").then(
        happened(GoalReviewed, narrative=words(CAT, "Slowly."))
    )
    given(ADOPTED).when(review, by=CAT, narrative=" ").then_invalid("narrative")
    given(ADOPTED, RETIRED).when(review, by=CAT, narrative="Slowly.").then_refused("retired")


def test_whoever_adopted_it_retires_it():
    given(ADOPTED).when(retire, by=ANN).then(GoalRetired)
    given(ADOPTED, RETIRED).when(retire, by=ANN).then_nothing()
    given(ADOPTED).when(retire, by=BOB).then_forbidden("Only whoever adopted")


def test_there_is_no_goal_before_one_is_adopted():
    assert story(evolve).given(RETIRED).state() is None
