"""How a promise comes about: asked for, offered or pledged, countered, agreed, or ended without one."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from service.domain.commitment import (
    accept,
    counter,
    decline,
    evolve,
    expire,
    offer,
    pledge,
    promise,
    request,
    revoke,
    withdraw,
)
from service.domain.events import (
    CommitmentDeclined,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    OfferAccepted,
    OfferWithdrawn,
    ProposalExpired,
    ProposalWithdrawn,
    RequestWithdrawn,
    TermsCountered,
)
from service.domain.words import Origin, Sealed, Terms
from tests.domain.promises import (
    CONVERSATION,
    COUNTERED,
    DECLINED,
    DUE,
    EXPIRED,
    LATER,
    OFFERED,
    OFFERED_TO_ALL,
    PLEDGED,
    PROMISED,
    REQUESTED,
    TERMS,
    WHAT,
    WITHDRAWN,
)
from tests.story import ANN, BOB, CAT, DAN, ID, MONDAY, given, happened, story, words

WISH = {"what": "review our data strategy", "due": DUE, "origin": CONVERSATION}
BEGUN = {"terms": TERMS, "origin": CONVERSATION}


def test_one_person_asks_another_and_is_the_one_it_will_be_promised_to():
    given().when(request, by=ANN, performer=BOB, **WISH).then(
        happened(
            CommitmentRequested, performer=BOB, beneficiary=ANN, what=words(ANN, "review our data strategy"), **BEGUN
        ),
        by=ANN,
    )


def test_nobody_asks_themselves():
    given().when(request, by=ANN, performer=ANN, **WISH).then_invalid("performer", "pledge it instead")


def test_a_request_says_whom_it_asks():
    given().when(request, by=ANN, performer=None, **WISH).then_invalid("performer")


def test_nobody_asks_for_somebody_else():
    given().when(request, by=ANN, performer=BOB, beneficiary=CAT, **WISH).then_invalid("beneficiary")


def test_one_person_offers_something_to_another():
    given().when(offer, by=BOB, beneficiary=ANN, **WISH).then(
        happened(
            CommitmentOffered, performer=BOB, beneficiary=ANN, what=words(BOB, "review our data strategy"), **BEGUN
        )
    )


def test_an_offer_may_be_for_whoever_in_the_network_accepts_first():
    offers = given().when(offer, by=BOB, performer=BOB, **WISH).then(CommitmentOffered)
    assert offers.state(accept).beneficiary is None


def test_nobody_offers_for_another():
    given().when(offer, by=ANN, performer=BOB, beneficiary=CAT, **WISH).then_forbidden("nobody offers for another")


def test_nobody_offers_to_themselves():
    given().when(offer, by=BOB, beneficiary=BOB, **WISH).then_invalid("beneficiary", "pledge it instead")


def test_a_pledge_is_a_promise_at_once_to_a_witness():
    pledged = given().when(pledge, by=BOB, beneficiary=ANN, **WISH)
    pledged.then(
        happened(
            CommitmentPledged, performer=BOB, beneficiary=ANN, what=words(BOB, "review our data strategy"), **BEGUN
        )
    ).when(promise, by=ANN).then_forbidden()


def test_a_pledge_without_a_witness_is_to_oneself():
    to_oneself = given().when(pledge, by=BOB, **WISH).then(CommitmentPledged).state(revoke)
    assert (to_oneself.beneficiary, to_oneself.state) == (BOB, "promised")


def test_nobody_pledges_for_another():
    given().when(pledge, by=ANN, performer=BOB, **WISH).then_forbidden("nobody promises for another")


@pytest.mark.parametrize("begin", [offer, pledge, request])
def test_the_service_promises_nothing(begin):
    given().when(begin, by=None, performer=BOB, **WISH).then_forbidden("The service")


@pytest.mark.parametrize(
    "origin",
    [None, Origin(type="link"), Origin(type="conversation"), Origin(type="set"), Origin(type="problem")],
    ids=lambda origin: origin.type if origin else "none",
)
def test_every_commitment_cites_where_it_comes_from(origin):
    given().when(pledge, by=BOB, **WISH | {"origin": origin}).then_invalid("origin")


def test_it_may_come_from_an_outside_link_whose_address_is_words():
    story_of_a_link = given().when(pledge, by=BOB, url="https://example.org", **WISH | {"origin": Origin(type="link")})
    cited = Origin(type="link", url=words(BOB, "https://example.org"))
    story_of_a_link.then(
        happened(
            CommitmentPledged,
            performer=BOB,
            beneficiary=BOB,
            what=words(BOB, "review our data strategy"),
            terms=TERMS,
            origin=cited,
        )
    )


def test_it_says_what_is_promised():
    given().when(pledge, by=BOB, **WISH | {"what": " "}).then_invalid("what")


def test_it_is_for_the_network_to_read_unless_told_otherwise():
    given().when(pledge, by=BOB, **WISH).then(
        happened(
            CommitmentPledged, performer=BOB, beneficiary=BOB, what=words(BOB, "review our data strategy"), **BEGUN
        )
    )
    given().when(pledge, by=BOB, tier="everybody", **WISH).then_invalid("tier")
    narrow_from_the_start = given().when(pledge, by=BOB, tier="set", **WISH).then(CommitmentPledged)
    assert narrow_from_the_start.state(revoke).tier == "set"


def test_a_due_day_in_the_past_is_a_fact_told_late():
    given().when(pledge, by=BOB, **WISH | {"due": date(2025, 1, 1)}).then(CommitmentPledged)


def test_only_the_performer_promises_what_is_asked():
    asked = given(REQUESTED)
    for somebody in (ANN, CAT, None):
        asked.when(promise, by=somebody).then_forbidden()
    asked.when(promise, by=BOB).then(
        happened(CommitmentPromised, performer=BOB, beneficiary=ANN, what=WHAT, terms=TERMS)
    )


def test_promising_twice_changes_nothing():
    given(REQUESTED, PROMISED).when(promise, by=BOB).then_nothing()


def test_what_was_declined_is_not_promised_any_more():
    given(REQUESTED, DECLINED).when(promise, by=BOB).then_refused("It was declined.")


def test_an_offer_becomes_a_promise_when_it_is_accepted():
    offered = given(OFFERED)
    offered.when(accept, by=BOB).then_forbidden("the other one answers")
    offered.when(accept, by=CAT).then_forbidden("between the two people")
    promised = offered.when(accept, by=ANN).then(
        happened(OfferAccepted, performer=BOB, beneficiary=ANN, what=OFFERED.what, terms=TERMS)
    )
    promised.when(accept, by=ANN).then_nothing()


def test_a_request_is_promised_and_not_accepted():
    given(REQUESTED).when(accept, by=BOB).then_refused("a request is promised")


def test_whoever_accepts_an_offer_to_the_network_first_is_the_one_it_is_promised_to():
    taken = (
        given(OFFERED_TO_ALL)
        .when(accept, by=CAT)
        .then(happened(OfferAccepted, performer=BOB, beneficiary=CAT, what=OFFERED.what, terms=TERMS))
    )
    taken.when(accept, by=CAT).then_nothing()
    taken.when(accept, by=DAN).then_refused("Somebody else has accepted this offer already.")


def test_nobody_accepts_their_own_offer_to_the_network():
    given(OFFERED_TO_ALL).when(accept, by=BOB).then_forbidden("your own offer")


def test_an_offer_to_the_network_that_has_ended_is_not_accepted():
    given(OFFERED_TO_ALL, EXPIRED).when(accept, by=CAT).then_refused("It expired without an answer.")


@pytest.mark.parametrize(("answer", "facts"), [(counter, {"due": LATER}), (decline, {})])
def test_others_neither_counter_nor_decline_what_is_offered_to_all(answer, facts):
    given(OFFERED_TO_ALL).when(answer, by=CAT, **facts).then_forbidden()
    given(OFFERED_TO_ALL).when(answer, by=BOB, **facts).then_forbidden()


def test_a_counter_suggests_another_day_and_keeps_the_rest():
    strict = happened(
        CommitmentRequested,
        by=ANN,
        performer=BOB,
        beneficiary=ANN,
        what=WHAT,
        terms=Terms(due=DUE, conditions=words(ANN, "in writing")),
        origin=CONVERSATION,
    )
    given(strict).when(counter, by=BOB, due=LATER).then(
        happened(TermsCountered, what=WHAT, terms=Terms(due=LATER, conditions=words(ANN, "in writing")))
    )


def test_a_counter_suggests_something_else_in_words_of_whoever_suggests_it():
    given(OFFERED).when(counter, by=ANN, what="come to our board").then(
        happened(TermsCountered, what=words(ANN, "come to our board"), terms=TERMS)
    )


def test_a_counter_differs_from_what_stands_proposed():
    given(REQUESTED).when(counter, by=BOB, due=DUE).then_refused("stand proposed already")
    given(REQUESTED).when(counter, by=BOB, what=WHAT.text, due=DUE).then_refused("stand proposed already")
    given(REQUESTED, COUNTERED).when(counter, by=ANN, due=LATER).then_refused("stand proposed already")
    given(REQUESTED).when(counter, by=BOB).then_invalid("due")


def test_a_counter_differs_also_from_words_that_only_the_ledger_can_read():
    locked = Sealed(subject=ANN, place="1/what", box=b"?")
    asked = given(happened(CommitmentRequested, by=ANN, performer=BOB, beneficiary=ANN, what=locked, **BEGUN))
    facts = {"unseal": {locked: "review it"}.get}
    asked.when(counter, by=BOB, what="review it", **facts).then_refused("stand proposed already")
    asked.when(counter, by=BOB, what="read it", **facts).then(TermsCountered)


def test_nobody_answers_their_own_proposal():
    for answer, facts in ((accept, {}), (decline, {}), (counter, {"due": date(2026, 6, 1)})):
        given(REQUESTED, COUNTERED).when(answer, by=BOB, **facts).then_forbidden("the other one answers")
        given(REQUESTED, COUNTERED).when(answer, by=CAT, **facts).then_forbidden("between the two people")


def test_terms_the_performer_suggested_become_a_promise_when_the_other_accepts_them():
    suggested = Terms(due=LATER)
    agreed = happened(CommitmentPromised, performer=BOB, beneficiary=ANN, what=WHAT, terms=suggested)
    given(REQUESTED, COUNTERED).when(accept, by=ANN).then(agreed).when(accept, by=ANN).then_nothing()


def test_terms_the_other_suggested_become_a_promise_only_when_the_performer_accepts_them():
    suggested = happened(TermsCountered, by=ANN, what=OFFERED.what, terms=Terms(due=LATER))
    given(OFFERED, suggested).when(accept, by=ANN).then_forbidden()
    given(OFFERED, suggested).when(accept, by=BOB).then(
        happened(CommitmentPromised, performer=BOB, beneficiary=ANN, what=OFFERED.what, terms=Terms(due=LATER))
    )


def test_declining_needs_no_reason():
    given(REQUESTED).when(decline, by=BOB).then(happened(CommitmentDeclined, reason=None))
    given(OFFERED).when(decline, by=ANN).then(CommitmentDeclined)
    given(REQUESTED, DECLINED).when(decline, by=BOB).then_nothing()


def test_a_reason_for_declining_is_words_of_whoever_declines():
    given(REQUESTED).when(decline, by=BOB, reason="no time before May").then(
        happened(CommitmentDeclined, reason=words(BOB, "no time before May"))
    )


def test_a_promise_is_not_declined():
    given(REQUESTED, PROMISED).when(decline, by=BOB).then_refused("It is promised.")


def test_whoever_asked_or_offered_may_take_it_back():
    given(REQUESTED).when(withdraw, by=ANN).then(RequestWithdrawn)
    given(REQUESTED).when(withdraw, by=BOB).then_forbidden("you can decline it")
    given(OFFERED_TO_ALL).when(withdraw, by=BOB).then(OfferWithdrawn)
    given(OFFERED).when(withdraw, by=ANN).then_forbidden("you can decline it")
    given(REQUESTED, WITHDRAWN).when(withdraw, by=ANN).then_nothing()


def test_while_terms_are_discussed_either_may_take_it_back():
    given(REQUESTED, COUNTERED).when(withdraw, by=ANN).then(ProposalWithdrawn)
    given(REQUESTED, COUNTERED).when(withdraw, by=BOB).then(ProposalWithdrawn)
    given(REQUESTED, COUNTERED).when(withdraw, by=CAT).then_forbidden()


def test_a_promise_is_revoked_and_not_withdrawn():
    given(PLEDGED).when(withdraw, by=BOB).then_refused("a promise is revoked")


FORTNIGHT = MONDAY + timedelta(days=14)


@pytest.mark.parametrize("proposal", [[REQUESTED], [OFFERED], [OFFERED_TO_ALL], [REQUESTED, COUNTERED]])
def test_a_proposal_without_an_answer_for_14_days_expires(proposal):
    given(*proposal).when(expire, now=FORTNIGHT - timedelta(seconds=1)).then_refused("14 days")
    expired = given(*proposal).when(expire, now=FORTNIGHT + timedelta(days=3), occurred_at=FORTNIGHT)
    expired.then(ProposalExpired, by=None, occurred_at=FORTNIGHT).when(expire).then_nothing()


def test_a_counter_gives_14_days_again():
    tuesday = MONDAY + timedelta(days=8)
    countered = happened(TermsCountered, by=BOB, at=tuesday, what=WHAT, terms=Terms(due=LATER))
    given(REQUESTED, countered).when(expire, now=FORTNIGHT).then_refused("14 days")
    given(REQUESTED, countered).when(expire, now=tuesday + timedelta(days=14)).then(ProposalExpired)


def test_14_days_count_from_when_it_was_recorded():
    told_late = given().when(request, by=ANN, performer=BOB, occurred_at=MONDAY - timedelta(days=30), **WISH)
    asked = told_late.then(CommitmentRequested)
    asked.when(expire).then_refused("14 days")
    countered = asked.when(counter, by=BOB, due=LATER, occurred_at=MONDAY - timedelta(days=30)).then(TermsCountered)
    countered.when(expire).then_refused("14 days")


def test_nobody_lets_a_proposal_expire():
    for somebody in (ANN, BOB, CAT):
        given(REQUESTED).when(expire, by=somebody, now=FORTNIGHT).then_forbidden("the service records it")


def test_what_is_promised_does_not_expire():
    given(REQUESTED, PROMISED).when(expire, now=FORTNIGHT).then_refused("It is promised.")


def test_before_anything_has_happened_there_is_no_commitment():
    assert evolve(None, PROMISED) is None
    assert story(evolve).given(REQUESTED).state().id == ID != UUID(int=0)
