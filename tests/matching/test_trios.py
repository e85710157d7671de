"""An odd number in pairs: everybody is placed, one set of three among them, and nothing is better."""

from itertools import combinations
from random import Random
from typing import Any

import pytest

from bench.rounds import a_round
from service.matching import read_question, search
from service.matching.fits import read_fit
from service.matching.pairs import best_pairs
from service.matching.people import read_people
from service.matching.wishes import read_worth
from tests.matching.asking import Json, answer, people
from tests.matching.oracle import PLACED, Oracle
from tests.matching.test_optimal import round_of

PAIRS: Json = {"kind": "pair", "size": {"min": 2, "max": 3, "target": 2, "penalty": 15}}


def by_pairing(about: Json) -> tuple[int, float, bool]:
    """How many the pairing places, its bound, and whether it is proven best, whatever else could answer."""
    question = read_question(about)
    cast = read_people(question)
    sets, bound, proven = best_pairs(read_fit(question, cast), read_worth(question, cast), cast.waited)
    return sum(map(len, sets)), bound, proven


def by_trying(about: Json) -> int:
    """The most everybody can be worth in pairs and one trio: every trio, and beside it every way to pair the rest."""
    oracle, best = Oracle(about), -PLACED
    for trio in combinations(oracle.ids, 3):
        if oracle.legal(trio):
            rest = Oracle({**about, "people": [person for person in oracle.people if person["id"] not in trio]})
            best = max(best, oracle.value(trio) + rest.by_subsets(False) - PLACED * rest.n)
    return best


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_worth_more_than_what_is_proven_best(seed):
    chance = Random(f"trios {seed}")
    about = round_of(chance, chance.choice([5, 7, 9, 11]), **PAIRS, past=[])
    about["rules"] = {"common_slots": 1, "max_per_organisation": 2}
    for person in about["people"]:
        person.update(reports_to=None, slots=person["slots"] or ["m", "t", "w", "f"])
    best = by_trying(about)
    placed, bound, proven = by_pairing(about)
    assert placed == len(about["people"])
    assert proven
    assert bound == best


@pytest.mark.parametrize("number", [23, 45, 101])
def test_an_odd_round_places_everybody_with_one_trio_and_proves_it_best(number):
    found = answer(a_round(number, 1, **PAIRS))
    assert (found["placed"], found["status"], found["gap"]) == (number, "optimal", 0)
    assert sorted(len(each["people"]) for each in found["sets"])[-2:] == [2, 3]


def test_what_pairing_proves_stays_proven_where_choosing_from_every_set_runs_out_of_work():
    chance, ids = Random(3), [f"p{number:02d}" for number in range(31)]
    pairs = [[*pair, chance.uniform(0, 200)] for pair in combinations(ids, 2)]
    found = answer({**PAIRS, "people": [{"id": id} for id in ids], "together": pairs, "help": []}, seconds=0.1)
    assert (found["placed"], found["status"]) == (31, "optimal")
    assert found["gap"] < 1e-9


@pytest.mark.parametrize("size", [{"min": 4, "max": 6, "target": 5}, {"min": 2, "max": 3}, {"min": 3, "max": 5}])
def test_twenty_three_people_are_placed_in_sets_of_any_size_the_round_allows(size):
    found = answer({**a_round(23, 3), "size": size, "avoid": [], "past": [], "rules": {"common_slots": 0}})
    assert (found["placed"], found["unplaced"]) == (23, [])


def test_whoever_is_left_when_no_size_fits_is_named_with_the_reason():
    found = answer({"people": people("abcdefghijklmnopqrstuvw"), "kind": "pair", "size": {"max": 2}})
    assert found["placed"] == 22
    [left] = found["unplaced"]
    assert "does not divide" in left["because"]


def test_a_trio_is_bound_by_the_rules_of_every_set():
    about: dict[str, Any] = {**PAIRS, "people": people("abcde"), "together": [["a", "b", 90], ["b", "c", 80]]}
    assert sorted("".join(each["people"]) for each in answer(about)["sets"]) == ["abc", "de"]
    met = [{"people": ["a", "c"], "rounds_ago": 1}]
    assert "abc" not in {"".join(each["people"]) for each in answer({**about, "past": met})["sets"]}
    slots = dict(zip("abc", (["m", "t"], ["t", "w"], ["w", "m"]), strict=True))
    shy = [{"id": id, "slots": slots.get(id, [])} for id in "abcde"]
    assert "abc" not in {"".join(each["people"]) for each in answer({**about, "people": shy})["sets"]}


def test_who_meets_whom_two_by_two_is_not_enough_where_nobody_else_is_there():
    about = {**PAIRS, "people": people("abcde"), "avoid": [list(two) for two in combinations("abcd", 2)]}
    assert by_pairing(about)[0] == 2


def test_of_those_left_over_whoever_waited_longest_makes_the_trio(monkeypatch):
    monkeypatch.setattr(search, "LIST_ALL", 0)  # as in a round too large to list
    waits = {"a": 5, "b": 5, "c": 3, "d": 1, "e": 1, "f": 0, "g": 0}
    about = {
        **PAIRS,
        "people": [{"id": id, "waited_rounds": rounds} for id, rounds in waits.items()],
        "avoid": [*([one, other] for one in "abc" for other in "def"), *(["g", other] for other in "abcdef")],
        "together": [["d", "f", 1000], ["e", "f", 1000]],
    }
    assert sorted("".join(each["people"]) for each in answer(about)["sets"]) == ["abc", "de"]
