"""Somebody always administers the network, and nobody uses that to give themselves a part in it."""

from dataclasses import replace

import pytest

from service.domain.director import Director, forget, forget_again, leave, set_roles
from service.domain.events import DirectorForgotten, DirectorJoined, DirectorLeft, RoleGranted, RoleRevoked
from tests.story import ANN, BOB, ID, given, happened, words

ME = ID
JOINED = happened(DirectorJoined, name=words(ME, "Ann Smith"), organisation="HMT", by=BOB)
ADMIN = frozenset({"administrator"})
ADMINISTRATOR = happened(RoleGranted, role="administrator", by=BOB)
ANOTHER = Director(id=BOB, version=2, organisation="HMT", organisation_type="department", roles=ADMIN)
NO_MORE = [None, replace(ANOTHER, left=True), replace(ANOTHER, roles=frozenset({"lead"})), replace(ANOTHER, id=ME)]
ALONE = "Nobody else administers the network"


def test_an_administrator_goes_when_there_is_another():
    given(JOINED, ADMINISTRATOR).when(leave, ANOTHER, by=ME).then(DirectorLeft)
    given(JOINED, ADMINISTRATOR).when(forget, ANOTHER, by=ME).then(DirectorLeft, DirectorForgotten)
    given(JOINED, ADMINISTRATOR).when(set_roles, ANOTHER, by=BOB, roles=[]).then(RoleRevoked)
    given(JOINED, ADMINISTRATOR).when(set_roles, ANOTHER, by=ME, roles=[]).then(RoleRevoked)


@pytest.mark.parametrize("other", NO_MORE)
def test_the_last_administrator_does_not_go_without_a_successor(other):
    given(JOINED, ADMINISTRATOR).when(leave, other, by=ME).then_refused(ALONE)
    given(JOINED, ADMINISTRATOR).when(forget, other, by=ME).then_refused(ALONE)
    given(JOINED, ADMINISTRATOR).when(set_roles, other, by=ME, roles=["lead"]).then_refused(ALONE)
    given(JOINED, ADMINISTRATOR).when(set_roles, other, by=BOB, roles=[]).then_refused(ALONE)


def test_whoever_administers_nothing_goes_when_they_like():
    given(JOINED).when(leave, by=ME).then(DirectorLeft)
    given(JOINED).when(forget, by=ME).then(DirectorLeft, DirectorForgotten)


def test_an_administrator_who_has_left_may_be_forgotten():
    left = happened(DirectorLeft)
    given(JOINED, ADMINISTRATOR, left).when(forget, by=ME).then(DirectorForgotten)
    given(JOINED, ADMINISTRATOR, left).when(leave, by=ME).then_nothing()


def test_whoever_was_forgotten_once_is_forgotten_again_whatever_their_role():
    given(JOINED, ADMINISTRATOR).when(forget_again, by=ME).then(DirectorLeft, DirectorForgotten)


@pytest.mark.parametrize("role", ["director", "convenor", "lead"])
def test_an_administrator_gives_themselves_no_role_while_there_is_another_to_ask(role):
    mine = ["administrator", role]
    given(JOINED, ADMINISTRATOR).when(set_roles, ANOTHER, by=ME, roles=mine).then_forbidden("Nobody gives themselves")
    given(JOINED, ADMINISTRATOR).when(set_roles, ANOTHER, by=BOB, roles=mine).then(RoleGranted)


def test_whoever_administers_alone_has_nobody_to_ask():
    given(JOINED, ADMINISTRATOR).when(set_roles, by=ME, roles=["administrator", "convenor"]).then(RoleGranted)


def test_anybody_may_put_down_a_role_of_their_own():
    lead = happened(RoleGranted, role="lead", by=BOB)
    given(JOINED, ADMINISTRATOR, lead).when(set_roles, ANOTHER, by=ME, roles=["administrator"]).then(RoleRevoked)


def test_what_somebody_holds_already_is_no_gift():
    lead = happened(RoleGranted, role="lead", by=BOB)
    roles = ["administrator", "lead"]
    given(JOINED, ADMINISTRATOR, lead).when(set_roles, ANOTHER, by=ME, roles=roles).then_nothing()
    given(JOINED, ADMINISTRATOR, lead).when(set_roles, ANOTHER, by=ANN, roles=roles).then_nothing()
