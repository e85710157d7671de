"""People are invited to a set, accept or decline, take roles, and finish or part."""

from typing import Any

import pytest
from hypothesis import given as whatever

from service.domain.action_set import (
    ActionSet,
    accept,
    can_spare,
    complete,
    decline,
    dissolve,
    evolve,
    lapse,
    move,
    permit,
    propose,
    recall,
    take_role,
)
from service.domain.events import (
    InvitationAccepted,
    InvitationDeclined,
    MemberMoved,
    MemberReplaced,
    RoleTaken,
    SetCompleted,
    SetDissolved,
    SetFormed,
    SetLapsed,
    SetProposed,
)
from service.domain.refusals import Forbidden
from service.domain.words import Reason
from tests.domain.histories import Ask, asking, each_event_is_one_step, histories, never_refuses
from tests.story import ANN, BOB, CAT, DAN, EVE, FAY, ID, given, happened, person, story

ROUND, PROBLEM, OTHER = person("Round"), person("Problem"), person("Other set")

# Ann, Bob, Cat and Dan are invited; Eve may join, and Fay has nothing to do with it.
INVITED: dict[str, Any] = {
    "round": ROUND,
    "kind": "action_set",
    "members": (ANN, BOB, CAT, DAN),
    "smallest": 3,
    "slots": ("mon-am",),
    "why": (Reason(person=ANN, problem=PROBLEM, helped_by=BOB, help=42.0),),
}


def accepted(director):
    return happened(InvitationAccepted, director=director)


def declined(director):
    return happened(InvitationDeclined, director=director)


PROPOSED = happened(SetProposed, **INVITED)
FORMED = happened(SetFormed, members=(ANN, BOB, CAT, DAN))
PRESENTER = happened(RoleTaken, director=ANN, role="presenter")

TO_PROPOSED = [PROPOSED, accepted(ANN)]
TO_FORMED = [PROPOSED, *map(accepted, (ANN, BOB, CAT, DAN)), FORMED]
TO_ACTIVE = [*TO_FORMED, PRESENTER]
TO_COMPLETED = [*TO_ACTIVE, happened(SetCompleted)]
TO_DISSOLVED = [*TO_FORMED, happened(SetDissolved)]
TO_LAPSED = [*TO_PROPOSED, happened(SetLapsed)]


def set_after(*events) -> ActionSet:
    state = given(*events).state(accept)
    assert isinstance(state, ActionSet)
    return state


# Invitations


def test_people_are_invited_to_a_set():
    given().when(propose, **INVITED).then(PROPOSED)
    assert set(set_after(PROPOSED).invitations.values()) == {"invited"}


def test_an_invitation_is_accepted():
    given(PROPOSED).when(accept, by=ANN).then(accepted(ANN)).when(accept, by=ANN).then_nothing()


def test_the_set_forms_when_everybody_has_accepted():
    almost = given(PROPOSED, accepted(ANN), accepted(BOB), accepted(CAT))
    formed = almost.when(accept, by=DAN).then(accepted(DAN), FORMED)
    formed.when(accept, by=DAN).then_nothing()


def test_a_set_that_lost_somebody_forms_when_everybody_still_in_has_accepted():
    almost = given(PROPOSED, accepted(ANN), declined(DAN), accepted(BOB))
    almost.when(accept, by=CAT).then(accepted(CAT), happened(SetFormed, members=(ANN, BOB, CAT)))


def test_only_those_invited_answer():
    given(PROPOSED).when(accept, by=FAY).then_forbidden("Only somebody invited")
    given(PROPOSED).when(decline, by=FAY, joins=None, survives=True).then_forbidden("Only somebody invited")
    given(PROPOSED).when(accept).then_forbidden("Only somebody invited")


def test_a_declined_invitation_is_not_accepted_any_more():
    given(PROPOSED, declined(ANN)).when(accept, by=ANN).then_refused("You have declined")


def test_invitations_are_answered_while_the_set_is_proposed():
    given(*TO_LAPSED).when(accept, by=BOB).then_refused("while it is proposed")
    given(*TO_LAPSED).when(decline, by=BOB, joins=None, survives=True).then_refused("while it is proposed")


# Declining


def test_declining_is_free_and_the_rest_go_on():
    gone = given(*TO_PROPOSED).when(decline, by=DAN, joins=None, survives=True).then(declined(DAN))
    gone.when(decline, by=DAN, joins=None, survives=True).then_nothing()
    assert gone.state(accept).members == (ANN, BOB, CAT)


def test_somebody_may_accept_and_then_decline():
    given(*TO_PROPOSED).when(decline, by=ANN, joins=None, survives=True).then(declined(ANN))


def test_somebody_else_may_join_instead():
    replaced = happened(MemberReplaced, gone=DAN, joined=EVE)
    joined = given(*TO_PROPOSED).when(decline, by=DAN, joins=EVE, survives=True).then(declined(DAN), replaced)
    assert joined.state(accept).members == (ANN, BOB, CAT, EVE)
    assert joined.state(accept).invitations[EVE] == "invited"
    joined.when(accept, by=EVE).then(accepted(EVE))


def test_somebody_who_has_not_answered_may_be_invited_to_another_set_instead():
    moved = given(*TO_PROPOSED).when(move, director=BOB, to=OTHER).then(happened(MemberMoved, director=BOB, to=OTHER))
    assert moved.state(accept).members == (ANN, CAT, DAN)
    moved.when(accept, by=BOB).then_forbidden("Only somebody invited")


