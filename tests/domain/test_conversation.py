"""Somebody convenes a conversation, people sign up, it is held, and they say that they were there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as whatever

from service.domain.conversation import (
    FORMATS,
    Conversation,
    attend,
    cancel,
    convene,
    evolve,
    hold,
    permit,
    recall,
    reschedule,
    sign_up,
    withdraw_sign_up,
)
from service.domain.events import (
    AttendanceConfirmed,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    ConversationRescheduled,
    SignedUp,
    SignUpWithdrawn,
)
from service.domain.refusals import Forbidden
from tests.domain.histories import Ask, asking, each_event_is_one_step, histories, never_refuses
from tests.story import ANN, BOB, CAT, ID, MONDAY, given, happened, person, story, words

SET, CAUSE = person("Set"), person("Cause")
THURSDAY = MONDAY + timedelta(days=3)
PLANNED: dict[str, Any] = {"format": "breakfast_call", "starts_at": THURSDAY, "minutes": 30, "mode": "virtual"}

CONVENED = happened(ConversationConvened, **PLANNED, title=words(ANN, "Breakfast"), by=ANN)
FOR_TWO = happened(ConversationConvened, **PLANNED, title=words(ANN, "Breakfast"), capacity=2, by=ANN)
OF_SET = happened(ConversationConvened, **PLANNED, title=words(ANN, "We meet"), set=SET, by=ANN)
ANN_COMES = happened(SignedUp, director=ANN)
BOB_COMES = happened(SignedUp, director=BOB)
HELD = happened(ConversationHeld)
CANCELLED = happened(ConversationCancelled)


def conversation(*events) -> Conversation:
    state = given(*events).state(hold)
    assert isinstance(state, Conversation)
    return state


# Convening


def test_anybody_convenes_a_conversation():
    given().when(convene, by=ANN, **PLANNED, title=" Breakfast").then(CONVENED)


@pytest.mark.parametrize("format", FORMATS)
def test_it_has_one_of_ten_formats(format):
    given().when(convene, by=ANN, **PLANNED | {"format": format}, title="We meet").then(ConversationConvened)


def test_more_may_be_said_of_it():
    more: dict[str, Any] = {"capacity": 12, "series": "breakfasts", "host_event": "Civil Service Live"}
    given().when(convene, by=ANN, **PLANNED, **more, title="Breakfast", causes=[CAUSE, CAUSE]).then(
        happened(
            ConversationConvened,
            **PLANNED,
            title=words(ANN, "Breakfast"),
            capacity=12,
            series=words(ANN, "breakfasts"),
            host_event=words(ANN, "Civil Service Live"),
            causes=(CAUSE,),
        )
    )


def test_it_may_have_started_long_ago():
    given().when(convene, by=ANN, **PLANNED | {"starts_at": MONDAY - timedelta(days=90)}, title="Breakfast").then(
        ConversationConvened
    )


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("format", "séance", "breakfast_call, themed_event, set_meeting"),
        ("title", "", "a few words are needed"),
        ("mode", "telepathy", "in_person or virtual"),
        ("starts_at", datetime(2026, 3, 5, 9), "offset from UTC"),  # noqa: DTZ001
        ("starts_at", datetime(9999, 12, 31, 23, tzinfo=UTC), "The year 9999"),
        ("minutes", 4, "from 5 minutes to a day"),
        ("minutes", 1441, "from 5 minutes to a day"),
        ("capacity", 0, "at least one person"),
    ],
)
def test_it_is_not_convened_with_what_cannot_be_meant(field, wrong, sentence):
    facts = PLANNED | {"title": "Breakfast", field: wrong}
    given().when(convene, by=ANN, **facts).then_invalid(field, sentence)


def test_it_is_convened_for_a_set_by_one_of_its_members():
    given().when(convene, by=ANN, **PLANNED, title="We meet", set=SET, set_members=[ANN, BOB]).then(OF_SET)
    outside = given().when(convene, by=CAT, **PLANNED, title="We meet", set=SET, set_members=[ANN, BOB])
    outside.then_forbidden("Only a member of a set")
    given().when(convene, by=ANN, **PLANNED, title="We meet", set=SET).then_forbidden("Only a member of a set")
    given().when(convene, **PLANNED, title="We meet").then_forbidden("Only a person")


# Moving and cancelling


def test_whoever_convened_it_moves_it():
    moved = given(CONVENED).when(reschedule, by=ANN, starts_at=THURSDAY + timedelta(days=7), minutes=45)
    later = moved.then(happened(ConversationRescheduled, starts_at=THURSDAY + timedelta(days=7), minutes=45))
    later.when(reschedule, by=ANN, starts_at=THURSDAY + timedelta(days=7)).then_nothing()
    later.when(reschedule, by=ANN, starts_at=THURSDAY).then(
        happened(ConversationRescheduled, starts_at=THURSDAY, minutes=45)
    )
    later.when(reschedule, by=ANN, starts_at=THURSDAY, minutes=2).then_invalid("minutes")
    later.when(reschedule, by=ANN, starts_at=THURSDAY.replace(tzinfo=None)).then_invalid("starts_at")


def test_whoever_convened_it_cancels_it():
    given(CONVENED).when(cancel, by=ANN).then(CANCELLED).when(cancel, by=ANN).then_nothing()


def test_nobody_else_moves_or_cancels_it():
    given(CONVENED).when(reschedule, by=BOB, starts_at=MONDAY).then_forbidden("Only whoever convened")
    given(OF_SET).when(cancel, by=BOB).then_forbidden("Only whoever convened")


@pytest.mark.parametrize(("ending", "sentence"), [(HELD, "has been held"), (CANCELLED, "was cancelled")])
def test_what_is_over_is_neither_moved_nor_signed_up_for(ending, sentence):
    over = given(CONVENED, BOB_COMES, ending)
    over.when(reschedule, by=ANN, starts_at=MONDAY).then_refused(sentence)
    over.when(sign_up, by=CAT).then_refused(sentence)
    over.when(withdraw_sign_up, by=BOB).then_refused(sentence)
    given(CONVENED, HELD).when(cancel, by=ANN).then_refused("has been held")


# Signing up


def test_anybody_signs_up_and_withdraws():
    coming = given(CONVENED).when(sign_up, by=BOB).then(BOB_COMES)
    coming.when(sign_up, by=BOB).then_nothing()
    gone = coming.when(withdraw_sign_up, by=BOB).then(happened(SignUpWithdrawn, director=BOB))
    gone.when(withdraw_sign_up, by=BOB).then_nothing()
    assert gone.state(hold).signed_up == ()


def test_there_is_room_for_so_many():
    full = given(FOR_TWO, ANN_COMES).when(sign_up, by=BOB).then(BOB_COMES)
    full.when(sign_up, by=CAT).then_refused("All 2 places are taken")
    full.when(sign_up, by=BOB).then_nothing()
    full.when(withdraw_sign_up, by=ANN).then(SignUpWithdrawn).when(sign_up, by=CAT).then(SignedUp)


def test_people_sign_up_themselves():
    given(CONVENED).when(sign_up).then_forbidden("each for themselves")
    given(CONVENED).when(withdraw_sign_up).then_forbidden("each for themselves")


# Holding


def test_whoever_convened_it_says_that_it_was_held():
    given(CONVENED).when(hold, by=ANN).then(HELD).when(hold, by=ANN).then_nothing()
    given(CONVENED).when(hold, by=BOB).then_forbidden("a member of its set")


def test_a_member_of_its_set_says_that_it_was_held():
    given(OF_SET).when(hold, by=BOB, set_members=[ANN, BOB]).then(HELD)
    given(OF_SET).when(hold, by=CAT, set_members=[ANN, BOB]).then_forbidden("a member of its set")


def test_told_late_it_was_held_by_its_planned_end():
    late = THURSDAY + timedelta(days=4)
    given(CONVENED).when(hold, by=ANN, now=late).then(
        HELD, occurred_at=THURSDAY + timedelta(minutes=30), recorded_at=late
    )


def test_it_may_be_held_before_its_planned_start():
    early = THURSDAY - timedelta(days=1)
    given(CONVENED).when(hold, by=ANN, now=early).then(HELD, occurred_at=early)


def test_when_it_was_held_may_be_told():
    told = THURSDAY + timedelta(hours=5)
    given(CONVENED).when(hold, by=ANN, now=told + timedelta(days=3), occurred_at=told).then(HELD, occurred_at=told)


def test_a_cancelled_conversation_is_not_held():
    given(CONVENED, CANCELLED).when(hold, by=ANN).then_refused("was cancelled")


# Attending


def test_people_say_themselves_that_they_were_there():
    there = given(CONVENED, HELD).when(attend, by=CAT).then(happened(AttendanceConfirmed, director=CAT))
    there.when(attend, by=CAT).then_nothing()
    given(CONVENED, HELD).when(attend).then_forbidden("each for themselves")


@pytest.mark.parametrize("history", [[CONVENED], [CONVENED, CANCELLED]])
def test_nobody_was_at_what_was_not_held(history):
    given(*history).when(attend, by=ANN).then_refused("once it has been held")


# Always


def test_who_may_ask_does_not_depend_on_what_became_of_it():
    permit(conversation(CONVENED, HELD), "cancel", ANN)
    permit(conversation(OF_SET), "hold", BOB, set_members=[ANN, BOB])
    permit(conversation(CONVENED), "sign_up", BOB)
    for command in ("reschedule", "cancel", "hold"):
        with pytest.raises(Forbidden):
            permit(conversation(CONVENED), command, BOB)


def test_there_is_no_conversation_before_it_was_convened():
    assert story(evolve).given(HELD).state() is None
    assert recall(ID).missing == "There is no such conversation."


@whatever(histories(ConversationConvened, ConversationRescheduled, SignedUp, SignUpWithdrawn, ConversationHeld))
def test_the_past_is_never_refused(history):
    never_refuses(evolve, history)


ASKS: list[Ask] = [
    (reschedule, {"starts_at": THURSDAY + timedelta(days=1), "minutes": 60}),
    (sign_up, {}),
    (withdraw_sign_up, {}),
    (hold, {"set_members": [ANN, BOB]}),
    (attend, {}),
    (cancel, {}),
]


@whatever(asking(*ASKS))
def test_every_event_is_one_step(asks):
    each_event_is_one_step(evolve, [FOR_TWO], asks)
