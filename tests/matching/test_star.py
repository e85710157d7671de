"""The bound that is always at hand, against plain enumeration: no set is worth more than its members' stars."""

from random import Random

import numpy as np
import pytest

from bench.rounds import a_round
from service.matching import read_question, star
from service.matching.fits import Fit, read_fit
from service.matching.people import read_people
from service.matching.star import lowest, read_stars
from service.matching.stars import Near, look
from service.matching.wishes import Worth, read_worth
from tests.matching.asking import Json
from tests.matching.oracle import PLACED, Oracle
from tests.matching.test_optimal import round_of


def read(about: Json) -> tuple[Fit, Worth]:
    question = read_question(about)
    people = read_people(question)
    return read_fit(question, people), read_worth(question, people)


def never() -> bool:
    return False


@pytest.mark.parametrize("exact", [star.EXACT, ((3, 1),), ()], ids=["exact", "in part", "large"])
@pytest.mark.parametrize("seed", range(16))
def test_no_set_is_worth_more_than_its_members_stars_whatever_is_paid(seed, exact, monkeypatch):
    monkeypatch.setattr(star, "EXACT", exact)
    chance = Random(f"stars {seed}")
    about = round_of(chance, 14)
    for person in about["people"][:5]:
        person["problems"] = [{"id": f"{person['id']}+{place}"} for place in range(seed % 5)]
        about["help"] += [
            [each["id"], mine["id"], chance.randint(-20, 60)] for each in about["people"] for mine in person["problems"]
        ]
    brought = {problem["id"] for person in about["people"] for problem in person["problems"]}
    about["help"] = [each for each in about["help"] if each[1] in brought]
    if seed % 4 == 3:
        about["group_sizes"] = [[2, 3], [4, 4]]
    oracle, stars = Oracle(about), read_stars(*read(about))
    n = len(oracle.ids)
    points = np.triu(np.random.default_rng(seed).normal(0, 15 * (seed % 3), (n, n)), 1).astype(np.float32)
    best, size, company = np.empty(n), np.ones(n, dtype=np.int64), np.zeros((n, 8), dtype=np.int64)
    look(stars, points - points.T, Near(np.arange(n)[None], np.array([n])), 0, 1, best, size, company)
    of = dict(zip(oracle.ids, best.tolist(), strict=True))
    for members in oracle.sets:
        assert sum(of[id] for id in members) >= oracle.value(members) - 1e-4


@pytest.mark.parametrize("seed", range(12))
def test_no_answer_is_worth_more_than_the_bound(seed):
    about = round_of(Random(f"star {seed}"), 14)
    best = Oracle(about).by_subsets(waited=False)
    placed = (best + PLACED // 2) // PLACED
    assert lowest(read_stars(*read(about)), placed, 0.5, never) >= best - placed * PLACED - 1e-4


def test_paying_makes_the_bound_far_lower_and_more_turns_lower_still():
    fit, worth = read(a_round(60, 3))
    stars = read_stars(fit, worth)
    unpaid, few, many = (lowest(stars, 60, seconds, never) for seconds in (0.0, 0.05, 5.0))
    company = np.sort(np.where(fit.allowed, worth.together, 0.0), axis=1)[:, ::-1]
    help = [sum(worth.help[fit.allowed[me], mine].max() for mine in of) for me, of in enumerate(worth.of)]
    each = [np.array(help) + company[:, : size - 1].sum(axis=1) / 2 + worth.size(size) / size for size in fit.sizes]
    assert many < few < unpaid < np.max(each, axis=0).sum()
    assert many < 0.93 * unpaid


def test_the_bound_is_the_same_each_time_and_with_few_people_near(monkeypatch):
    stars = read_stars(*read(a_round(60, 4)))
    whole = lowest(stars, 60, 1.0, never)
    assert lowest(stars, 60, 1.0, never) == whole
    monkeypatch.setattr(star, "NEAR", 24)
    assert lowest(stars, 60, 1.0, never) == pytest.approx(whole, rel=0.06)


def test_whoever_stops_it_is_given_what_is_known_by_then():
    stars = read_stars(*read(a_round(40, 5)))
    assert lowest(stars, 40, 5.0, lambda: True) == lowest(stars, 40, 0.0, never)
