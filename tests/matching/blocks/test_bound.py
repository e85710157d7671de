"""The bound of a large round, tried on small ones: never below the best answer there is, by enumeration."""

from random import Random
from typing import Any

import pytest

from bench.rounds import a_round
from service.matching import read_question
from service.matching.blocks import bound as blocks_bound
from service.matching.blocks.bound import most_worth
from service.matching.blocks.gathering import gathering
from service.matching.blocks.solving import sizes_of
from service.matching.fits import read_fit
from service.matching.people import read_people
from service.matching.wishes import read_worth
from tests.matching.oracle import PLACED, Oracle

SHAPES: dict[str, dict[str, Any]] = {
    "sets": {},
    "small sets": {"size": {"min": 2, "max": 3, "target": 3}},
    "pairs and a trio": {"kind": "pair", "size": {"max": 3}},
    "two from one organisation": {"rules": {"max_per_organisation": 2, "common_slots": 0}},
}


def spelled_out(about: dict[str, Any]) -> dict[str, Any]:
    """The same round with its help and company as figures, in whole points."""
    question = read_question(about)
    people = read_people(question)
    worth = read_worth(question, people)
    help = [
        [helper, problem, round(float(worth.help[one, place]))]
        for one, helper in enumerate(people.ids)
        for place, problem in enumerate(people.problems)
    ]
    together = [
        [one, other, round(float(worth.together[first, second]))]
        for first, one in enumerate(people.ids)
        for second, other in enumerate(people.ids[:first])
    ]
    return {**about, "help": help, "together": together}


@pytest.fixture(autouse=True, params=["stars", "best company"])
def way(request, monkeypatch):
    """Either as for thousands of people, or as for very many."""
    if request.param == "best company":
        monkeypatch.setattr(blocks_bound, "DENSE", 0)
    return request.param


def bound(about: dict[str, Any], placed: int) -> float:
    question = read_question(about)
    most = most_worth(gathering(question), sizes_of(question), placed, 0.2, lambda: False)
    assert most is not None
    return most


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(4))
def test_no_answer_is_worth_more_than_the_bound(shape, seed):
    about = spelled_out(a_round(13, seed, **SHAPES[shape]))
    if shape == "pairs and a trio":
        about = {**about, "people": about["people"]}
        best = max(map(Oracle(small(about, 9)).aims, Oracle(small(about, 9)).answers()), key=lambda aims: aims[::2])
        placed, value = best[0], best[2]
        about = small(about, 9)
    else:
        found = Oracle(about).by_subsets(waited=False)
        placed = (found + PLACED // 2) // PLACED
        value = found - placed * PLACED
    assert bound(about, placed) >= value - 1e-6


def small(about: dict[str, Any], people: int) -> dict[str, Any]:
    """The round with fewer people."""
    cast = about["people"][:people]
    ids = {person["id"] for person in cast}
    brought = {problem["id"] for person in cast for problem in person["problems"]}
    return {
        **about,
        "people": cast,
        "help": [each for each in about["help"] if each[0] in ids and each[1] in brought],
        "together": [each for each in about["together"] if {each[0], each[1]} <= ids],
    }


@pytest.mark.parametrize("seed", range(3))
def test_help_looked_up_by_slices_is_the_best_there_is(seed):
    about = a_round(40, seed)
    question = read_question(about)
    people = read_people(question)
    fit, worth = read_fit(question, people), read_worth(question, people)
    chance = Random(seed)
    alone = most_worth(gathering(question), (5,), 5, 0.0, lambda: False)
    assert alone is not None
    assert alone > 0
    for _ in range(50):
        members = chance.sample(range(40), 5)
        help = sum(max(worth.help[other, p] for other in members if other != m) for m in members for p in worth.of[m])
        if all(fit.allowed[one, other] for one in members for other in members if one != other):
            assert help <= alone


def test_weights_below_nothing_count_as_nothing_where_only_the_best_company_is_looked_up(way):
    about = a_round(13, 5, weights={"theme": -5, "region": -2, "profession": 0, "new_tie": 0})
    if way == "best company":
        assert bound(about, 5) >= bound(
            {**about, "weights": {"theme": 0, "region": 0, "profession": 0, "new_tie": 0}}, 5
        )
