"""Pairs: maximum-weight matching, exact (Galil 1986, as in rustworkx); one trio when the number is odd."""

import math
from dataclasses import replace

import numpy as np
import rustworkx

from service.matching.chains import Chains
from service.matching.fits import Fit, may_sit_together
from service.matching.master import Set
from service.matching.parts import fit_of
from service.matching.people import Real, Whole
from service.matching.trios import costs, with_best_trio
from service.matching.wishes import Worth, served, value

GRAIN = 1_000_000  # a point in whole numbers


def best_pairs(fit: Fit, worth: Worth, waited: Whole, least: float = -math.inf) -> tuple[list[Set], float, bool]:
    """Pairs in the order of the aims, a proven bound on the value, and whether they are proven best.

    Whoever brings problems gets at least so much: what is proven is proven of such pairs.
    """
    paired_fit = serving(fit, worth, least)
    weight = Chains(fit, worth).table.pair + worth.size(2)
    if worth.help.size and worth.help.min() < 0:
        people = range(len(fit))
        weight = np.array([[value(worth, (one, other)) if one != other else 0.0 for other in people] for one in people])
    if fit.one_trio:

        def paired(people: list[int]) -> list[Set]:
            part = np.ix_(people, people)
            found = matching(fit_of(paired_fit, people), weight[part], np.zeros(len(people), dtype=np.int64))
            return [(people[one], people[other]) for one, other in found]

        cost = costs(paired_fit, weight)
        if cost is not None and (whole := with_best_trio(fit, worth, paired, cost, least)) is not None:
            return whole
    pairs = matching(paired_fit, weight, waited)
    points = sum(value(worth, pair) for pair in pairs)
    bound = points
    if waited.any():
        bound = max(points, sum(value(worth, pair) for pair in matching(paired_fit, weight, np.zeros_like(waited))))
    out = sorted(set(range(len(fit))) - {person for pair in pairs for person in pair})
    if fit.one_trio and out:
        return with_trio(fit, worth, waited, pairs, out, bound, least)
    return pairs, bound, True


def serving(fit: Fit, worth: Worth, least: float) -> Fit:
    """The rules, and that either of two gets at least so much help with what they bring, if anything."""
    return fit if least == -math.inf else replace(fit, allowed=fit.allowed & (served_in_pairs(worth) >= least))


def served_in_pairs(worth: Worth) -> Real:
    """(n, n) what whoever is helped less of two gets; infinite where neither brings a problem."""
    gets = gets_in_pairs(worth)
    return np.asarray(np.minimum(gets, gets.T))


def gets_in_pairs(worth: Worth) -> Real:
    """(n, n) what the second of two gets from the first; infinite where they bring no problem."""
    gets = np.full(worth.together.shape, np.inf)
    for person, problems in enumerate(worth.of):
        if problems:
            gets[:, person] = worth.help[:, list(problems)].sum(axis=1)
    return gets


def matching(fit: Fit, weight: Real, waited: Whole) -> list[Set]:
    """As many pairs as can be, then the longest waits, then the most weight."""
    one, other = np.nonzero(np.triu(fit.allowed))
    points = [round(float(each) * GRAIN) for each in weight[one, other]]
    most = 1 + len(fit) * max((abs(each) for each in points), default=0)
    first, second = waited[one].tolist(), waited[other].tolist()
    edges = [
        (a, b, (wait_a + wait_b) * most + each)
        for a, b, wait_a, wait_b, each in zip(one.tolist(), other.tolist(), first, second, points, strict=True)
    ]
    if not edges:
        return []
    low = min(0, min(each for _, _, each in edges))
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * len(fit))
    graph.add_edges_from([(a, b, each - low) for a, b, each in edges])
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=lambda each: each)
    return sorted((min(pair), max(pair)) for pair in found)


def with_trio(
    fit: Fit,
    worth: Worth,
    waited: Whole,
    pairs: list[Set],
    out: list[int],
    bound: float,
    least: float = -math.inf,
) -> tuple[list[Set], float, bool]:
    """The pairs with whoever of those out waited longest added where that is worth most.

    The bound covers every answer with one trio.
    """
    ways = [
        (int(waited[person]), value(worth, (*pair, person)) - value(worth, pair), pair, person)
        for person in out
        for pair in pairs
        if may_sit_together(fit, (*pair, person)) and served(worth, (*pair, person)) >= least
    ]
    if not ways:
        return pairs, float("inf"), False
    *_, pair, person = max(ways)
    trio = tuple(sorted((*pair, person)))
    return sorted([*(each for each in pairs if each != pair), trio]), bound + most_added(fit, worth), False


def most_added(fit: Fit, worth: Worth) -> float:
    """The most a third person can add to the best pair of a trio: help both ways with each, and company."""
    both = Chains(fit, worth).table.pair
    best = np.where(fit.allowed, both, -np.inf)
    two = np.sort(best, axis=1)[:, -2:]
    return float(np.maximum(two, 0.0).sum(axis=1).max(initial=0.0)) + max(0.0, worth.size(3) - worth.size(2))
