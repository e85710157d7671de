"""The way among many people, tried among few: costs eased at first, people invited."""

from random import Random

import pytest

from bench.rounds import a_round
from service.matching import (
    balance,
    check,
    dive,
    duals,
    generation,
    output,
    read_question,
    relevance,
    solve,
    wishes,
)
from service.matching.chains import Chains
from service.matching.fits import may_sit_together, read_fit
from service.matching.generation import Generation
from service.matching.people import read_people
from service.matching.star import star
from service.matching.wishes import read_worth, value

SEEDS = range(3)


@pytest.fixture
def many(monkeypatch):
    """Twenty are many."""
    for room in (balance, dive, duals):
        monkeypatch.setattr(room, "MANY", 20)
    monkeypatch.setattr(generation, "REGIONAL", 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_costs_eased_at_first_come_to_the_same(monkeypatch, seed):
    chance = Random(f"eased {seed}")
    sets = {tuple(sorted(chance.sample(range(30), 4))): chance.uniform(80.0, 120.0) for _ in range(300)}

    def cooled() -> balance.Balance:
        found = balance.Balance(30, 30)
        found.begin(sets.items())
        while found.cool():
            found.costs()
        return found

    plain = cooled()
    monkeypatch.setattr(balance, "MANY", 20)
    eased = cooled()
    assert eased.cost.sum() == pytest.approx(plain.cost.sum(), rel=1e-3)


def test_who_is_invited_sits_in_sets_that_keep_every_rule(many):
    question = read_question(a_round(40, 1))
    cast = read_people(question)
    fit, worth = read_fit(question, cast), read_worth(question, cast)
    begun = Generation(fit, worth, cast.waited, 1, 0, lambda *_: None, lambda: False, False, 40)
    groups, met = begun.anneal(Chains(fit, worth).table)
    assert set(groups) < set(met)
    for members, points in met.items():
        assert len(members) in fit.sizes
        assert list(members) == sorted(set(members))
        assert may_sit_together(fit, members)
        assert points == pytest.approx(value(worth, members))


def test_a_round_of_many_is_answered_by_the_rules_below_its_bound_and_the_same_each_time(many):
    question = read_question(a_round(60, 1))
    answer = solve(question, seconds=0.1)
    assert check(question, output(answer, question)) == []
    assert answer.upper_bound is not None
    assert answer.value <= answer.upper_bound
    assert solve(question, seconds=0.1).result_hash == answer.result_hash


def test_help_is_the_same_figure_by_figure_whether_people_are_looked_at_some_at_a_time_or_at_once(monkeypatch):
    question = read_question(a_round(50, 2))
    cast = read_people(question)
    whole = read_worth(question, cast).help
    monkeypatch.setattr(relevance, "SLICE", 7)
    monkeypatch.setattr(wishes, "SLICE", 9)
    assert (read_worth(question, cast).help == whole).all()


def test_where_there_are_too_many_to_look_at_every_set_the_bound_is_that_by_stars(many, monkeypatch):
    for room in (duals, generation):
        monkeypatch.setattr(room, "WIDEST", 20)
    question = read_question(a_round(140, 1))
    cast = read_people(question)
    fit, worth = read_fit(question, cast), read_worth(question, cast)
    found = Generation(fit, worth, cast.waited, 0.1, 0, lambda *_: None, lambda: False, False, 140).run()
    assert found.bound == star(fit, worth, found.sets, 0.1, lambda: False)
