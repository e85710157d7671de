"""When fairness is asked for: placing and waiting first, then the worst served, then the sum."""

from collections.abc import Sequence
from itertools import combinations
from random import Random

import pytest

from bench.rounds import a_round
from service.matching import search
from tests.matching.asking import Json, answer, of_size
from tests.matching.oracle import Oracle
from tests.matching.test_optimal import round_of


def fairly(about: Json) -> Json:
    return {**about, "rules": {**about.get("rules", {}), "fair": True}}


def floor(about: Json, found: Json) -> float:
    """What whoever is helped least with their own problems gets."""
    help = {(helper, problem): points for helper, problem, points in about["help"]}
    cast = {person["id"]: person for person in about["people"]}
    return least(help, cast, [each["people"] for each in found["sets"]])


def least(help: dict[tuple[str, str], float], cast: dict[str, Json], sets: Sequence[Sequence[str]]) -> float:
    """The same of any sets."""
    gets = [
        sum(max(help.get((other, each["id"]), 0) for other in members if other != id) for each in cast[id]["problems"])
        for members in sets
        for id in members
        if cast[id]["problems"]
    ]
    return min(gets, default=0)


FOUR: Json = {
    "people": [{"id": id, "problems": [{"id": id}]} for id in "abcd"],
    "size": of_size(2),
    "together": [],
    "help": [["a", "b", 50], ["b", "a", 50], ["a", "c", 9], ["c", "a", 9], ["b", "d", 9], ["d", "b", 9]],
}


@pytest.mark.parametrize("kind", ["action_set", "pair"])
def test_the_worst_served_comes_before_the_sum_when_asked(kind):
    about = {**FOUR, "kind": kind}
    plain, fair = answer(about), answer(fairly(about))
    assert (plain["value"], plain["floor"], floor(about, plain)) == (100, 0, 0)
    assert (fair["value"], fair["floor"], floor(about, fair)) == (36, 9, 9)
    assert fair["upper_bound"] >= 100
    assert fair["status"] == "feasible"


def test_the_sum_alone_decides_when_it_is_not_asked():
    said_so = {**FOUR, "rules": {"fair": False}}
    assert answer(said_so)["result_hash"] == answer(FOUR)["result_hash"]


def test_where_nobody_brings_a_problem_there_is_no_floor():
    about = {"people": [{"id": id} for id in "abcd"], "size": of_size(2)}
    assert answer(fairly(about))["floor"] is None


def test_what_is_best_for_the_sum_is_not_called_best_where_a_higher_floor_is_possible(monkeypatch):
    monkeypatch.setattr(search, "LIST_ALL", 0)  # as in a round too large to list
    trio = {"kind": "pair", "size": {**FOUR["size"], "max": 3}, "people": [*FOUR["people"], {"id": "e"}]}
    assert answer({**FOUR, **trio})["status"] == "optimal"
    fair = answer(fairly({**FOUR, **trio}))
    assert fair["status"] == "feasible" or fair["floor"] == 9
    alike = {**FOUR, **trio, "help": [[one, other, 9] for one in "abcd" for other in "abcd"]}
    assert answer(fairly(alike))["status"] == "optimal"


def test_placing_comes_before_the_worst_served():
    about = {**FOUR, "avoid": [["a", "c"]]}
    found = answer(fairly(about))
    assert found["placed"] == 4
    assert floor(about, found) == 0


@pytest.mark.parametrize("seed", range(6))
def test_in_small_rounds_the_floor_is_the_highest_there_is(seed):
    chance = Random(f"fair {seed}")
    about = round_of(chance, 8, size={"min": 2, "max": 3, "target": 2, "penalty": 3})
    oracle, found = Oracle(about), answer(fairly(about))
    help = {(helper, problem): points for helper, problem, points in about["help"]}

    def standing(chosen: list[tuple[str, ...]]) -> tuple[float, ...]:
        placed, waited, value = oracle.aims(chosen)
        return placed, waited, least(help, oracle.cast, chosen), value

    best = max(standing(chosen) for chosen in oracle.answers())
    assert standing([tuple(each["people"]) for each in found["sets"]]) == best


@pytest.mark.parametrize("seed", range(4))
def test_a_floor_that_cannot_be_raised_costs_nothing(seed):
    chance = Random(f"hopeless {seed}")
    about = round_of(chance, 10, size={"min": 2, "max": 3, "target": 2, "penalty": 3}, past=[], avoid=[])
    for person in about["people"]:
        person.update(organisation=None, reports_to=None, slots=[])
    about["people"][0]["problems"] = [{"id": "hopeless"}]
    about["people"][1]["problems"] = [{"id": "nearly hopeless"}]
    about["help"] = [[helper, problem, max(0, points)] for helper, problem, points in about["help"]]
    about["help"] = [
        each for each in about["help"] if each[1] in {p["id"] for d in about["people"] for p in d["problems"]}
    ]
    plain, fair = answer(about), answer(fairly(about))
    assert (plain["floor"], fair["floor"]) == (0, 0)
    assert (fair["placed"], fair["value"], fair["status"]) == (plain["placed"], plain["value"], "optimal")


def test_an_answer_in_which_nobody_brings_a_problem_is_not_held_to_be_fairer():
    bring = [{"id": id, "problems": [{"id": id}]} for id in "abc"]
    about = {"people": [*bring, {"id": "d"}, {"id": "e"}], "size": of_size(2), "group_sizes": [[2, 2]]}
    about |= {"help": [["a", "b", 9], ["b", "a", 9]], "together": [["d", "e", 1]]}
    found = answer(fairly(about))
    assert (found["floor"], found["value"], found["status"]) == (9, 18, "optimal")


def test_in_an_odd_round_of_pairs_too_large_to_list_the_floor_is_raised_by_pairing():
    about = a_round(51, 3, kind="pair", size={"max": 3}, past=[], avoid=[])
    plain, fair = answer(about), answer(fairly(about))
    assert (plain["placed"], fair["placed"], fair["status"]) == (51, 51, "feasible")
    assert fair["floor"] > plain["floor"]
    assert fair["upper_bound"] >= plain["value"] - 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_where_all_could_be_listed_pairing_claims_no_higher_floor_than_there_is(seed, monkeypatch):
    chance = Random(f"odd {seed}")
    about = round_of(chance, 9, kind="pair", size={"max": 3}, past=[], avoid=[], rules={"max_per_organisation": 9})
    for person in about["people"]:
        person.update(slots=[], reports_to=None)
    listed = answer(fairly(about))
    monkeypatch.setattr(search, "LIST_ALL", 0)
    paired, plain = answer(fairly(about)), answer(about)
    assert paired["placed"] == plain["placed"] == 9
    assert plain["floor"] <= paired["floor"] <= listed["floor"]


def test_in_a_larger_round_the_floor_is_raised_and_as_many_are_placed():
    about = a_round(32, 3, past=[], avoid=[])
    chance = Random(3)
    ids = [person["id"] for person in about["people"]]
    about["help"] = [
        [helper, problem["id"], chance.randint(1, 60)]
        for person in about["people"]
        for problem in person["problems"]
        for helper in ids
        if helper != person["id"] and chance.random() < 0.2
    ]
    about["together"] = [[*pair, 1] for pair in combinations(ids, 2)]
    plain, fair = answer(about), answer(fairly(about))
    assert fair["placed"] == plain["placed"]
    assert floor(about, fair) > floor(about, plain)
    assert fair["upper_bound"] >= plain["value"] - 1e-6
