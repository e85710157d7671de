"""What is said of a list of sets is true of every choice from it: cuts and branches against plain enumeration."""

from random import Random

import numpy as np
import pytest

from service.matching import read_question
from service.matching.chains import Chains
from service.matching.closing import close
from service.matching.cuts import Listed, Sharper, listed
from service.matching.fits import read_fit
from service.matching.people import read_people
from service.matching.wishes import read_worth
from tests.matching.oracle import PLACED, Oracle
from tests.matching.test_optimal import round_of


def every_set(seed: int, number: int = 14) -> tuple[Listed, int, int]:
    """A round's sets, how many can be placed, and the most that many can be worth."""
    chance = Random(f"closing {seed}")
    about = round_of(chance, number, size={"min": 2, "max": 4, "target": 3, "penalty": 5})
    question = read_question(about)
    people = read_people(question)
    chains = Chains(read_fit(question, people), read_worth(question, people))
    found = chains.above(np.full(number, -1e6))
    assert found.complete
    worths = [gain + np.full(number, -1e6)[kind].sum(axis=1) for kind, gain in zip(found.sets, found.gain, strict=True)]
    best = Oracle(about).by_subsets(waited=False)
    placed = (best + PLACED // 2) // PLACED
    return listed(found.sets, worths), placed, best - placed * PLACED


@pytest.mark.parametrize("seed", range(8))
def test_among_all_sets_the_best_choice_is_found_and_proven(seed):
    sets, placed, best = every_set(seed)
    found = close(14, placed, sets, -1e5, 1e4, lambda: False)
    assert found.sets is not None
    members = [person for each in found.sets for person in each]
    assert len(members) == len(set(members)) == placed
    assert found.bound == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_cuts_lower_the_bound_and_never_below_the_best(seed):
    sets, placed, best = every_set(seed)
    program = Sharper(14, placed, sets)
    bounds = [program.bound()]
    while program.cut(program.taken()):
        bounds.append(program.bound())
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] >= best - 1e-4


@pytest.mark.parametrize("work", [0.0, 3.0, 10.0])
def test_the_bound_holds_however_soon_the_work_ends(work):
    for seed in range(4):
        sets, placed, best = every_set(seed)
        assert close(14, placed, sets, -1e5, work, lambda: False).bound >= best - 1e-4


def test_nothing_is_found_where_nothing_is_better_than_what_is_known():
    sets, placed, best = every_set(0)
    found = close(14, placed, sets, float(best), 1e4, lambda: False)
    assert found.sets is None
    assert found.bound <= best + 1e-4
