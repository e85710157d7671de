"""Other terms while it is promised, and who may read it."""

import pytest

from service.domain.commitment import (
    admit_not_kept,
    agree_terms,
    declare_done,
    narrow,
    propose_terms,
    refuse_terms,
    release,
    revoke,
    send_back,
    widen,
)
from service.domain.events import (
    CompletionReturned,
    RenegotiationProposed,
    RenegotiationRefused,
    TermsRenegotiated,
    TierChanged,
    WideningAgreed,
)
from service.domain.words import Sealed, Terms
from tests.domain.promises import (
    ASKED_FOR_TIME,
    DECLARED,
    DUE,
    GIVEN_TIME,
    LATER,
    OFFERED_TO_ALL,
    OTHER_TERMS,
    PLEDGED_TO_ONESELF,
    PROMISED,
    RELEASED,
    REQUESTED,
    TERMS,
)
from tests.story import ANN, BOB, CAT, given, happened, words

promised = given(REQUESTED, PROMISED)
asked_for_time = given(REQUESTED, PROMISED, ASKED_FOR_TIME)


def test_either_of_the_two_asks_for_other_terms_and_the_old_ones_stay_in_force():
    for somebody in (ANN, BOB):
        asked = promised.when(propose_terms, by=somebody, due=LATER, why="she is on leave").then(
            happened(RenegotiationProposed, terms=Terms(due=LATER), why=words(somebody, "she is on leave"))
        )
        assert asked.state(agree_terms).due == DUE
    promised.when(propose_terms, by=CAT, due=LATER).then_forbidden("between the two people")


def test_other_conditions_keep_the_day():
    promised.when(propose_terms, by=BOB, conditions="by phone").then(
        happened(RenegotiationProposed, terms=Terms(due=DUE, conditions=words(BOB, "by phone")))
    )


def test_other_terms_differ_from_those_in_force():
    promised.when(propose_terms, by=BOB, due=DUE).then_refused("in force already")
    promised.when(propose_terms, by=BOB, why="just asking").then_invalid("due")


def test_conditions_that_only_the_ledger_can_read_are_compared_too():
    locked = Sealed(subject=BOB, place="3/terms", box=b"?")
    renegotiated = happened(TermsRenegotiated, by=ANN, number=2, terms=Terms(due=DUE, conditions=locked))
    agreed = given(REQUESTED, PROMISED, ASKED_FOR_TIME, renegotiated)
    facts = {"unseal": {locked: "by phone"}.get}
    agreed.when(propose_terms, by=BOB, conditions="by phone", **facts).then_refused("in force already")
    agreed.when(propose_terms, by=BOB, conditions="in person", **facts).then(RenegotiationProposed)


def test_one_question_of_other_terms_is_open_at_a_time():
    for somebody in (ANN, BOB):
        asked_for_time.when(propose_terms, by=somebody, due=LATER).then_refused("being asked for already")


def test_the_other_one_agrees_and_the_first_day_is_never_lost():
    agreed = asked_for_time.when(agree_terms, by=ANN).then(happened(TermsRenegotiated, number=2, terms=OTHER_TERMS))
    assert agreed.state(agree_terms).terms == (TERMS, OTHER_TERMS)
    again = agreed.when(propose_terms, by=ANN, due=DUE).then(RenegotiationProposed)
    again.when(agree_terms, by=BOB).then(happened(TermsRenegotiated, number=3, terms=TERMS))


def test_the_other_one_may_refuse_and_the_terms_stay():
    refused = asked_for_time.when(refuse_terms, by=ANN).then(RenegotiationRefused)
    assert refused.state(agree_terms).terms == (TERMS,)
    refused.when(propose_terms, by=BOB, due=LATER).then(RenegotiationProposed)


@pytest.mark.parametrize("answer", [agree_terms, refuse_terms])
def test_nobody_answers_their_own_question_and_only_an_open_one_is_answered(answer):
    asked_for_time.when(answer, by=BOB).then_forbidden("You asked for these terms")
    asked_for_time.when(answer, by=CAT).then_forbidden("between the two people")
    promised.when(answer, by=ANN).then_refused("Nobody is asking for other terms.")


def test_when_it_is_promised_no_more_the_answer_says_so():
    given(REQUESTED, PROMISED, RELEASED).when(agree_terms, by=ANN).then_refused("was released")


