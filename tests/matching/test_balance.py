"""What people cost where good sets are shared out evenly: beside the linear program solved, and what a dive asks."""

from itertools import combinations
from random import Random

import numpy as np
import pytest
from ortools.linear_solver import pywraplp

from service.matching.balance import Balance

SEEDS = range(3)
PEOPLE = 12


def every(seed: int) -> dict[tuple[int, ...], float]:
    """Every set of three or four, with some value."""
    chance = Random(f"balance {seed}")
    return {
        members: chance.uniform(10.0, 30.0) * size for size in (3, 4) for members in combinations(range(PEOPLE), size)
    }


def balanced(sets: dict[tuple[int, ...], float], placed: int = PEOPLE) -> Balance:
    """As cold as it gets."""
    balance = Balance(PEOPLE, placed)
    balance.begin(sets.items())
    balance.costs()
    while balance.cool():
        balance.costs()
    balance.settle()
    balance.costs()
    return balance


def solved(sets: dict[tuple[int, ...], float]) -> float:
    """The value of the linear program itself: everybody once."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    rows = [solver.Constraint(1.0, 1.0) for _ in range(PEOPLE)]
    for members, worth in sets.items():
        share = solver.NumVar(0.0, solver.infinity(), "")
        solver.Objective().SetCoefficient(share, worth)
        for person in members:
            rows[person].SetCoefficient(share, 1.0)
    solver.Objective().SetMaximization()
    assert solver.Solve() == pywraplp.Solver.OPTIMAL
    return float(solver.Objective().Value())


@pytest.mark.parametrize("seed", SEEDS)
def test_once_cold_people_cost_what_they_cost_in_the_program(seed):
    sets = every(seed)
    balance = balanced(sets)
    assert balance.cost.sum() == pytest.approx(solved(sets), rel=2e-3)
    over = [worth - balance.cost[list(members)].sum() for members, worth in sets.items()]
    assert max(over) < 0.01 * balance.head


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_is_taken_once_in_all(seed):
    balance = balanced(every(seed))
    taken = np.zeros(PEOPLE)
    for members, share in balance.shares().items():
        taken[list(members)] += share
    assert taken == pytest.approx(np.ones(PEOPLE), abs=0.1)  # sets taken less than a little are not named


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_are_left_out_as_may_be(seed):
    balance = balanced(every(seed), placed=PEOPLE - 2)
    taken = sum(share * len(members) for members, share in balance.shares().items())
    assert taken == pytest.approx(PEOPLE - 2, abs=0.75)


def test_whoever_sits_is_taken_no_more():
    balance = balanced(every(0))
    first = max(balance.shares().items(), key=lambda each: each[1])[0]
    balance.seat([first])
    balance.costs()
    assert balance.shares()
    assert all(set(members).isdisjoint(first) for members in balance.shares())


def test_a_balance_thinned_out_keeps_the_best_sets_of_everybody():
    sets = every(1)
    balance = balanced(sets)
    best = {max(sets, key=lambda members: sets[members] - balance.cost[list(members)].sum())}
    balance.thin(2)
    assert best <= set(balance.pool) < set(sets)
    assert {person for members in balance.pool for person in members} == set(range(PEOPLE))


def test_whoever_is_in_no_set_costs_what_everybody_costs_at_first():
    balance = Balance(3, 3)
    balance.begin([((0, 1), 10.0)])
    _, cost = balance.costs()
    assert cost[2] == balance.head
    assert cost[0] + cost[1] == pytest.approx(10.0, abs=balance.heat)


def test_a_set_joins_once():
    balance = Balance(2, 2)
    assert balance.join((0, 1), 1.0)
    assert not balance.join((0, 1), 1.0)