@pytest.mark.parametrize(
    "history",
    [
        [PROPOSED, accepted(BOB)],  # they have said yes
        [PROPOSED, *map(accepted, (ANN, CAT, DAN))],  # only they are waited for
        [PROPOSED, declined(DAN)],  # the rest would be too few
        [PROPOSED, declined(BOB)],  # they are not in it
        TO_FORMED,
        TO_LAPSED,
    ],
)
def test_nobody_else_is_invited_elsewhere(history):
    given(*history).when(move, director=BOB, to=OTHER).then_refused("invited elsewhere")
    assert not can_spare(set_after(*history), BOB)


def test_nobody_joins_a_set_they_were_invited_to_before():
    given(*TO_PROPOSED).when(decline, by=DAN, joins=ANN, survives=True).then_invalid("joins", "already")


def test_the_set_forms_when_the_last_to_answer_declines_and_the_rest_have_accepted():
    almost = given(PROPOSED, accepted(ANN), accepted(BOB), accepted(CAT))
    almost.when(decline, by=DAN, joins=None, survives=True).then(
        declined(DAN), happened(SetFormed, members=(ANN, BOB, CAT))
    )


def test_the_set_lapses_when_the_rest_cannot_go_on():
    given(*TO_PROPOSED).when(decline, by=DAN, joins=None, survives=False).then(declined(DAN), SetLapsed)


def test_a_set_too_small_lapses():
    smallest = given(*TO_PROPOSED, declined(CAT))
    smallest.when(decline, by=DAN, joins=None, survives=True).then(declined(DAN), SetLapsed)


@pytest.mark.parametrize("history", [TO_FORMED, TO_ACTIVE])
def test_a_formed_set_is_not_declined_but_dissolved(history):
    given(*history).when(decline, by=ANN, joins=None, survives=True).then_refused("may dissolve it")


# Roles


def test_the_first_role_makes_the_set_active():
    active = given(*TO_FORMED).when(take_role, by=ANN, role="presenter").then(PRESENTER)
    assert active.state(accept).state == "active"
    active.when(take_role, by=ANN, role="presenter").then_nothing()
    active.when(take_role, by=BOB, role="adviser").then(happened(RoleTaken, director=BOB, role="adviser"))


def test_a_role_is_one_persons_at_a_time():
    taken = given(*TO_ACTIVE).when(take_role, by=BOB, role="presenter").then_refused("is presenter already")
    changed = taken.when(take_role, by=ANN, role="challenger").then(RoleTaken)
    changed.when(take_role, by=BOB, role="presenter").then(RoleTaken)


def test_only_members_take_roles_there_are():
    given(*TO_FORMED).when(take_role, by=FAY, role="presenter").then_forbidden("Only a member")
    given(*TO_FORMED).when(take_role, by=ANN, role="king").then_invalid("role", "presenter, challenger, adviser")


@pytest.mark.parametrize("history", [TO_PROPOSED, TO_COMPLETED, TO_DISSOLVED, TO_LAPSED])
@pytest.mark.parametrize("ask", [(take_role, {"role": "adviser"}), (complete, {}), (dissolve, {})])
def test_only_a_formed_set_works_and_ends(history, ask):
    decision, facts = ask
    if (history, decision) not in ((TO_COMPLETED, complete), (TO_DISSOLVED, dissolve)):
        given(*history).when(decision, by=ANN, **facts).then_refused("once it has formed")


# Endings


@pytest.mark.parametrize("history", [TO_FORMED, TO_ACTIVE])
def test_a_member_completes_or_dissolves_the_set(history):
    given(*history).when(complete, by=BOB).then(SetCompleted).when(complete, by=ANN).then_nothing()
    given(*history).when(dissolve, by=BOB).then(SetDissolved).when(dissolve, by=ANN).then_nothing()


def test_nobody_else_ends_it():
    given(*TO_FORMED).when(complete, by=FAY).then_forbidden("Only a member")
    given(*TO_FORMED).when(dissolve, by=FAY).then_forbidden("Only a member")
    given(PROPOSED, declined(DAN)).when(dissolve, by=DAN).then_forbidden("Only a member")


def test_a_set_that_never_formed_lapses():
    given(*TO_PROPOSED).when(lapse).then(SetLapsed).when(lapse).then_nothing()


@pytest.mark.parametrize("history", [TO_FORMED, TO_ACTIVE, TO_COMPLETED, TO_DISSOLVED])
def test_a_set_that_formed_does_not_lapse(history):
    given(*history).when(lapse).then_refused("while it is proposed")


# Always


def test_who_may_ask_does_not_depend_on_what_the_set_is_at():
    permit(set_after(*TO_LAPSED), "accept", ANN)
    permit(set_after(*TO_LAPSED), "lapse", FAY)
    with pytest.raises(Forbidden):
        permit(set_after(PROPOSED), "take_role", FAY)


def test_there_is_no_set_before_it_was_proposed():
    assert story(evolve).given(FORMED).state() is None
    assert recall(ID).missing == "There is no such set."


@whatever(
    histories(SetProposed, InvitationAccepted, InvitationDeclined, MemberReplaced, MemberMoved, SetFormed, RoleTaken)
)
def test_the_past_is_never_refused(history):
    never_refuses(evolve, history)


ASKS: list[Ask] = [
    (accept, {}),
    (decline, {"joins": None, "survives": True}),
    (decline, {"joins": None, "survives": False}),
    (decline, {"joins": EVE, "survives": True}),
    (move, {"director": BOB, "to": OTHER}),
    (take_role, {"role": "presenter"}),
    (complete, {}),
    (dissolve, {}),
    (lapse, {}),
]


@whatever(asking(*ASKS))
def test_every_event_is_one_step(asks):
    each_event_is_one_step(evolve, [PROPOSED], asks)
