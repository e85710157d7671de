"""Costs nobody had the time to prove are raised until they are: no set is worth more, by plain enumeration."""

from random import Random

import numpy as np
import pytest

from service.matching import read_question
from service.matching.chains import Chains
from service.matching.duals import Costs
from service.matching.fits import read_fit
from service.matching.people import read_people
from service.matching.proving import prove
from service.matching.wishes import read_worth
from tests.matching.oracle import Oracle
from tests.matching.test_optimal import round_of


def guessed(seed: int) -> tuple[Oracle, Chains, Costs]:
    """A round, and costs that are right for most sets and too low for some."""
    chance = Random(f"proving {seed}")
    least = chance.randint(1, 4)
    about = round_of(chance, 14, size={"min": least, "max": least + 2, "target": least, "penalty": 15})
    question, oracle = read_question(about), Oracle(about)
    people = read_people(question)
    each = max((oracle.value(members) / len(members) for members in oracle.sets), default=0.0)
    cost = np.array([chance.uniform(0.7, 1.0) * each for _ in oracle.ids])
    return oracle, Chains(read_fit(question, people), read_worth(question, people)), Costs(cost, 14, proven=False)


@pytest.mark.parametrize("seed", range(12))
def test_no_set_is_worth_more_than_proven_costs(seed):
    oracle, chains, costs = guessed(seed)
    proof = prove(chains, costs, 1e9, lambda: False)
    assert proof.proven
    of = dict(zip(oracle.ids, proof.each.tolist(), strict=True))
    for members in oracle.sets:
        assert sum(of[id] for id in members) >= oracle.value(members) - 1e-6
    assert proof.whole <= 1.5 * costs.whole + 1e-6


def test_what_takes_too_many_looks_or_is_stopped_stays_unproven():
    _, chains, costs = guessed(2)
    assert not prove(chains, costs, 1, lambda: False).proven
    assert not prove(chains, costs, 1e9, lambda: True).proven
