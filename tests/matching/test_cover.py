"""The best choice among given sets, exactly: beside trying every choice, and beyond what one whole number holds."""

import itertools
from random import Random

import numpy as np
import pytest
from ortools.sat.python import cp_model

from service.matching.cover import WIDEST, WORD, best_cover

OUT = 50.0


def sets_of(people: int, many: int, seed: int) -> dict[tuple[int, ...], float]:
    """Sets of two to four people, each with its slack."""
    chance = Random(f"cover {people} {seed}")
    drawn = {tuple(sorted(chance.sample(range(people), chance.randint(2, 4)))) for _ in range(many)}
    return {members: round(chance.uniform(0.0, 20.0), 3) for members in sorted(drawn)}


def covered(people: int, sets: dict[tuple[int, ...], float], below: float) -> list[tuple[int, ...]] | None:
    kinds, slacks = [], []
    for size in (2, 3, 4):
        mine = [members for members in sets if len(members) == size]
        kinds.append(np.array(mine, dtype=np.int64).reshape(len(mine), size))
        slacks.append(np.array([sets[members] for members in mine]))
    return best_cover(people, kinds, slacks, np.full(people, OUT), below, 10_000_000)


def slack_of(people: int, sets: dict[tuple[int, ...], float], chosen: list[tuple[int, ...]]) -> float:
    inside = [person for members in chosen for person in members]
    assert len(inside) == len(set(inside)), "nobody sits twice"
    return sum(sets[members] for members in chosen) + OUT * (people - len(inside))


def least_of_all(people: int, sets: dict[tuple[int, ...], float]) -> float:
    model = cp_model.CpModel()
    taken = {members: model.new_bool_var(str(members)) for members in sets}
    alone = [model.new_bool_var(str(person)) for person in range(people)]
    for person in range(people):
        model.add_exactly_one([alone[person], *(each for members, each in taken.items() if person in members)])
    cost = [(each, round(1000 * sets[members])) for members, each in taken.items()]
    model.minimize(sum(each * points for each, points in cost) + round(1000 * OUT) * sum(alone))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return solver.objective_value / 1000


@pytest.mark.parametrize("seed", range(6))
def test_no_choice_of_few_sets_is_cheaper(seed):
    sets = sets_of(9, 12, seed)
    chosen = covered(9, sets, 1e9)
    assert chosen is not None
    every = (
        slack_of(9, sets, list(some))
        for many in range(5)
        for some in itertools.combinations(sets, many)
        if len({person for members in some for person in members}) == sum(map(len, some))
    )
    assert slack_of(9, sets, chosen) == pytest.approx(min(every))


@pytest.mark.parametrize("people", [WORD - 1, WORD, WORD + 1, 80, WIDEST])
def test_no_choice_is_cheaper_where_people_fill_one_whole_number_and_another(people):
    sets = sets_of(people, 40, 0)
    chosen = covered(people, sets, 1e9)
    assert chosen is not None
    assert slack_of(people, sets, chosen) == pytest.approx(least_of_all(people, sets))


def test_there_is_none_where_none_is_cheap_enough():
    sets = sets_of(70, 60, 1)
    least = least_of_all(70, sets)
    assert covered(70, sets, least - 0.001) is None
    assert covered(70, sets, least + 0.001) is not None