def test_what_is_promised_to_oneself_is_renegotiated_at_once():
    own = given(PLEDGED_TO_ONESELF)
    own.when(propose_terms, by=BOB, due=LATER).then(
        happened(RenegotiationProposed, terms=OTHER_TERMS), happened(TermsRenegotiated, number=2, terms=OTHER_TERMS)
    )


@pytest.mark.parametrize(
    ("ending", "by", "facts"),
    [
        (declare_done, BOB, {"no_evidence_because": "a phone call"}),
        (revoke, BOB, {}),
        (release, ANN, {}),
        (admit_not_kept, BOB, {}),
    ],
)
def test_an_open_question_of_terms_ends_with_the_promise(ending, by, facts):
    ended = asked_for_time.when(ending, by=by, **facts)
    state = ended.story.given(ended.decide()).state(agree_terms)
    assert state.renegotiation is None
    assert state.terms == (TERMS,)


def test_nor_is_it_open_again_when_what_was_declared_is_sent_back():
    back = given(REQUESTED, PROMISED, ASKED_FOR_TIME, DECLARED).when(send_back, by=ANN, why="not yet")
    back.then(CompletionReturned).when(agree_terms, by=ANN).then_refused("Nobody is asking")


def test_terms_are_not_renegotiated_before_or_after_the_promise():
    given(REQUESTED).when(propose_terms, by=BOB, due=LATER).then_refused("while it is promised")
    given(REQUESTED, PROMISED, GIVEN_TIME, RELEASED).when(propose_terms, by=BOB, due=DUE).then_refused("released")


def test_either_of_the_two_narrows_at_once_whatever_the_state():
    to_the_set = happened(TierChanged, tier="set")
    for told in (given(REQUESTED), promised, given(REQUESTED, PROMISED, RELEASED)):
        told.when(narrow, by=ANN).then(to_the_set).when(narrow, by=BOB).then_nothing()
        told.when(narrow, by=CAT).then_forbidden("between the two people")


def test_widening_needs_both():
    agreed = promised.when(widen, by=BOB, tier="open").then(happened(WideningAgreed, tier="open"))
    assert agreed.state(widen).tier == "network"
    agreed.when(widen, by=BOB, tier="open").then_nothing()
    agreed.when(widen, by=CAT, tier="open").then_forbidden()
    agreed.when(widen, by=ANN, tier="open").then(happened(TierChanged, tier="open"))


def test_it_is_widened_as_far_as_the_more_hesitant_goes():
    narrowed = promised.when(narrow, by=ANN).then(TierChanged)
    far = narrowed.when(widen, by=BOB, tier="open").then(WideningAgreed)
    as_far = far.when(widen, by=ANN, tier="network").then(happened(TierChanged, tier="network"))
    as_far.when(widen, by=ANN, tier="open").then(happened(TierChanged, tier="open"))
    near = narrowed.when(widen, by=BOB, tier="network").then(WideningAgreed)
    near.when(widen, by=ANN, tier="open").then(
        happened(WideningAgreed, tier="open"), happened(TierChanged, tier="network")
    ).when(widen, by=BOB, tier="open").then(happened(TierChanged, tier="open"))


def test_narrowing_takes_back_what_was_agreed():
    agreed = promised.when(widen, by=BOB, tier="open").then(WideningAgreed)
    narrowed = agreed.when(narrow, by=ANN).then(TierChanged)
    narrowed.when(widen, by=ANN, tier="open").then(happened(WideningAgreed, tier="open"))
    half_way = narrowed.when(widen, by=ANN, tier="open").then(WideningAgreed)
    half_way.when(narrow, by=BOB).then(happened(TierChanged, tier="set")).when(widen, by=BOB, tier="open").then(
        WideningAgreed
    )


@pytest.mark.parametrize("alone", [PLEDGED_TO_ONESELF, OFFERED_TO_ALL])
def test_whoever_is_alone_in_it_widens_alone(alone):
    given(alone).when(widen, by=BOB, tier="open").then(happened(TierChanged, tier="open"))
    given(alone).when(widen, by=ANN, tier="open").then_forbidden()


def test_widening_goes_to_more_people_than_read_it_now():
    promised.when(widen, by=BOB, tier="network").then_refused("its tier is network")
    promised.when(widen, by=BOB, tier="set").then_invalid("tier", "network, open")
