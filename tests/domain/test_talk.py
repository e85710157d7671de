"""What is talked about: anybody proposes, everybody has as many dots, nobody's ballot is kept, rooms are mixed."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from service.domain.conversation import (
    arrange_breakouts,
    cancel,
    close_voting,
    hold,
    open_voting,
    propose_topic,
    sign_up,
    spread,
    vote,
    withdraw_topic,
)
from service.domain.events import (
    BreakoutsArranged,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    SignedUp,
    TopicProposed,
    TopicsSelected,
    TopicWithdrawn,
    VotingClosed,
    VotingOpened,
)
from service.domain.refusals import Invalid, Refused
from tests.story import ANN, BOB, CAT, DAN, EVE, FAY, MONDAY, given, happened, person, words

PLANNED: dict[str, Any] = {"format": "breakfast_call", "starts_at": MONDAY + timedelta(days=3), "minutes": 30}
CONVENED = happened(ConversationConvened, **PLANNED, mode="virtual", title=words(ANN, "Breakfast"), by=ANN)
GRANTS, RISK, HOUSING = (person(name) for name in ("Grants", "Risk", "Housing"))
ABOUT_GRANTS = happened(TopicProposed, topic=GRANTS, title=words(BOB, "Grants"), by=BOB)
ABOUT_RISK = happened(TopicProposed, topic=RISK, title=words(CAT, "Risk"), by=CAT)
ABOUT_HOUSING = happened(TopicProposed, topic=HOUSING, title=words(CAT, "Housing"), by=CAT)
OPEN = happened(VotingOpened, budget=3)
CLOSED = happened(VotingClosed)
VOTING = given(CONVENED, ABOUT_GRANTS, ABOUT_RISK, ABOUT_HOUSING, OPEN)


def test_anybody_proposes_a_topic_and_takes_only_their_own_back():
    proposed = given(CONVENED).when(propose_topic, by=BOB, topic=GRANTS, title=" Grants ", text="  ")
    proposed.then(ABOUT_GRANTS)
    given(CONVENED, ABOUT_GRANTS).when(withdraw_topic, by=BOB, topic=GRANTS).then(TopicWithdrawn)
    given(CONVENED, ABOUT_GRANTS).when(withdraw_topic, by=ANN, topic=GRANTS).then_forbidden("Only whoever proposed")
    given(CONVENED).when(withdraw_topic, by=BOB, topic=GRANTS).then_invalid("topic", "no such topic")
    given(CONVENED).when(propose_topic, by=BOB, topic=GRANTS, title=" ").then_invalid("title")


def test_topics_stand_once_the_vote_is_open_and_end_with_the_conversation():
    for after in (OPEN, happened(ConversationHeld), happened(ConversationCancelled)):
        told = given(CONVENED, ABOUT_GRANTS, after)
        told.when(propose_topic, by=BOB, topic=RISK, title="Risk").then_refused()
        told.when(withdraw_topic, by=BOB, topic=GRANTS).then_refused()


def test_whoever_convened_it_opens_the_vote_once_there_is_something_to_vote_on():
    given(CONVENED, ABOUT_GRANTS).when(open_voting, by=ANN).then(OPEN)
    given(CONVENED, ABOUT_GRANTS).when(open_voting, by=BOB).then_forbidden("Only whoever convened")
    given(CONVENED).when(open_voting, by=ANN).then_refused("Nobody has proposed a topic")
    given(CONVENED, ABOUT_GRANTS).when(open_voting, by=ANN, budget=0).then_invalid("budget")
    VOTING.when(open_voting, by=ANN).then_nothing()
    VOTING.when(open_voting, by=ANN, budget=5).then_refused("has been opened")


def test_a_ballot_has_as_many_dots_as_everybody_has_and_none_takes_it_back():
    state = VOTING.state(close_voting)
    assert vote(state, by=EVE, dots={GRANTS: 2, RISK: 1, HOUSING: 0}) == {GRANTS: 2, RISK: 1}
    assert vote(state, by=EVE, dots={}) == {}
    for wrong in ({GRANTS: 4}, {GRANTS: 2, RISK: 2}, {GRANTS: -1, RISK: 3}, {person("Else"): 1}):
        with pytest.raises(Invalid):
            vote(state, by=EVE, dots=wrong)
    with pytest.raises(Refused, match="no vote open"):
        vote(given(CONVENED, ABOUT_GRANTS).state(close_voting), by=EVE, dots={GRANTS: 1})


def test_the_topics_with_most_dots_are_selected_of_equal_ones_those_proposed_first():
    ballots = [{RISK: 3}, {RISK: 1, HOUSING: 1}, {GRANTS: 1}, {GRANTS: 1, HOUSING: 1}, {HOUSING: 0, GRANTS: 0, RISK: 1}]
    tally = {str(GRANTS): 2, str(RISK): 5, str(HOUSING): 2}
    VOTING.when(close_voting, by=ANN, ballots=ballots, select=2).then(
        happened(VotingClosed, tally=tally, voters=5), happened(TopicsSelected, topics=(RISK, GRANTS))
    )
    VOTING.when(close_voting, by=BOB, ballots=ballots).then_forbidden("Only whoever convened")


def test_with_fewer_than_five_voters_what_was_selected_is_kept_and_no_total():
    ballots = [{RISK: 3}, {RISK: 1}, {GRANTS: 1}, {GRANTS: 1}, {}]
    VOTING.when(close_voting, by=ANN, ballots=ballots).then(
        happened(VotingClosed, tally=None, voters=None), happened(TopicsSelected, topics=(RISK, GRANTS))
    )
    VOTING.when(close_voting, by=ANN, ballots=[]).then(CLOSED, happened(TopicsSelected, topics=()))


def test_a_vote_is_closed_once_and_before_the_conversation_is_held():
    given(CONVENED, ABOUT_GRANTS, OPEN, CLOSED).when(close_voting, by=ANN, ballots=[]).then_nothing()
    given(CONVENED).when(close_voting, by=ANN, ballots=[]).then_refused("no vote open")
    VOTING.when(hold, by=ANN).then_refused("close it first")
    given(CONVENED, ABOUT_GRANTS, OPEN, CLOSED).when(hold, by=ANN).then(ConversationHeld)
    VOTING.when(sign_up, by=EVE).then(SignedUp)
    VOTING.when(cancel, by=ANN).then(ConversationCancelled)


COMING = [happened(SignedUp, director=each) for each in (BOB, CAT, DAN)]


def test_whoever_comes_is_spread_over_rooms():
    told = given(CONVENED, *COMING)
    of = {ANN: "Treasury", BOB: "Treasury", CAT: "Borough", DAN: "Borough"}
    told.when(arrange_breakouts, by=ANN, organisations=of, rooms=2).then(
        happened(BreakoutsArranged, rooms=((CAT, ANN), (DAN, BOB)))
    )
    told.when(arrange_breakouts, by=BOB, organisations=of, rooms=2).then_forbidden("arranges its rooms")
    told.when(arrange_breakouts, by=ANN, organisations=of, rooms=3).then_refused("too few for two")
    told.when(arrange_breakouts, by=ANN, organisations=of, rooms=0).then_invalid("rooms")
    given(*told.history, happened(ConversationHeld)).when(
        arrange_breakouts, by=ANN, organisations=of, rooms=2
    ).then_refused("has been held")


def lonely(rooms, of):
    """How many rooms are of one organisation."""
    return sum(len({of[person] for person in room}) == 1 for room in rooms)


@whatever(st.lists(st.sampled_from("abc"), min_size=4, max_size=7), st.integers(2, 3))
def test_no_room_is_of_one_organisation_where_that_can_be_avoided(organisations, count):
    if len(organisations) < 2 * count:
        return
    people = {UUID(int=number + 1): name for number, name in enumerate(organisations)}
    rooms = spread(people, count)
    sizes = sorted(map(len, rooms))
    assert sorted(person for room in rooms for person in room) == sorted(people)
    assert sizes[-1] - sizes[0] <= 1
    best = len(rooms)
    for choice in product(range(count), repeat=len(people)):  # every other way to fill rooms of these sizes
        other = [[person for person, room in zip(people, choice, strict=True) if room == n] for n in range(count)]
        if sorted(map(len, other)) == sizes:
            best = min(best, lonely(other, people))
    assert lonely(rooms, people) == best


def test_the_same_rooms_again_are_no_news():
    rooms = spread({ANN: "x", BOB: "x", CAT: "y", DAN: "y"}, 2)
    told = given(CONVENED, *COMING, happened(BreakoutsArranged, rooms=rooms))
    of = {ANN: "x", BOB: "x", CAT: "y", DAN: "y"}
    told.when(arrange_breakouts, by=ANN, organisations=of, rooms=2).then_nothing()
    told.given(happened(SignedUp, director=FAY)).when(arrange_breakouts, by=ANN, organisations=of, rooms=2).then(
        BreakoutsArranged
    )
