"""Twenty people and more, where every set the rules allow can still be listed: no bound is too low, no aim is missed.

What is best is chosen by CP-SAT from the sets of the oracle; nothing is borrowed from the workshop. `BOUNDS=200`
in the environment asks as many rounds.
"""

import os
from collections.abc import Sequence
from random import Random

import pytest
from ortools.sat.python import cp_model

from service.matching import search
from tests.matching.asking import Json, answer
from tests.matching.oracle import Oracle
from tests.matching.test_fairness import least
from tests.matching.test_optimal import round_of

SEEDS = range(int(os.environ.get("BOUNDS", "4")))


def most(oracle: Oracle, aim: Sequence[float], among: Sequence[bool], **held: tuple[Sequence[int], int]) -> int | None:
    """The most of an aim that allowed sets add up to, where other sums are held; None if there is no way."""
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in oracle.sets]
    for each, allowed in zip(taken, among, strict=True):
        if not allowed:
            model.add(each == 0)
    for id in oracle.ids:
        model.add_at_most_one(each for each, members in zip(taken, oracle.sets, strict=True) if id in members)
    if oracle.trio:
        model.add_at_most_one(each for each, members in zip(taken, oracle.sets, strict=True) if len(members) == 3)
    if oracle.groups is not None:
        for size in {size for size, _ in oracle.groups}:
            of_size = sum(each for each, members in zip(taken, oracle.sets, strict=True) if len(members) == size)
            model.add(of_size == oracle.groups.count([size, size]))
    for each_of, total in held.values():
        model.add(cp_model.LinearExpr.weighted_sum(taken, each_of) == total)
    model.maximize(cp_model.LinearExpr.weighted_sum(taken, aim))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.linearization_level = 1, 2
    status = solver.solve(model)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


def asked(seed: int) -> Json:
    """A round in which every rule bites: sets, pairs with a trio, or groups; in some, people whom nothing fits."""
    chance = Random(f"bound {seed}")
    size = {"min": 2, "max": 3, "target": 3, "penalty": 5} if seed % 8 < 4 else {"min": 3, "max": 4, "target": 4}
    about = round_of(chance, chance.randint(20, 24), size=size)
    about["rules"] = {"max_per_organisation": chance.choice([1, 2]), "cooldown_rounds": 3, "common_slots": 1}
    about["rules"]["fair"] = seed % 3 == 0
    for person in about["people"]:
        person["organisation"] = chance.choice([None, *"abcdefgh"])
        person["newcomer"] = chance.random() < 0.2
    if seed % 4 == 1:
        about |= {"kind": "pair", "size": {"max": 3}}
    if seed % 4 == 2:
        about["group_sizes"] = [[2, 2], [2, 2], [3, 3], [3, 3], [1, 1]]
    if seed % 2:
        for person in about["people"][:3]:
            person["slots"] = [f"only {person['id']}"]
    return about


@pytest.mark.parametrize("listing", [True, False], ids=["from every set", "by columns"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_bound_is_below_the_best_and_no_answer_above_it(seed, listing, monkeypatch):
    if not listing:
        monkeypatch.setattr(search, "LIST_ALL", 0)
    about = asked(seed)
    oracle, found = Oracle(about), answer(about, seconds=0.2)
    sizes, any_set = [len(members) for members in oracle.sets], [True] * len(oracle.sets)
    values = [oracle.value(members) for members in oracle.sets]
    placed = most(oracle, sizes, any_set)
    if placed is None:
        assert found["status"] == "infeasible"
        return
    assert found["placed"] <= placed
    as_many = most(oracle, values, any_set, placed=(sizes, found["placed"]))
    assert as_many is not None
    assert found["value"] <= as_many
    assert found["upper_bound"] is None or found["upper_bound"] >= as_many - 1e-6
    if found["status"] != "optimal":
        return
    waits = [sum(oracle.cast[id]["waited_rounds"] for id in members) for members in oracle.sets]
    waited = most(oracle, waits, any_set, placed=(sizes, placed)) or 0
    before = {"placed": (sizes, placed), "waited": (waits, waited)}
    formed = [each["people"] for each in found["sets"]]
    among = any_set
    if about["rules"]["fair"]:
        floors = [least(oracle.help, oracle.cast, [members]) for members in oracle.sets]
        brings = [any(oracle.cast[id]["problems"] for id in members) for members in oracle.sets]
        stands = least(oracle.help, oracle.cast, formed)
        higher = [floor > stands or not brought for floor, brought in zip(floors, brings, strict=True)]
        assert most(oracle, values, higher, **before) is None
        among = [floor >= stands or not brought for floor, brought in zip(floors, brings, strict=True)]
    assert oracle.aims(formed) == (placed, waited, most(oracle, values, among, **before))
