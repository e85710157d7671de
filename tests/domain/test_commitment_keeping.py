"""What becomes of a promise: acted on, declared done and confirmed, or revoked, released, not kept; and its outcome."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.commitment import (
    ShownBy,
    admit_not_kept,
    assess_not_kept,
    confirm,
    declare_done,
    lapse,
    release,
    report_outcome,
    review_outcome,
    revoke,
    send_back,
    state_confidence,
    take_action,
)
from service.domain.events import (
    ActionTaken,
    CompletionConfirmed,
    CompletionDeclared,
    CompletionReturned,
    ConfidenceStated,
    ConfirmationLapsed,
    OutcomeReported,
    OutcomeReviewed,
    PromiseAdmittedNotKept,
    PromiseAssessedNotKept,
    PromiseRevoked,
    PromiserReleased,
)
from service.domain.words import Evidence
from tests.domain.promises import (
    ADMITTED,
    ASKED_FOR_TIME,
    CONFIRMED,
    DECLARED,
    DUE,
    GIVEN_TIME,
    LAPSED,
    LATER,
    NOT_KEPT,
    PLEDGED,
    PLEDGED_TO_ONESELF,
    PROMISED,
    RELEASED,
    REQUESTED,
    REVOKED,
)
from tests.story import ANN, BOB, CAT, MONDAY, given, happened, words

MINUTES = ShownBy(kind="link", ref="https://example.org/minutes", text="the minutes")
MINUTES_SEALED = Evidence(kind="link", ref=words(BOB, "https://example.org/minutes"), text=words(BOB, "the minutes"))
ON_THE_DAY = datetime(2026, 4, 1, 22, 59, tzinfo=UTC)  # 23:59 in London, where it is summer time
AFTER_THE_DAY = datetime(2026, 4, 1, 23, tzinfo=UTC)  # midnight in London

promised = given(REQUESTED, PROMISED)
declared = given(REQUESTED, PROMISED, DECLARED)
unconfirmed = given(REQUESTED, PROMISED, DECLARED, LAPSED)
kept = given(REQUESTED, PROMISED, DECLARED, CONFIRMED)


def test_an_action_is_told_by_whoever_promised_and_may_show_evidence():
    promised.when(take_action, by=BOB, what="spoke to her", evidence=[MINUTES]).then(
        happened(ActionTaken, what=words(BOB, "spoke to her"), evidence=(MINUTES_SEALED,))
    )
    promised.when(take_action, by=BOB, what="spoke to her").then(
        happened(ActionTaken, what=words(BOB, "spoke to her"), evidence=())
    )


def test_nobody_else_tells_of_actions():
    promised.when(take_action, by=ANN, what="saw him speak to her").then_forbidden("Only the person who promised it")


def test_actions_are_taken_on_what_is_promised():
    given(REQUESTED).when(take_action, by=BOB, what="spoke to her").then_refused("not been answered yet")
    promised.when(take_action, by=BOB, what="  ").then_invalid("what")
    promised.when(take_action, by=BOB, what="x", evidence=[ShownBy(kind="rumour")]).then_invalid("evidence", "document")


def test_how_it_is_going_is_said_by_whoever_promised_as_often_as_they_like():
    stuck = happened(ConfidenceStated, confidence="stuck")
    promised.when(state_confidence, by=BOB, confidence="stuck").then(stuck).when(
        state_confidence, by=BOB, confidence="stuck"
    ).then(stuck)
    promised.when(state_confidence, by=ANN, confidence="stuck").then_forbidden()
    promised.when(state_confidence, by=BOB, confidence="amber").then_invalid("confidence", "at_risk")
    kept.when(state_confidence, by=BOB, confidence="on_track").then_refused()


def test_done_needs_evidence():
    promised.when(declare_done, by=BOB, evidence=[MINUTES]).then(
        happened(CompletionDeclared, evidence=(MINUTES_SEALED,), none_because=None)
    )
    promised.when(declare_done, by=BOB).then_invalid("evidence", "no_evidence_because")
    promised.when(declare_done, by=BOB, no_evidence_because=" ").then_invalid("evidence")


def test_or_a_plain_no_evidence_because():
    promised.when(declare_done, by=BOB, no_evidence_because="it was a phone call").then(
        happened(CompletionDeclared, evidence=(), none_because=words(BOB, "it was a phone call"))
    )
    promised.when(declare_done, by=BOB, evidence=[MINUTES], no_evidence_because="none").then_invalid(
        "no_evidence_because"
    )


def test_only_the_performer_declares_it_done_and_once():
    for somebody in (ANN, CAT, None):
        promised.when(declare_done, by=somebody, evidence=[MINUTES]).then_forbidden()
    declared.when(declare_done, by=BOB, evidence=[MINUTES]).then_refused("It has been declared done.")


def test_only_the_person_it_was_promised_to_confirms():
    declared.when(confirm, by=ANN).then(happened(CompletionConfirmed, self_assessed=False), by=ANN)
    for somebody in (BOB, CAT, None):
        declared.when(confirm, by=somebody).then_forbidden()
    declared.when(confirm, by=BOB).then_forbidden("Only the person it was promised to can confirm")


def test_confirming_twice_changes_nothing():
    kept.when(confirm, by=ANN).then_nothing()


def test_it_is_confirmed_once_it_has_been_declared():
    promised.when(confirm, by=ANN).then_refused("once the person who promised it has declared it done")


def test_late_confirmation_is_allowed():
    unconfirmed.when(confirm, by=ANN).then(CompletionConfirmed)


def test_a_promise_to_oneself_is_confirmed_by_oneself_and_shown_as_self_assessed():
    given(PLEDGED_TO_ONESELF, DECLARED).when(confirm, by=BOB).then(happened(CompletionConfirmed, self_assessed=True))
    given(PLEDGED_TO_ONESELF, DECLARED).when(confirm, by=ANN).then_forbidden()


def test_a_pledge_to_a_witness_is_confirmed_by_the_witness():
    given(PLEDGED, DECLARED).when(confirm, by=BOB).then_forbidden()
    given(PLEDGED, DECLARED).when(confirm, by=ANN).then(happened(CompletionConfirmed, self_assessed=False))


def test_what_is_sent_back_says_what_is_missing_and_is_promised_as_before():
    for told in (declared, unconfirmed):
        back = told.when(send_back, by=ANN, why="she has not answered").then(
            happened(CompletionReturned, why=words(ANN, "she has not answered"))
        )
        back.when(declare_done, by=BOB, evidence=[MINUTES]).then(CompletionDeclared)
    declared.when(send_back, by=ANN, why="").then_invalid("why")
    declared.when(send_back, by=BOB, why="I was too fast").then_forbidden()
    kept.when(send_back, by=ANN, why="on second thoughts").then_refused("It has been kept.")


def test_a_declaration_that_nobody_confirms_for_21_days_lapses():
    due = MONDAY + timedelta(days=21)
    declared.when(lapse, now=due - timedelta(seconds=1)).then_refused("21 days")
    declared.when(lapse, now=due + timedelta(hours=1), occurred_at=due).then(
        ConfirmationLapsed, by=None, occurred_at=due
    )
    unconfirmed.when(lapse, now=due).then_nothing()


def test_21_days_count_again_when_it_is_declared_again():
    sent_back = declared.when(send_back, by=ANN, why="not yet").then(CompletionReturned)
    later = MONDAY + timedelta(days=10)
    again = sent_back.when(declare_done, by=BOB, evidence=[MINUTES], now=later).then(CompletionDeclared)
    again.when(lapse, now=MONDAY + timedelta(days=21)).then_refused("21 days")
    again.when(lapse, now=later + timedelta(days=21)).then(ConfirmationLapsed)


def test_nobody_lets_a_confirmation_lapse():
    for somebody in (ANN, BOB, CAT):
        declared.when(lapse, by=somebody, now=MONDAY + timedelta(days=30)).then_forbidden("the service records it")


@pytest.mark.parametrize("judgement", [confirm, assess_not_kept, admit_not_kept, release, revoke])
def test_the_service_never_judges(judgement):
    declared.when(judgement, by=None, now=AFTER_THE_DAY).then_forbidden("The service never judges")


def test_a_promise_can_be_revoked_with_notice_until_the_due_day_is_over():
    promised.when(revoke, by=BOB, now=ON_THE_DAY).then(happened(PromiseRevoked, with_notice=True))
    promised.when(revoke, by=BOB, now=AFTER_THE_DAY).then(happened(PromiseRevoked, with_notice=False))


def test_notice_that_was_not_written_down_in_time_is_no_notice():
    promised.when(revoke, by=BOB, now=AFTER_THE_DAY, occurred_at=MONDAY).then(
        happened(PromiseRevoked, with_notice=False), occurred_at=MONDAY
    )


def test_only_whoever_promised_revokes_and_only_what_is_promised():
    promised.when(revoke, by=ANN).then_forbidden("Only the person who promised it")
    given(REQUESTED, PROMISED, REVOKED).when(revoke, by=BOB).then_nothing()
    declared.when(revoke, by=BOB).then_refused("It has been declared done.")


def test_the_person_it_was_promised_to_can_let_go_and_is_not_asked_why():
    promised.when(release, by=ANN).then(PromiserReleased)
    promised.when(release, by=BOB).then_forbidden("Only the person it was promised to")
    given(REQUESTED, PROMISED, RELEASED).when(release, by=ANN).then_nothing()
    kept.when(release, by=ANN).then_refused("It has been kept.")


def test_not_kept_is_said_by_the_person_it_was_promised_to_once_the_day_is_over_in_london():
    promised.when(assess_not_kept, by=ANN, now=ON_THE_DAY).then_refused(f"It is due on {DUE}")
    told = promised.when(assess_not_kept, by=ANN, now=AFTER_THE_DAY).then(PromiseAssessedNotKept)
    told.when(assess_not_kept, by=ANN).then_nothing()
    promised.when(assess_not_kept, by=BOB, now=AFTER_THE_DAY).then_forbidden("Only the person it was promised to")


def test_the_day_that_counts_is_the_one_agreed_last():
    given_time = given(REQUESTED, PROMISED, ASKED_FOR_TIME, GIVEN_TIME)
    given_time.when(assess_not_kept, by=ANN, now=AFTER_THE_DAY).then_refused(f"It is due on {LATER}")
    only_asked = given(REQUESTED, PROMISED, ASKED_FOR_TIME)
    only_asked.when(assess_not_kept, by=ANN, now=AFTER_THE_DAY).then(PromiseAssessedNotKept)


def test_the_performer_may_admit_that_it_was_not_kept_and_say_what_was_learnt():
    promised.when(admit_not_kept, by=BOB).then(happened(PromiseAdmittedNotKept, learning=None))
    promised.when(admit_not_kept, by=BOB, learning="ask sooner").then(
        happened(PromiseAdmittedNotKept, learning=words(BOB, "ask sooner"))
    )
    promised.when(admit_not_kept, by=ANN).then_forbidden("Only the person who promised it")
    given(REQUESTED, PROMISED, ADMITTED).when(admit_not_kept, by=BOB).then_nothing()
    given(REQUESTED, PROMISED, NOT_KEPT).when(admit_not_kept, by=BOB).then_refused("It was not kept.")


def test_either_of_the_two_tells_what_came_of_it_once_it_is_kept():
    for somebody in (ANN, BOB):
        kept.when(report_outcome, by=somebody, scale="local_change", contribution="helped").then(
            happened(OutcomeReported, scale="local_change", contribution="helped")
        )
    kept.when(report_outcome, by=CAT, scale="none", contribution="unclear").then_forbidden("between the two people")
    unconfirmed.when(report_outcome, by=ANN, scale="none", contribution="unclear").then_refused("once it is kept")


def test_an_outcome_has_a_scale_and_a_contribution_and_no_number():
    kept.when(report_outcome, by=ANN, scale="9", contribution="helped").then_invalid("scale", "system_change")
    kept.when(report_outcome, by=ANN, scale="none", contribution="caused").then_invalid("contribution", "enabled")


def test_whether_it_lasted_is_said_whenever_somebody_knows_and_again():
    lasted = kept.when(review_outcome, by=BOB, verdict="sustained").then(happened(OutcomeReviewed, verdict="sustained"))
    lasted.when(review_outcome, by=ANN, verdict="drifted_back").then(OutcomeReviewed)
    kept.when(review_outcome, by=CAT, verdict="unknown").then_forbidden()
    kept.when(review_outcome, by=ANN, verdict="great").then_invalid("verdict", "drifted_back")
    promised.when(review_outcome, by=ANN, verdict="sustained").then_refused("once it is kept")
