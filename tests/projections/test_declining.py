"""Declining is free: whoever declined ten times is asked about, and matched, exactly as a twin who never did."""

import json
from collections import Counter
from random import Random

import pytest

from bench.rounds import PROFESSIONS, REGIONS, SLOTS, TOPICS
from projections.matching_question import as_input, fold
from service.domain.events import (
    AvailabilitySet,
    DirectorJoined,
    InvitationDeclined,
    OptedIn,
    ProblemRegistered,
    ProposalPublished,
    RoundClosed,
    RoundOpened,
    SetLapsed,
    SetProposed,
)
from service.domain.words import Rules, Size
from service.matching import read_question, solve
from service.matching.fits import read_fit
from service.matching.people import read_people
from service.matching.wishes import read_worth
from tests.projections.story import Story, an_id, unseal, words

TWIN, OTHER, *REST = PEOPLE = [an_id(f"person {place}") for place in range(18)]
TIMES = 10
ROUND = an_id("now")


def joined(story, id, chance, alike=None):
    """Somebody joins and says what they are stuck on; a twin draws the same lots as the other."""
    lots = Random(alike or chance.random())
    told: dict[str, object] = {"profession": lots.choice(PROFESSIONS), "region": lots.choice(REGIONS)}
    told |= {"offer_topics": words(id, "\n".join(lots.sample(TOPICS, 4))), "offer_text": words(id, lots.choice(TOPICS))}
    story.tell(DirectorJoined, id, by=id, name=words(id, "x"), organisation=f"org {lots.random()}", **told)
    story.tell(AvailabilitySet, id, slots=tuple(lots.sample(SLOTS, 7)), capacity=1)
    topics = words(id, "\n".join(lots.sample(TOPICS, 2)))
    story.tell(ProblemRegistered, an_id(f"stuck {id}"), owner=id, title=words(id, lots.choice(TOPICS)), topics=topics)


def opened(story, id):
    size = Size(min=3, max=5, target=4, penalty=20.0)
    weights = {"help": 60.0, "theme": 5.0, "profession": 3.0, "region": 2.0, "new_tie": 3.0}
    story.tell(RoundOpened, id, kind="action_set", size=size, rules=Rules(), weights=weights)


def life(seed, who, declines):
    """Ten rounds in which `who` and two others are invited to a set that comes to nothing; then the round of today."""
    story, chance = Story(), Random(seed)
    for id in PEOPLE:
        joined(story, id, chance, alike=f"twins {seed}" if id in (TWIN, OTHER) else None)
    for number in range(TIMES):
        before = an_id(f"round {number}")
        members = (TWIN, OTHER, *chance.sample(REST, 2))
        opened(story, before)
        for id in members:
            story.tell(OptedIn, before, director=id)
        story.tell(RoundClosed, before, members=members, question_at=1, input_hash="x")
        story.tell(ProposalPublished, before, sets=())
        invited = an_id(f"set {number}")
        told = {"kind": "action_set", "members": members, "smallest": 4, "slots": (), "why": ()}
        story.tell(SetProposed, invited, round=before, **told)
        story.tell(InvitationDeclined, invited, director=who if declines else members[-1])
        story.tell(SetLapsed, invited)
    opened(story, ROUND)
    for id in PEOPLE:
        story.tell(OptedIn, ROUND, director=id)
    state = None
    for event in story.events:
        state = fold(state, event)
    return as_input(state, ROUND, unseal)


@pytest.mark.parametrize("seed", range(3))
def test_the_question_is_the_same_to_the_byte_whoever_declined(seed):
    asked = [life(seed, who, declines) for who, declines in ((TWIN, True), (OTHER, True), (TWIN, False))]
    assert len({json.dumps(each) for each in asked}) == 1
    twins = [dict(person) for person in asked[0]["people"] if person["id"] in (str(TWIN), str(OTHER))]
    for twin in twins:
        twin.pop("id")
        assert twin.pop("problems")
    assert twins[0] == twins[1]
    assert {person["waited_rounds"] for person in asked[0]["people"]} == {0}


@pytest.mark.parametrize("seed", range(3))
def test_to_everybody_else_the_two_are_worth_the_same_and_the_same_rules_hold(seed):
    question = read_question(life(seed, TWIN, declines=True))
    people = read_people(question)
    worth, fit = read_worth(question, people), read_fit(question, people)
    one, other = people.index[str(TWIN)], people.index[str(OTHER)]
    rest = [place for place in range(len(people)) if place not in (one, other)]
    theirs = [problem for place in rest for problem in worth.of[place]]
    assert (worth.help[one, theirs] == worth.help[other, theirs]).all()
    assert (worth.help[rest][:, worth.of[one]] == worth.help[rest][:, worth.of[other]]).all()
    assert (worth.together[one, rest] == worth.together[other, rest]).all()
    assert (fit.allowed[one, rest] == fit.allowed[other, rest]).all()
    assert (people.slots[one] == people.slots[other]).all()


def test_over_many_rounds_the_two_fare_alike():
    fares: dict[str, Counter[float]] = {"declined": Counter(), "never did": Counter()}
    for seed in range(10):
        for decliner, twin in ((TWIN, OTHER), (OTHER, TWIN)):
            found = solve(read_question(life(seed, decliner, declines=True)), seconds=0.1, seed=seed)
            points = {id: each.value for each in found.sets for id in each.people}
            fares["declined"][points.get(str(decliner), 0.0)] += 1
            fares["never did"][points.get(str(twin), 0.0)] += 1
    assert fares["declined"] == fares["never did"]
    assert len(fares["declined"]) > 5
