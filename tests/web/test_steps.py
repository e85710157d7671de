"""What a commitment's page offers is what the machine of commitments allows, and to whom it allows it."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from service.web.steps import steps_for

ANN, BEN, CAT = (UUID(int=number) for number in (1, 2, 3))
PERFORMER, BENEFICIARY = ANN, BEN
# State, what stands proposed and by whom, who looks, and the commands of the transition table that are theirs.
RULES: list[tuple[str, UUID | None, UUID, set[str]]] = [
    ("requested", BEN, ANN, {"promise", "counter", "decline"}),
    ("requested", BEN, BEN, {"withdraw"}),
    ("offered", ANN, BEN, {"accept", "counter", "decline"}),
    ("offered", ANN, ANN, {"withdraw"}),
    ("countered", ANN, BEN, {"accept", "counter", "decline", "withdraw"}),
    ("countered", ANN, ANN, {"withdraw"}),
    ("promised", None, BEN, {"propose-terms", "release"}),
    ("promised", ANN, BEN, {"agree-terms", "refuse-terms", "release"}),
    ("declared", None, BEN, {"confirm", "send-back"}),
    ("declared", None, ANN, set()),
    ("unconfirmed", None, BEN, {"confirm", "send-back"}),
    ("kept", None, ANN, {"report-outcome"}),
    ("kept", None, BEN, {"report-outcome"}),
]
PERFORMS = {"take-action", "state-confidence", "declare-done", "revoke", "admit-not-kept"}
RULES += [
    ("promised", None, ANN, {*PERFORMS, "propose-terms"}),
    ("promised", BEN, ANN, {*PERFORMS, "agree-terms", "refuse-terms"}),
    ("promised", ANN, ANN, PERFORMS),
]
OVER = ("declined", "withdrawn", "expired", "revoked", "released", "not_kept")


def commitment(state: str, author: UUID | None = None, **facts: Any) -> Any:
    proposal = SimpleNamespace(by=author) if author else None
    usual = {"performer": PERFORMER, "beneficiary": BENEFICIARY, "overdue": False, "outcomes": []}
    return SimpleNamespace(**{**usual, "state": state, "proposal": proposal, **facts})


def offered(commitment: Any, who: UUID | None) -> set[str]:
    return {step.command for step in steps_for(commitment, who)}


@pytest.mark.parametrize(("state", "author", "who", "theirs"), RULES)
def test_each_party_is_offered_what_is_theirs(state, author, who, theirs):
    assert offered(commitment(state, author), who) == theirs


@pytest.mark.parametrize("state", sorted({state for state, *_ in RULES} | set(OVER)))
def test_whoever_is_no_party_is_offered_nothing(state):
    assert offered(commitment(state), CAT) == set()
    assert offered(commitment(state), None) == set()


@pytest.mark.parametrize("state", OVER)
def test_what_is_over_is_over(state):
    assert offered(commitment(state), ANN) == offered(commitment(state), BEN) == set()


def test_what_is_offered_to_the_network_can_be_accepted_by_anybody_but_its_performer():
    open_to_all = commitment("offered", ANN, beneficiary=None)
    assert "accept" in offered(open_to_all, CAT)
    assert offered(open_to_all, ANN) == {"withdraw"}


def test_nobody_says_that_a_promise_was_not_kept_before_it_was_due():
    assert "assess-not-kept" not in offered(commitment("promised"), BEN)
    assert "assess-not-kept" in offered(commitment("promised", overdue=True), BEN)


def test_whoever_promised_themselves_confirms_for_themselves():
    own = commitment("declared", beneficiary=ANN)
    assert offered(own, ANN) == {"confirm", "send-back"}


def test_whether_it_lasted_is_asked_once_something_came_of_it():
    told = commitment("kept", outcomes=[SimpleNamespace(verdict=None)])
    assert offered(told, BEN) == {"report-outcome", "review-outcome"}
    looked_at = commitment("kept", outcomes=[SimpleNamespace(verdict="sustained")])
    assert offered(looked_at, BEN) == {"report-outcome"}


def test_the_step_most_people_come_for_stands_first():
    assert steps_for(commitment("promised", BEN), ANN)[0].command == "agree-terms"
    assert steps_for(commitment("requested", BEN), ANN)[0].command == "promise"
