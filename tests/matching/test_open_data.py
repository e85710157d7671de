"""Open data, where it lies beside the project: group sizes of MDGPLIB and the likings of conference reviewers."""

from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest

from bench.open_rounds import MDGPLIB, mdgp, reviewers
from tests.matching.asking import Json, answer
from tests.matching.oracle import Oracle
from tests.real_data import needs_real_data


def swapping(about: Json, seed: int) -> float:
    """The simple way: groups by chance, then every swap of two people that helps, until none does."""
    number = len(about["people"])
    far = np.zeros((number, number))
    for one, other, distance in about["together"]:
        far[int(one), int(other)] = far[int(other), int(one)] = distance
    sizes = [low for low, _ in about["group_sizes"]]
    for at in range(number - sum(sizes)):
        sizes[at % len(sizes)] += 1
    group = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    helped = True
    while helped:
        helped = False
        to = np.stack([far[:, group == each].sum(axis=1) for each in range(len(sizes))], axis=1)
        for one, other in combinations(range(number), 2):
            a, b = group[one], group[other]
            gain = to[one, b] - to[one, a] + to[other, a] - to[other, b] - 2 * far[one, other]
            if a != b and gain > 1e-9:
                group[one], group[other] = b, a
                to[:, a] += far[:, other] - far[:, one]
                to[:, b] += far[:, one] - far[:, other]
                helped = True
    return float(sum(far[np.ix_(group == each, group == each)].sum() / 2 for each in range(len(sizes))))


def instances(*sizes: str) -> list[Path]:
    return sorted(path for size in sizes for path in MDGPLIB.glob(f"*_{size}_*_01.txt"))


@needs_real_data
@pytest.mark.parametrize("path", instances("n010"), ids=lambda path: path.stem)
def test_the_smallest_published_instances_are_solved_to_the_best_there_is(path):
    about = mdgp(path)
    found, oracle = answer(about), Oracle(about)
    divided = [chosen for chosen in oracle.answers() if sum(map(len, chosen)) == 10]
    assert found["value"] == pytest.approx(max(sum(map(oracle.value, chosen)) for chosen in divided))
    assert found["status"] == "optimal"


@needs_real_data
@pytest.mark.parametrize("path", instances("n012", "n030", "n120"), ids=lambda path: path.stem)
def test_published_instances_are_answered_as_well_as_by_swapping_and_within_their_groups(path):
    about = mdgp(path)
    found = answer(about, seconds=0.4)
    assert found["placed"] == len(about["people"])
    assert len(found["sets"]) == len(about["group_sizes"])
    assert found["value"] >= 0.99 * max(swapping(about, seed) for seed in range(2))
    assert found["upper_bound"] is None or found["upper_bound"] >= found["value"]


def one_by_one(about: Json, seed: int) -> tuple[int, float]:
    """The simple way: sets of five, each person in turn joining the first they may."""
    oracle, order = Oracle(about), [person["id"] for person in about["people"]]
    Random(seed).shuffle(order)
    sets: list[list[str]] = []
    for id in order:
        home = next((members for members in sets if len(members) < 5 and oracle.legal([*members, id])), None)
        if home is None:
            sets.append([id])
        else:
            home.append(id)
    whole = [members for members in sets if len(members) >= 4]
    return sum(map(len, whole)), float(sum(map(oracle.value, whole)))


@needs_real_data
@pytest.mark.parametrize("name", ["preflib1", "preflib2"])
def test_reviewers_are_matched_better_than_one_by_one(name):
    about = reviewers(name)
    found = answer(about, seconds=0.3)
    placed, value = max(one_by_one(about, seed) for seed in range(10))
    assert found["placed"] >= placed
    assert found["placed"] > placed or found["value"] > 1.05 * value
