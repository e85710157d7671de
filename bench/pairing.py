"""Pairs beside their rivals on the same people: one after another, and networkx where it is installed."""

import importlib.util
import time
from importlib import import_module

import numpy as np

from bench.rounds import a_round
from service.matching import read_question, solve
from service.matching.fits import Fit, read_fit
from service.matching.people import read_people
from service.matching.wishes import Worth, read_worth, value

PAIR = {"kind": "pair", "size": {"min": 2, "max": 2, "target": 2, "penalty": 0}}


def edges(fit: Fit, worth: Worth) -> list[tuple[int, int, float]]:
    """Every pair that may meet, and what it is worth."""
    allowed = np.argwhere(np.triu(fit.allowed)).tolist()
    return [(one, other, value(worth, (one, other))) for one, other in allowed]


def one_after_another(found: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """The best pair, then the best of those left, to the end."""
    seated: set[int] = set()
    pairs = []
    for one, other, _ in sorted(found, key=lambda edge: -edge[2]):
        if one not in seated and other not in seated:
            seated |= {one, other}
            pairs.append((one, other))
    return pairs


def by_networkx(found: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Edmonds' algorithm as networkx has it."""
    networkx = import_module("networkx")
    graph = networkx.Graph()
    graph.add_weighted_edges_from(found)
    return [tuple(pair) for pair in networkx.max_weight_matching(graph, maxcardinality=True)]


def rows(people: int = 450, seed: int = 0) -> list[tuple[str, int, float, float]]:
    """Who, how many placed, the value and the seconds; nobody waited, so that value is all that counts."""
    about = a_round(people, seed, **PAIR)
    for person in about["people"]:
        person["waited_rounds"] = 0
    question = read_question(about)
    started = time.monotonic()
    answer = solve(question, seconds=10, seed=seed)
    table = [("unstuck", answer.placed, answer.value, time.monotonic() - started)]
    cast = read_people(question)
    fit, worth = read_fit(question, cast), read_worth(question, cast)
    found = edges(fit, worth)
    ways = {"greedy": one_after_another}
    if importlib.util.find_spec("networkx"):
        ways["networkx"] = by_networkx
    for who, way in ways.items():
        started = time.monotonic()
        pairs = way(found)
        took = time.monotonic() - started
        table.append((who, 2 * len(pairs), sum(value(worth, pair) for pair in pairs), took))
    return table
