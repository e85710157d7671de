"""The question of a round, rebuilt as of a position: who is in, who is not and why, and the same bytes every time."""

import json
from datetime import date, timedelta

import pytest

from projections.matching_question import as_input, fold, left_out
from service.domain.events import (
    AttendanceConfirmed,
    AvailabilitySet,
    AvoidLifted,
    AvoidListed,
    DirectorJoined,
    DirectorLeft,
    DirectorPaused,
    InvitationDeclined,
    MemberReplaced,
    OptedIn,
    OptedOut,
    ProblemLetGo,
    ProblemRegistered,
    ProposalPublished,
    RoundCancelled,
    RoundClosed,
    RoundOpened,
    SetCompleted,
    SetFormed,
    SetLapsed,
    SetProposed,
)
from service.domain.words import Rules, Size
from service.matching.question import read_question
from tests.projections.story import ANN, BEN, CAT, DAN, Story, an_id, unseal, words

ROUND = an_id("round")


def network(*people):
    story = Story()
    for id in people or (ANN, BEN, CAT, DAN):
        told = {"offer_topics": words(id, "risk\ncarers"), "offer_text": words(id, "ten years of it")}
        story.tell(DirectorJoined, id, by=id, name=words(id, "x"), organisation=f"org {id}", **told)
    return story


def opened(story, id=ROUND, *members, kind="action_set"):
    story.tell(RoundOpened, id, kind=kind, size=Size(min=2, max=4, target=3), rules=Rules(), weights={"help": 60.0})
    for member in members or (ANN, BEN, CAT, DAN):
        story.tell(OptedIn, id, director=member)
    return id


def question(story, id=ROUND):
    state = None
    for event in story.events:
        state = fold(state, event)
    return as_input(state, id, unseal), left_out(state, id)


def people(asked):
    return {person["id"]: person for person in asked["people"]}


def past_round(story, name, *sets, members=(ANN, BEN, CAT, DAN), form=True):
    """A round that was closed, proposed these sets, and saw them formed and completed."""
    id = opened(story, an_id(name), *members)
    story.tell(RoundClosed, id, members=members, question_at=1, input_hash="x")
    story.tell(ProposalPublished, id, sets=())
    for n, together in enumerate(sets):
        told = {"kind": "action_set", "members": together, "smallest": 2, "slots": (), "why": ()}
        story.tell(SetProposed, an_id(f"{name} {n}"), round=id, **told)
        if form:
            story.tell(SetFormed, an_id(f"{name} {n}"), members=together)
            story.tell(SetCompleted, an_id(f"{name} {n}"))
    return id


def test_the_workshop_reads_it():
    story = network()
    story.tell(ProblemRegistered, an_id("problem"), owner=ANN, title=words(ANN, "stuck"), topics=words(ANN, "risk"))
    story.tell(AvoidListed, ANN, whom=words(ANN, str(BEN)))
    past_round(story, "before", (ANN, CAT))
    opened(story)
    asked, out = question(story)
    read = read_question(asked)
    assert {person.id for person in read.people} == {str(id) for id in (ANN, BEN, CAT, DAN)}
    assert not out


def test_it_is_the_same_bytes_as_of_the_same_position_whatever_came_later():
    story = network()
    opened(story)
    before = json.dumps(question(story)[0])
    upto = story.head
    story.tell(DirectorLeft, ANN)
    past_round(story, "later", (ANN, BEN))
    again = Story()
    again.events = story.events[:upto]
    assert json.dumps(question(again)[0]) == before
    assert json.dumps(question(story)[0]) != before


def test_everybody_says_what_they_brought_and_offer():
    story = network()
    story.tell(
        ProblemRegistered, an_id("one"), owner=ANN, title=words(ANN, "Stuck"), text=words(ANN, "with carers"),
        topics=words(ANN, "carers\nrisk"),
    )  # fmt: skip
    story.tell(ProblemRegistered, an_id("gone"), owner=ANN, title=words(ANN, "solved itself"))
    story.tell(ProblemLetGo, an_id("gone"))
    story.tell(AvailabilitySet, ANN, slots=("tue-pm", "mon-am"), capacity=1)
    opened(story)
    ann = people(question(story)[0])[str(ANN)]
    assert ann["problems"] == [{"id": str(an_id("one")), "topics": ["carers", "risk"], "text": "Stuck\nwith carers"}]
    assert ann["offers"] == {"topics": ["carers", "risk"], "text": "ten years of it"}
    assert ann["slots"] == ["mon-am", "tue-pm"]
    assert ann["newcomer"] is True
    assert ann["waited_rounds"] == 0


def test_departments_count_before_organisations_and_lines_are_told():
    story = Story()
    told = {"organisation": "Prisons", "department": "Justice", "reports_to": BEN}
    story.tell(DirectorJoined, ANN, name=words(ANN, "x"), **told)
    opened(story, ROUND, ANN)
    [ann] = question(story)[0]["people"]
    assert (ann["organisation"], ann["reports_to"]) == ("Justice", str(BEN))


