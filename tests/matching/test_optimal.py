"""Best means best: small rounds are enumerated whole, middling ones divided by dynamic programming, and compared."""

from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as draw

from bench.rounds import a_round
from tests.matching.asking import Json, answer
from tests.matching.oracle import PLACED, WAITED, Oracle

few = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


def round_of(chance: Random, number: int, **changes: Any) -> Json:
    """A round in which every rule bites now and then, with figures given as whole numbers."""
    ids = [f"d{place:02d}" for place in range(number)]
    two = list(combinations(ids, 2))
    listed: list[Json] = [
        {
            "id": id,
            "organisation": chance.choice([None, "x", "y", "z", "w", "v"]),
            "reports_to": chance.choice([None, None, None, *ids]),
            "slots": chance.choice([[], chance.sample(["m", "t", "w", "f"], chance.randint(1, 4))]),
            "waited_rounds": chance.choice([0, 0, 1, 3]),
            "problems": [{"id": f"{id}-{place}"} for place in range(chance.choice([0, 1, 1, 2]))],
        }
        for id in ids
    ]
    problems = [problem["id"] for person in listed for problem in person["problems"]]
    low = chance.choice([0, 0, -20])
    return {
        "people": listed,
        "size": {
            "min": (least := chance.randint(1, 4)),
            "max": least + chance.randint(0, 2),
            "target": chance.randint(1, 6),
            "penalty": chance.choice([0, 3, 40]),
        },
        "rules": {
            "max_per_organisation": chance.choice([1, 1, 2]),
            "cooldown_rounds": 3,
            "common_slots": chance.choice([0, 1, 1, 2]),
        },
        "avoid": chance.sample(two, min(len(two), chance.randint(0, 3))),
        "past": [
            {"people": chance.sample(ids, min(3, number)), "rounds_ago": chance.randint(1, 5)}
            for _ in range(chance.randint(0, 2))
        ],
        "help": [[helper, problem, chance.randint(low, 60)] for helper in ids for problem in problems],
        "together": [[*pair, chance.randint(low, 15)] for pair in two if chance.random() < 0.8],
        **changes,
    }


def prove(about: Json, **how: Any) -> None:
    """The answer reaches the best aims in their order, and no answer that places as many is above its bound."""
    oracle = Oracle(about)
    found = answer(about, **how)
    best: tuple[int, int, int] | None = None
    most: dict[int, int] = {}
    for chosen in oracle.answers():
        aims = oracle.aims(chosen)
        best = aims if best is None else max(best, aims)
        most[aims[0]] = max(most.get(aims[0], aims[2]), aims[2])
    if best is None:
        assert found["status"] == "infeasible"
        return
    assert found["status"] != "infeasible"
    reached = oracle.aims([each["people"] for each in found["sets"]])
    assert reached[2] == pytest.approx(found["value"])
    assert reached <= best
    if found["status"] == "optimal":
        assert reached == best
    if found["upper_bound"] is not None:
        assert found["upper_bound"] >= most[found["placed"]] - 1e-6


@few
@given(draw.randoms(use_true_random=False), draw.integers(4, 8))
def test_a_small_round_gets_the_best_of_all_its_answers(chance, number):
    prove(round_of(chance, number))


@few
@given(draw.randoms(use_true_random=False), draw.integers(4, 8))
def test_pairs_and_the_trio_are_the_best_there_are(chance, number):
    size = {"min": 2, "max": chance.choice([2, 3]), "target": 2, "penalty": chance.choice([0, 5])}
    prove(round_of(chance, number, kind="pair", size=size))


@few
@given(draw.randoms(use_true_random=False), draw.integers(4, 8))
def test_groups_of_given_sizes_are_the_best_there_are(chance, number):
    groups = chance.choice([[[2, 2], [2, 2]], [[1, 3], [2, 4]], [[3, 5]], [[2, 3], [2, 2], [1, 2]]])
    prove(round_of(chance, number, group_sizes=groups))


@few
@given(draw.randoms(use_true_random=False), draw.integers(4, 8))
def test_everybody_is_placed_or_it_cannot_be_done(chance, number):
    about = round_of(chance, number)
    about["rules"]["place_everyone"] = True
    prove(about)


def test_what_is_best_in_a_small_round_is_proven_to_be():
    chance = Random(20)
    statuses = [answer(round_of(chance, 9))["status"] for _ in range(12)]
    assert statuses.count("optimal") == 12


def compare(about: Json) -> Json:
    """The answer beside the exact one: the aims in their order, and the bound against the best of as many."""
    oracle, found = Oracle(about), answer(about, seconds=0.3)
    placed, waited, value = oracle.aims([each["people"] for each in found["sets"]])
    best = oracle.by_subsets(waited=True)
    reached = PLACED * placed + WAITED * waited + value
    assert reached <= best
    if found["status"] == "optimal":
        assert reached == best
    worth_most = oracle.by_subsets(waited=False)
    if worth_most // PLACED == placed or (worth_most + WAITED) // PLACED == placed:
        assert found["upper_bound"] is None or found["upper_bound"] >= worth_most - PLACED * placed - 1e-6
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_round_of_twelve_to_sixteen_is_best_and_its_bound_is_never_below_the_best(seed):
    chance = Random(f"middling {seed}")
    assert compare(round_of(chance, 12 + seed % 5))["status"] == "optimal"


@pytest.mark.parametrize("seed", range(2))
def test_the_bound_holds_too_where_there_are_too_many_sets_to_list(seed):
    chance = Random(f"loose {seed}")
    about = round_of(chance, 16, size={"min": 3, "max": 6, "target": 5, "penalty": 20}, avoid=[], past=[])
    for person in about["people"]:
        person |= {"organisation": None, "reports_to": None, "slots": []}
    oracle = Oracle(about)
    assert len(oracle.sets) > 14_000
    found = compare(about)
    assert found["upper_bound"] is not None
    assert found["placed"] == 16


@pytest.mark.parametrize("number", [14, 15])
def test_the_bound_of_pairs_holds(number):
    chance = Random(f"pairs {number}")
    size = {"min": 2, "max": 2, "target": 2, "penalty": 0}
    assert compare(round_of(chance, number, kind="pair", size=size))["status"] == "optimal"


def test_no_answer_is_ever_found_above_the_bound_of_another():
    about = a_round(40, 1, past=[], avoid=[])
    for person in about["people"]:
        person["slots"] = [*person["slots"][:5], "fri-pm"]
    answers = [answer(about, seconds=0.1, seed=seed) for seed in (0, 1, 2)]
    most = max(found["placed"] for found in answers)
    best = max(found["value"] for found in answers if found["placed"] == most)
    for found in answers:
        if found["placed"] == most and found["upper_bound"] is not None:
            assert found["upper_bound"] >= best - 1e-6
