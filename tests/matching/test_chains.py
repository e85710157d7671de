"""Every set worth more than its members cost is found: what a proven bound rests on, against plain enumeration."""

from random import Random

import numpy as np
import pytest

from bench.rounds import a_round
from service.matching import read_question
from service.matching.balance import Balance
from service.matching.chains import Chains
from service.matching.duals import hunt_while_cooling
from service.matching.fits import read_fit
from service.matching.joining import best_so_far, gain_of, gains_less_twice
from service.matching.people import read_people
from service.matching.wishes import read_worth
from tests.matching.oracle import Oracle
from tests.matching.test_optimal import round_of


@pytest.mark.parametrize("seed", range(12))
def test_no_set_above_its_cost_is_missed_and_none_below_is_named(seed):
    chance = Random(f"chains {seed}")
    least = chance.randint(2, 4)
    about = round_of(chance, 14, size={"min": least, "max": least + 2, "target": least, "penalty": 15})
    question, oracle = read_question(about), Oracle(about)
    people = read_people(question)
    chains = Chains(read_fit(question, people), read_worth(question, people))
    value = {members: oracle.value(members) for members in oracle.sets}
    each = max((points / len(members) for members, points in value.items()), default=0.0)
    cost = np.array([chance.uniform(0.4, 1.0) * each for _ in oracle.ids])
    of = dict(zip(oracle.ids, cost.tolist(), strict=True))
    above = {
        members: points - sum(of[id] for id in members)
        for members, points in value.items()
        if points - sum(of[id] for id in members) > 1e-6
    }
    found = chains.above(cost)
    assert found.complete
    named = {
        tuple(oracle.ids[place] for place in members): gain
        for sets, gains in zip(found.sets, found.gain, strict=True)
        for members, gain in zip(sets.tolist(), gains.tolist(), strict=True)
        if gain > 1e-6
    }
    if any(points < 0 for _, _, points in about["help"]):  # help below nothing is counted as nothing: more may pass
        assert all(named[members] >= gain - 1e-6 for members, gain in above.items())
    else:
        assert named == pytest.approx(above)


@pytest.mark.parametrize("seed", range(4))
def test_what_people_add_is_what_they_add_to_each_less_what_is_helped_twice(seed):
    question = read_question(round_of(Random(f"gains {seed}"), 14))
    people = read_people(question)
    table = Chains(read_fit(question, people), read_worth(question, people)).grown[0]
    order = np.random.default_rng(seed).permutation(14)
    members, near = order[:5], np.sort(order[5:])
    for count in (1, 2, 3, 4, 5):
        gain = table.pair[members[:count]].sum(axis=0)[near]
        gains_less_twice(table, members, count, near, gain, len(near))
        best = best_so_far(table, members, count)
        assert gain == pytest.approx([gain_of(table, members, count, best, person) for person in near])


def looked(problems: int, may_look: int = 1 << 62) -> tuple[bool, int]:
    """Whether every set was looked at, and with how many looks, where the first of twenty people brings so many."""
    about = round_of(Random(4), 20, size={"min": 3, "max": 4, "target": 3, "penalty": 0})
    for person in about["people"]:
        person["problems"] = []
    about["people"][0]["problems"] = [{"id": f"p{number}"} for number in range(problems)]
    question = read_question({**about, "help": []})
    chains = Chains(read_fit(question), read_worth(question, read_people(question)))
    complete = chains.above(np.full(20, -1.0), may_look=may_look).complete
    return complete, chains.looked


def test_looking_at_people_who_bring_many_problems_is_paid_for_by_as_many_looks():
    (_, few), (_, some), (_, many) = looked(2), looked(100), looked(1_600)
    assert few == some
    assert many == pytest.approx(10 * few, rel=0.01)
    assert looked(2, may_look=few)[0]
    assert not looked(1_600, may_look=few // 50)[0]


def test_one_part_shows_about_what_all_of_them_take_unless_it_takes_more_than_it_may():
    question = read_question(a_round(120, 1))
    people = read_people(question)
    chains, balance = Chains(read_fit(question, people), read_worth(question, people)), Balance(120, 120)
    chains.may_look = 10**8
    balance.begin(((person, person + 60), 180.0) for person in range(60))
    hunt_while_cooling(chains, balance, lambda: False)
    cost = balance.costs()[1]
    about, before = chains.takes(cost, 2.0, 10**12), chains.looked
    chains.above(cost, 2.0)
    assert about is not None
    assert chains.looked - before == pytest.approx(about, rel=0.5)
    assert chains.takes(cost, 2.0, 1) is None