def test_whoever_left_or_pauses_or_is_in_enough_sets_is_left_out_with_a_code():
    story = network(ANN, BEN, CAT, DAN, an_id("eve"))
    story.tell(DirectorLeft, ANN)
    story.tell(DirectorPaused, BEN)
    story.tell(
        SetProposed, an_id("busy"), round=an_id("r"), kind="pair", members=(CAT, DAN), smallest=2, slots=(), why=()
    )
    story.tell(AvailabilitySet, DAN, slots=(), capacity=2)
    opened(story, ROUND, ANN, BEN, CAT, DAN, an_id("eve"))
    story.tell(OptedOut, ROUND, director=an_id("eve"))
    asked, out = question(story)
    assert out == {ANN: "left", BEN: "paused", CAT: "at_capacity"}
    assert list(people(asked)) == [str(DAN)]


def test_a_pause_ends_with_its_last_day_and_a_declined_place_is_free_again():
    story = network()
    story.tell(DirectorPaused, ANN, until=date(2026, 1, 6))
    story.tell(
        SetProposed, an_id("busy"), round=an_id("r"), kind="pair", members=(CAT, DAN), smallest=2, slots=(), why=()
    )
    story.tell(InvitationDeclined, an_id("busy"), director=CAT)
    opened(story)
    assert question(story)[1] == {ANN: "paused", DAN: "at_capacity"}
    story.now += timedelta(days=2)
    story.tell(SetCompleted, an_id("busy"))
    assert question(story)[1] == {}


def test_how_long_somebody_waited_counts_rounds_since_their_last_place():
    story = network()
    past_round(story, "first", (ANN, BEN))
    past_round(story, "second", (ANN, CAT))
    past_round(story, "not there", (ANN, BEN), members=(ANN, BEN))
    opened(story)
    waited = {id: person["waited_rounds"] for id, person in people(question(story)[0]).items()}
    assert waited == {str(ANN): 0, str(BEN): 0, str(CAT): 0, str(DAN): 2}


def test_declining_is_neither_better_nor_worse_and_replacing_is_a_place():
    story = network()
    past_round(story, "first")
    before = past_round(story, "second", (ANN, BEN), form=False)
    story.tell(InvitationDeclined, an_id("second 0"), director=ANN)
    story.tell(MemberReplaced, an_id("second 0"), gone=ANN, joined=CAT)
    story.tell(RoundCancelled, before)
    opened(story)
    story.tell(SetCompleted, an_id("second 0"))
    waited = {id: person["waited_rounds"] for id, person in people(question(story)[0]).items()}
    assert waited == {str(ANN): 0, str(BEN): 0, str(CAT): 0, str(DAN): 2}


def test_a_round_that_is_still_being_worked_on_has_placed_nobody_yet():
    story = network()
    other = opened(story, an_id("other"))
    story.tell(RoundClosed, other, members=(ANN, BEN, CAT, DAN), question_at=1, input_hash="x")
    opened(story)
    assert {person["waited_rounds"] for person in question(story)[0]["people"]} == {0}


def test_past_meetings_are_of_sets_that_formed_and_so_many_rounds_ago():
    story = network()
    past_round(story, "first", (ANN, BEN, CAT))
    past_round(story, "second", (ANN, BEN))
    past_round(story, "third", (CAT, DAN), form=False)
    story.tell(SetLapsed, an_id("third 0"))
    opened(story)
    asked = question(story)[0]
    met = {frozenset(each["people"]): each["rounds_ago"] for each in asked["past"]}
    assert met == {
        frozenset({str(ANN), str(BEN)}): 2,
        frozenset({str(ANN), str(CAT)}): 3,
        frozenset({str(BEN), str(CAT)}): 3,
    }
    assert {id for id, person in people(asked).items() if person["newcomer"]} == {str(DAN)}


def test_avoiding_holds_both_ways_until_it_is_lifted():
    story = network()
    story.tell(AvoidListed, BEN, whom=words(BEN, str(ANN)))
    story.tell(AvoidListed, CAT, whom=words(CAT, str(DAN)))
    story.tell(AvoidLifted, CAT, whom=words(CAT, str(DAN)))
    opened(story)
    assert question(story)[0]["avoid"] == [sorted([str(ANN), str(BEN)])]


def test_avoidances_erased_since_are_left_out_and_locked_ones_stop_the_round():
    story = network()
    story.tell(AvoidListed, BEN, whom=words(BEN, str(ANN)))
    opened(story)
    state = None
    for event in story.events:
        state = fold(state, event)
    assert as_input(state, ROUND, lambda words: None)["avoid"] == []
    with pytest.raises(ValueError, match="UUID"):
        as_input(state, ROUND, lambda words: "[words locked]")


def test_attending_a_conversation_is_an_end_to_being_new():
    story = network()
    story.tell(AttendanceConfirmed, an_id("call"), director=ANN)
    opened(story)
    assert people(question(story)[0])[str(ANN)]["newcomer"] is False


def test_a_round_of_coaching_pairs_is_one_of_pairs():
    story = network()
    opened(story, kind="coaching_pair")
    assert question(story)[0]["kind"] == "pair"


def test_a_round_nobody_opened_has_no_question():
    with pytest.raises(LookupError, match="no such round"):
        as_input(None, ROUND, unseal)
    assert left_out(None, ROUND) == {}
