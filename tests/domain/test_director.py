"""Somebody joins, says what they offer and when they are free, pauses, leaves, and is forgotten."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as whatever

from service.domain.director import (
    Director,
    avoid,
    change_organisation,
    evolve,
    forget,
    join,
    leave,
    lift_avoidance,
    pause,
    permit,
    recall,
    resume,
    revise,
    set_availability,
    set_roles,
    snooze,
)
from service.domain.events import (
    AvailabilitySet,
    AvoidLifted,
    AvoidListed,
    DirectorForgotten,
    DirectorJoined,
    DirectorLeft,
    DirectorPaused,
    DirectorResumed,
    OrganisationChanged,
    ProfileRevised,
    RoleGranted,
    RoleRevoked,
)
from service.domain.refusals import Forbidden
from tests.domain.histories import Ask, asking, each_event_is_one_step, histories, never_refuses
from tests.story import BOB, CAT, ID, MONDAY, given, happened, story, words

ME = ID
JOINED = happened(DirectorJoined, name=words(ME, "Ann Smith"), organisation="HMT", profession="Policy", by=BOB)
CONVENOR = happened(RoleGranted, role="convenor", by=BOB)
FREE = happened(AvailabilitySet, slots=("mon-am", "thu-pm"), capacity=2)
PAUSED = happened(DirectorPaused, until=date(2026, 3, 9))
PAUSED_FOR_GOOD = happened(DirectorPaused)
LEFT = happened(DirectorLeft)
FORGOTTEN = happened(DirectorForgotten)


def director(*events) -> Director:
    state = given(*events).state(leave)
    assert isinstance(state, Director)
    return state


# Joining


def test_somebody_joins_with_the_roles_they_are_given():
    given().when(join, by=BOB, name=" Ann Smith ", organisation="HMT", roles=["lead", "director"]).then(
        happened(DirectorJoined, name=words(ME, "Ann Smith"), organisation="HMT"),
        happened(RoleGranted, role="director"),
        happened(RoleGranted, role="lead"),
    )


def test_their_words_are_their_own_whoever_typed_them():
    profile: dict[str, Any] = {
        "email": "ann@hmt.gov.uk",
        "offer_topics": ["risk", " change  control", "risk"],
        "offer_text": "Half a day",
    }
    given().when(join, by=BOB, name="Ann", organisation="HMT", **profile).then(
        happened(
            DirectorJoined,
            name=words(ME, "Ann"),
            organisation="HMT",
            email=words(ME, "ann@hmt.gov.uk"),
            offer_topics=words(ME, "risk\nchange control"),
            offer_text=words(ME, "Half a day"),
        )
    )


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("name", " ", "The name is empty"),
        ("organisation", "", "The organisation is empty"),
        ("organisation_type", "charity", "department, agency, council, other"),
        ("email", "ann at hmt", "name@organisation.gov.uk"),
        ("email", "ann@hmt@gov.uk", "name@organisation.gov.uk"),
        ("reports_to", ME, "Nobody reports to themselves"),
        ("roles", ["king"], "the roles are director, convenor, lead, administrator, guest"),
    ],
)
def test_nobody_joins_with_what_cannot_be_meant(field, wrong, sentence):
    facts = {"name": "Ann", "organisation": "HMT"} | {field: wrong}
    given().when(join, by=BOB, **facts).then_invalid(field, sentence)


# The profile


def test_they_revise_what_they_say_of_themselves():
    changes = {"region": "London", "offer_topics": ["risk"], "name": "Ann Jones"}
    given(JOINED).when(revise, by=ME, changes=changes).then(
        happened(
            ProfileRevised,
            changed=("name", "offer_topics", "region"),
            name=words(ME, "Ann Jones"),
            offer_topics=words(ME, "risk"),
            region="London",
        )
    )


def test_only_what_differs_is_revised():
    given(JOINED).when(revise, by=ME, changes={"profession": "Policy", "region": "London"}).then(
        happened(ProfileRevised, changed=("region",), region="London")
    )
    given(JOINED).when(
        revise, by=ME, changes={"profession": "Policy", "email": None, "offer_topics": []}
    ).then_nothing()


def test_none_clears_a_field():
    revised = given(JOINED).when(revise, by=ME, changes={"email": "ann@hmt.gov.uk"}).then(ProfileRevised)
    revised.when(revise, by=ME, changes={"email": None, "profession": None}).then(
        happened(ProfileRevised, changed=("email", "profession"))
    ).when(revise, by=ME, changes={"email": None, "profession": None}).then_nothing()


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("name", None, "The name is empty"),
        ("email", "nowhere", "That is no e-mail address"),
        ("region", 3, "has to be text"),
        ("offer_topics", [3], "has to be text"),
        ("shoe_size", "44", "There is no shoe_size"),
    ],
)
def test_a_profile_cannot_say_what_cannot_be_meant(field, wrong, sentence):
    given(JOINED).when(revise, by=ME, changes={field: wrong}).then_invalid(field, sentence)


def test_they_move_to_another_organisation():
    elsewhere: dict[str, Any] = {"organisation": "Leeds", "organisation_type": "council", "department": None}
    moved = given(JOINED).when(change_organisation, by=ME, **elsewhere).then(happened(OrganisationChanged, **elsewhere))
    moved.when(change_organisation, by=ME, **elsewhere).then_nothing()
    wrong: dict[str, Any] = elsewhere | {"organisation_type": "charity"}
    moved.when(change_organisation, by=ME, **wrong).then_invalid("organisation_type")


# Availability


def test_they_say_when_they_are_free():
    free = given(JOINED).when(set_availability, by=ME, slots=["thu-pm", "mon-am", "thu-pm"], capacity=2).then(FREE)
    free.when(set_availability, by=ME, slots=["mon-am", "thu-pm"], capacity=2).then_nothing()


@pytest.mark.parametrize("slot", ["mon-eve", "monday-am", "MON-AM", ""])
def test_there_are_only_mornings_and_afternoons(slot):
    given(JOINED).when(set_availability, by=ME, slots=[slot], capacity=1).then_invalid(
        "slots", "slots look like mon-am"
    )


@pytest.mark.parametrize("capacity", [-1, 21])
def test_nobody_is_in_more_than_twenty_sets(capacity):
    given(JOINED).when(set_availability, by=ME, slots=[], capacity=capacity).then_invalid("capacity", "0 to 20")


def test_they_pause_and_resume():
    paused = given(JOINED).when(pause, by=ME, until=date(2026, 3, 9)).then(PAUSED)
    paused.when(pause, by=ME, until=date(2026, 3, 9)).then_nothing()
    paused.when(pause, by=ME, until=date(2026, 3, 20)).then(happened(DirectorPaused, until=date(2026, 3, 20)))
    paused.when(resume, by=ME).then(DirectorResumed).when(resume, by=ME).then_nothing()


def test_a_pause_ends_today_at_the_earliest():
    given(JOINED).when(pause, by=ME, until=MONDAY.date()).then(DirectorPaused)
    yesterday = MONDAY - timedelta(days=1)
    given(JOINED).when(pause, by=ME, until=yesterday.date()).then_invalid("until", "That day has passed")
    given(JOINED).when(pause, by=ME, until=yesterday.date(), occurred_at=yesterday).then(DirectorPaused)


def test_a_pause_lasts_to_the_end_of_its_day_in_london():
    paused = director(JOINED, PAUSED)
    assert not paused.is_active(MONDAY + timedelta(days=7, hours=14))
    assert paused.is_active(MONDAY + timedelta(days=7, hours=16))
    assert not director(JOINED, PAUSED_FOR_GOOD).is_active(MONDAY + timedelta(days=700))
    assert director(JOINED, PAUSED_FOR_GOOD, happened(DirectorResumed)).is_active(MONDAY)


def test_not_now_is_a_pause_of_thirty_days_or_to_a_day():
    month = happened(DirectorPaused, until=date(2026, 4, 1))
    given(JOINED).when(snooze, by=ME).then(month).when(snooze, by=ME).then_nothing()
    given(JOINED).when(snooze, by=ME, until=date(2026, 5, 1)).then(happened(DirectorPaused, until=date(2026, 5, 1)))
    given(JOINED).when(snooze, by=BOB).then_forbidden("themselves")


def test_not_now_shortens_no_pause():
    given(JOINED, PAUSED_FOR_GOOD).when(snooze, by=ME).then_nothing()
    given(JOINED, PAUSED).when(snooze, by=ME).then(happened(DirectorPaused, until=date(2026, 4, 1)))
    yesterday = (MONDAY - timedelta(days=1)).date()
    given(JOINED).when(snooze, by=ME, until=yesterday).then_invalid("until", "That day has passed")


# Whom they avoid


def test_whom_somebody_avoids_stands_sealed_under_their_own_key():
    listed = happened(AvoidListed, whom=words(ME, str(BOB)), reason=words(ME, "Old story"))
    given(JOINED).when(avoid, by=ME, whom=BOB, reason="Old story").then(listed)
    given(JOINED, listed).when(lift_avoidance, by=ME, whom=BOB).then(happened(AvoidLifted, whom=words(ME, str(BOB))))


def test_nobody_avoids_themselves():
    given(JOINED).when(avoid, by=ME, whom=ME, reason=None).then_invalid("director", "themselves")


# Roles


def test_their_roles_are_replaced():
    given(JOINED, CONVENOR).when(set_roles, by=BOB, roles=["lead", "director"]).then(
        happened(RoleGranted, role="director"),
        happened(RoleGranted, role="lead"),
        happened(RoleRevoked, role="convenor"),
    ).when(set_roles, by=BOB, roles=["director", "lead"]).then_nothing()


def test_an_unknown_role_is_not_given():
    given(JOINED).when(set_roles, by=BOB, roles=["king"]).then_invalid("roles", "There is no role 'king'")


def test_whoever_is_only_an_administrator_has_no_directors_part():
    administrator = happened(RoleGranted, role="administrator")
    assert not director(JOINED, administrator).is_member
    assert director(JOINED, administrator, CONVENOR).is_member
    assert director(JOINED).is_member


# Leaving


def test_they_leave_and_what_they_wrote_stays():
    given(JOINED).when(leave, by=ME).then(DirectorLeft).when(leave, by=ME).then_nothing()
    assert not director(JOINED, LEFT).is_active(MONDAY)


def test_they_leave_and_are_forgotten():
    given(JOINED).when(forget, by=ME).then(DirectorLeft, DirectorForgotten).when(forget, by=ME).then_nothing()
    given(JOINED, LEFT).when(forget, by=ME).then(DirectorForgotten)


COMMANDS: list[Ask] = [
    (revise, {"changes": {"region": "London"}}),
    (change_organisation, {"organisation": "Leeds", "organisation_type": "council", "department": None}),
    (set_availability, {"slots": ["mon-am"], "capacity": 1}),
    (pause, {"until": None}),
    (resume, {}),
    (avoid, {"whom": CAT, "reason": None}),
    (lift_avoidance, {"whom": CAT}),
    (set_roles, {"roles": ["lead"]}),
    (leave, {}),
    (forget, {}),
]


@pytest.mark.parametrize(("command", "facts"), [each for each in COMMANDS if each[0] not in (leave, forget)])
def test_somebody_who_left_can_do_nothing_more(command, facts):
    given(JOINED, LEFT).when(command, by=ME, **facts).then_refused("They have left the network")


@pytest.mark.parametrize(("command", "facts"), [each for each in COMMANDS if each[0] is not set_roles])
def test_nobody_does_it_for_another(command, facts):
    given(JOINED, PAUSED).when(command, by=BOB, **facts).then_forbidden("Only they themselves")


@pytest.mark.parametrize(("command", "facts"), [(set_availability, {"slots": ["mon-am"], "capacity": 2}), (forget, {})])
def test_the_service_itself_may_act_for_them(command, facts):
    assert given(JOINED).when(command, by=None, **facts).decide()


@pytest.mark.parametrize("history", [[JOINED], [JOINED, LEFT]])
def test_who_may_ask_does_not_depend_on_what_happened(history):
    permit(director(*history), "leave", ME)
    permit(director(*history), "set_roles", BOB)
    with pytest.raises(Forbidden):
        permit(director(*history), "leave", BOB)


def test_there_is_no_director_before_they_joined():
    assert story(evolve).given(CONVENOR).state() is None
    assert recall(ME).missing == "There is no such director."


# Always


@whatever(histories(DirectorJoined, ProfileRevised, RoleGranted, RoleRevoked, DirectorPaused, DirectorLeft))
def test_the_past_is_never_refused(history):
    never_refuses(evolve, history)


@whatever(asking(*COMMANDS))
def test_every_event_is_one_step(asks):
    each_event_is_one_step(evolve, [JOINED], [(ask, ME if by == BOB else by) for ask, by in asks])
