"""Blocks whose people are priced: what comes back keeps every rule, and is never worse than what was there."""

import math

import msgspec
import pytest

from bench.rounds import a_round
from service.matching import read_question
from service.matching.blocks.seating import Block, Seated, seated
from service.matching.fits import may_sit_together, read_fit
from service.matching.people import read_people
from service.matching.relevance import heard
from service.matching.wishes import read_worth, value

SHAPES = {
    "sets": {},
    "sets of five": {"size": {"min": 5, "max": 5}},
    "two slots at least": {"rules": {"common_slots": 2}},
    "sets of two": {"size": {"min": 2, "max": 2}},
}


def block(seed: int, shape: str) -> Block:
    """Sixty people, of whom nobody is in a set."""
    question = read_question(a_round(60, seed, **SHAPES[shape]))
    return Block(question, heard(question), (), "annealed", (0.0, 1.0), 50, str(seed))


def standing(asked: Block, found: Seated) -> tuple[int, int, float]:
    """How many are placed, how long they waited, and what their sets are worth."""
    waited = {person.id: person.waited_rounds for person in asked.question.people}
    placed = [id for group in found.groups for id in group]
    return len(placed), sum(waited[id] for id in placed), found.value


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(2))
def test_better_sets_of_the_same_people_or_those_there_were(shape, seed):
    asked = block(seed, shape)
    people = read_people(asked.question)
    fit, worth = read_fit(asked.question, people), read_worth(asked.question, people)
    before = seated(asked)
    after = seated(msgspec.structs.replace(asked, way="priced", groups=before.groups))
    found = [tuple(people.index[id] for id in group) for group in after.groups]
    inside = [person for members in found for person in members]
    assert len(inside) == len(set(inside)) >= sum(map(len, before.groups))
    assert all(len(members) in fit.sizes and may_sit_together(fit, members) for members in found)
    assert after.value == pytest.approx(math.fsum(value(worth, sorted(members)) for members in found))
    again = seated(msgspec.structs.replace(asked, way="priced", groups=after.groups))
    assert standing(asked, again) >= standing(asked, after) >= standing(asked, before)
    assert after.value > before.value or shape != "sets"


def test_with_nobody_seated_before_sets_are_formed_all_the_same():
    found = seated(msgspec.structs.replace(block(1, "sets"), way="priced"))
    assert sum(map(len, found.groups)) >= 56
