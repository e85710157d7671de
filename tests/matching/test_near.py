"""Quick looks and regions: what they name keeps every rule, and an answer they touch only gets better."""

import math
from random import Random

import numpy as np
import pytest

from bench.rounds import a_round
from service.matching import read_question
from service.matching.chains import Chains
from service.matching.cuts import crossed
from service.matching.exchanging import exchanged
from service.matching.fits import Fit, may_sit_together, read_fit
from service.matching.growing import grown
from service.matching.hunting import hunted
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.people import read_people
from service.matching.reach import beyond_usual
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
    kinds, _ = grown(chains.table, chains.reach, np.full(chains.n, HEAD), chains.fit.sizes, -1e9)
    return sorted(tuple(members) for kind in kinds for members in kind.tolist())


def test_nobody_is_hunted_for_where_everybody_sits_alone():
    _, _, chains = of(1)
    kinds, gains = hunted(chains.table, chains.reach, np.zeros(chains.n), (), (1,), -1e9, anew=True)
    assert [each.shape for each in (*kinds, *gains)] == [(0, 1), (0,)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_look_nearby_names_sets_one_person_away_that_keep_every_rule_and_are_worth_more_than_they_cost(seed):
    fit, worth, chains = of(seed)
    near, cost = some_sets(chains), np.full(chains.n, HEAD)
    kinds, gains = hunted(chains.table, chains.reach, cost, near, fit.sizes, 0.1, anew=False)
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
    dear = np.full(chains.n, 1e6)
    kinds, _ = hunted(chains.table, chains.reach, dear, some_sets(chains)[:40], fit.sizes, 0.1, anew=True)
    assert not sum(map(len, kinds))


@pytest.mark.parametrize("seed", SEEDS)
def test_of_everybody_who_may_come_instead_of_a_member_the_best_comes(seed):
    fit, worth, chains = of(seed)
    cost = np.random.default_rng(seed).uniform(20.0, 45.0, chains.n)
    cost[:2] = np.inf  # who is seated already is too dear for anybody
    near = [members for members in some_sets(chains) if members[0] > 1][::7]
    for members in near:
        kinds, gains = exchanged(chains.table, chains.reach, cost, [members], fit.sizes, 0.1)
        named = dict(zip((tuple(row) for kind in kinds for row in kind.tolist()), np.concatenate(gains), strict=True))
        for gone in (*members, None):
            rest = [person for person in members if person != gone]
            come = [tuple(sorted((*rest, person))) for person in range(2, chains.n) if person not in members]
            over = {
                each: value(worth, each) - cost[list(each)].sum()
                for each in come
                if len(each) in fit.sizes and may_sit_together(fit, each)
            }
            best = max(over, key=over.__getitem__, default=None)
            if best is not None and over[best] > 0.1 * len(best):
                assert named[best] == pytest.approx(over[best])
        assert all(min(each) > 1 for each in named)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_adds_more_than_they_may_add_at_most(seed):
    _, worth, chains = of(seed)
    reach, table = chains.reach, chains.table
    for members in some_sets(chains)[::5]:
        less = np.array(members[:-1], dtype=np.int64)
        most = beyond_usual(table, reach.usual, less, len(less)) + reach.meet[members[-1], less].sum()
        most += reach.expects[list(members)].sum() + table.size[len(members)]
        assert value(worth, members) <= most + 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_sets_grown_around_everybody_keep_every_rule_and_are_reckoned_rightly(seed):
    fit, worth, chains = of(seed)
    cost = np.full(chains.n, HEAD)
    kinds, gains = grown(chains.table, chains.reach, cost, fit.sizes, 1.0)
    assert sum(map(len, kinds))
    for kind, over in zip(kinds, gains, strict=True):
        for members, gain in zip(map(tuple, kind.tolist()), over.tolist(), strict=True):
            assert may_sit_together(fit, members)
            assert gain == pytest.approx(value(worth, members) - HEAD * len(members))
            assert gain > 1.0 * len(members)


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
