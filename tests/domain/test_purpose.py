"""What the network is for: stated once, challenged in its wording, revised with a reason, and agreed to by each."""

from service.domain import director
from service.domain.events import (
    DirectorJoined,
    DirectorLeft,
    PurposeAgreed,
    PurposeChallenged,
    PurposeRevised,
    PurposeStated,
)
from service.domain.purpose import agree, challenge, revise, state
from service.domain.words import PURPOSE
from tests.story import ANN, BOB, ID, given, happened, story, words

STATED = happened(PurposeStated, text=words(ANN, "To help one another"), by=ANN)
REVISED = happened(PurposeRevised, text=words(BOB, "To act together"), why=words(BOB, "Talk is cheap"), by=BOB)


def test_anybody_says_what_the_network_is_for_where_nobody_has():
    given().when(state, by=ANN, text=" To help one another ").then(STATED, originator_id=PURPOSE)
    given(STATED).when(state, by=BOB, text="Power").then_refused("has been stated")
    given(STATED).when(state, by=BOB, text=" ").then_invalid("text")
    given(STATED).when(state, text="Power").then_forbidden("by people")


def test_what_is_held_against_it_stays_with_the_wording():
    said = {"wording": 1, "text": words(BOB, "And the public?")}
    challenged = given(STATED).when(challenge, by=BOB, wording=1, text="And the public?")
    challenged.then(happened(PurposeChallenged, **said))
    given(STATED, REVISED).when(challenge, by=BOB, wording=1, text="x").then_refused("reads otherwise by now")
    given(STATED, REVISED).when(challenge, by=ANN, wording=2, text="x").then(PurposeChallenged)
    given().when(challenge, by=ANN, wording=1, text="x").then_refused("Nobody has said yet")


def test_it_is_put_otherwise_only_with_a_reason():
    said = {"wording": 1, "text": "To act together"}
    revised = given(STATED).when(revise, by=BOB, why="Talk is cheap", **said).then(REVISED)
    revised.when(revise, by=ANN, why="x", **said).then_refused("reads otherwise by now")
    given(STATED).when(revise, by=BOB, why=" ", **said).then_invalid("why")
    given(STATED).when(revise, why="x", **said).then_forbidden("by people")


JOINED = happened(DirectorJoined, name=words(ID, "Ann"), email=words(ID, "a@b.c"), organisation="HMT")
joined = story(director.evolve)
ONE = given(STATED).state(state)
TWO = given(STATED, REVISED).state(state)


def test_whoever_joins_agrees_for_themselves_to_the_wording_that_stands():
    agreed = joined.given(JOINED).when(agree, ONE, by=ID, wording=1).then(happened(PurposeAgreed, wording=1))
    agreed.when(agree, ONE, by=ID, wording=1).then_nothing()
    agreed.when(agree, TWO, by=ID, wording=2).then(happened(PurposeAgreed, wording=2))
    joined.given(JOINED).when(agree, ONE, by=BOB, wording=1).then_forbidden("for themselves")


def test_nobody_agrees_to_what_reads_otherwise_by_now_or_was_never_said():
    joined.given(JOINED).when(agree, TWO, by=ID, wording=1).then_refused("reads otherwise by now")
    joined.given(JOINED).when(agree, None, by=ID, wording=1).then_refused("Nobody has said yet")
    left = happened(DirectorLeft)
    joined.given(JOINED, left).when(agree, ONE, by=ID, wording=1).then_refused("left the network")
