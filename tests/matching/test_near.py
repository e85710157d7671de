"""Quick looks and regions: what they name keeps every rule, and an answer they touch only gets better."""

import math
from random import Random

import numpy as np
import pytest

from bench.rounds import a_round
from service.matching import read_question
from service.matching.chains import Chains
from service.matching.cuts import crossed
from service.matching.fits import Fit, may_sit_together, read_fit
from service.matching.hunting import hunted, swapped
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.people import read_people
from service.matching.regions import improve_regions
from service.matching.search import Search
from service.matching.wishes import Worth, read_worth, value

HEAD = 40.0  # less than what a person is worth in these rounds
SEEDS = range(4)


def of(seed: int, people: int = 24) -> tuple[Fit, Worth, Chains]:
    """A round, and the search in it."""
    question = read_question(a_round(people, seed))
    cast = read_people(question)
    fit, worth = read_fit(question, cast), read_worth(question, cast)
    return fit, worth, Chains(fit, worth)


def some_sets(chains: Chains) -> list[tuple[int, ...]]:
    """Sets that keep every rule, found from everywhere."""
    kinds, _ = hunted(chains.table, np.full(chains.n, HEAD), chains.fit.sizes, -1e9)
    return sorted(tuple(members) for kind in kinds for members in kind.tolist())


def test_nobody_is_hunted_for_where_everybody_sits_alone():
    _, _, chains = of(1)
    kinds, gains = hunted(chains.table, np.zeros(chains.n), (1,), -1e9)
    assert [each.shape for each in (*kinds, *gains)] == [(0, 1), (0,)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_look_nearby_names_sets_one_person_away_that_keep_every_rule_and_are_worth_more_than_they_cost(seed):
    fit, worth, chains = of(seed)
    near, cost = some_sets(chains), np.full(chains.n, HEAD)
    kinds, gains = swapped(chains.table, cost, near, fit.sizes, 0.1)
    assert sum(map(len, kinds))
    for members, gain in zip(
        (tuple(row) for kind in kinds for row in kind.tolist()), np.concatenate(gains).tolist(), strict=True
    ):
        assert len(members) in fit.sizes
        assert may_sit_together(fit, members)
        assert gain == pytest.approx(value(worth, members) - HEAD * len(members))
        assert gain > 0.1 * len(members)
        assert any(max(len(set(members) - set(other)), len(set(other) - set(members))) <= 1 for other in near)


def test_a_look_nearby_names_nothing_where_everybody_is_too_dear():
    fit, _, chains = of(0)
    kinds, _ = swapped(chains.table, np.full(chains.n, 1e6), some_sets(chains)[:40], fit.sizes, 0.1)
    assert not sum(map(len, kinds))


@pytest.mark.parametrize("seed", SEEDS)
def test_people_of_whom_too_much_is_taken_are_named_and_no_others(seed):
    chance, n = Random(f"crossed {seed}"), 9
    rows = np.array(
        [[0, 1, 3], [1, 2, 4], [0, 2, 5], [0, 1, 2], *(sorted(chance.sample(range(n), 3)) for _ in range(4))]
    )
    share = np.array([0.5, 0.5, 0.5, 0.1, *(chance.uniform(0.0, 0.1) for _ in range(4))])
    share /= max(1.0, np.bincount(rows.ravel(), np.repeat(share, 3)).max())  # nobody is taken more than once
    threes, by = np.zeros((200, 3), dtype=np.int64), np.zeros(200)
    count = crossed(rows, np.full(len(rows), 3), share, np.zeros((n, n)), threes, by)
    named = {tuple(three): weight for three, weight in zip(threes[:count].tolist(), by[:count].tolist(), strict=True)}
    asked = {
        (one, two, three): sum(
            taken for row, taken in zip(rows.tolist(), share, strict=True) if len({one, two, three} & set(row)) >= 2
        )
        for one in range(n)
        for two in range(one + 1, n)
        for three in range(two + 1, n)
    }
    assert named == pytest.approx({three: weight for three, weight in asked.items() if weight > 1.001})
    assert (0, 1, 2) in named


def an_answer(seed: int, people: int) -> tuple[Neighbourhoods, Chains]:
    """Any sets one after another, whoever is left being out."""
    fit, worth, chains = of(seed, people)
    groups: list[tuple[int, ...]] = []
    for members in some_sets(chains):
        if not {person for group in groups for person in group} & set(members):
            groups.append(members)
    cost = np.full(people, HEAD)
    return Neighbourhoods(fit, worth, [0] * people, cost, groups, seed, chains), chains


@pytest.mark.parametrize("seed", SEEDS)
def test_region_by_region_an_answer_gets_better_and_breaks_no_rule(seed):
    answer, chains = an_answer(seed, 40)
    before = answer.standing()
    met = improve_regions(answer, chains, 4, "seed", lambda: False)
    assert all(may_sit_together(answer.fit, group) for group in met)
    assert all(points == pytest.approx(value(answer.worth, group)) for group, points in met.items())
    inside = [person for group in answer.groups for person in group]
    assert len(inside) == len(set(inside))
    assert all(may_sit_together(answer.fit, group) and len(group) in answer.fit.sizes for group in answer.groups)
    assert answer.standing() >= before


def test_there_is_something_to_gain_in_regions():
    answer, chains = an_answer(0, 40)
    before = answer.standing()
    assert improve_regions(answer, chains, 4, "seed", lambda: False), "sets were met on the way"
    assert answer.standing() > before


def test_regions_leave_the_best_answer_as_it_is():
    fit, worth, chains = of(0, 12)
    best = Search(fit, worth, np.zeros(12, dtype=np.int64), 1.0, 0, lambda *_: None).run()
    assert best.proven
    answer = Neighbourhoods(fit, worth, [0] * 12, np.full(12, HEAD), best.sets, 0, chains)
    improve_regions(answer, chains, 6, "seed", lambda: False)
    assert answer.groups == best.sets


@pytest.mark.parametrize("seed", SEEDS)
def test_room_is_made_for_whoever_is_out_without_putting_anybody_out(seed):
    answer, _ = an_answer(seed, 30)
    placed = len(answer.fit) - len(answer.out)
    answer.seat_more(40, 20, math.inf, lambda: False)
    assert len(answer.fit) - len(answer.out) >= placed
    assert all(may_sit_together(answer.fit, group) for group in answer.groups)


def test_room_is_looked_for_once_among_the_same_people_and_no_longer_than_was_paid_for():
    about = a_round(20, 1, size={"min": 3, "max": 4, "target": 3})
    about["avoid"] = [["d0000", person["id"]] for person in about["people"]]
    question = read_question(about)
    cast = read_people(question)
    fit, worth = read_fit(question, cast), read_worth(question, cast)
    placed = Search(fit, worth, np.zeros(20, dtype=np.int64), 0.1, 0, lambda *_: None).run().sets

    def looked(times: int, looks: float) -> int:
        answer = Neighbourhoods(fit, worth, [0] * 20, np.full(20, HEAD), placed, 0, Chains(fit, worth))
        for _ in range(times):
            answer.seat_more(5, 40, looks, lambda: False)
        assert 0 in answer.out
        return answer.looked

    assert looked(3, math.inf) == looked(1, math.inf) > 0
    assert looked(1, -1.0) == 0
