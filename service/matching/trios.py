"""An odd number in pairs and one trio: every trio looked at, the likeliest first, until none left can be better.

Costs are the duals of fractional pairing (Edmonds 1965, without its odd sets): two people are never worth more
together than both cost. So whoever the trio is, the rest are worth no more than what they cost, and only trios that
are worth enough beside that need the rest paired exactly.
"""

from collections.abc import Callable

import numpy as np
from ortools.linear_solver import pywraplp

from service.matching.fits import Fit, may_sit_together
from service.matching.master import Set
from service.matching.people import Real
from service.matching.wishes import Worth, served, value

NEAR = 30  # pairs of each person the costs begin with
KEPT = 4_000  # trios kept for looking at
WORK = 1_200_000  # pairs that exact pairings may look at in all
EVEN = 1e-6  # points

Paired = Callable[[list[int]], list[Set]]
"""The best pairs among these people, as many as there can be."""


def with_best_trio(
    fit: Fit, worth: Worth, paired: Paired, cost: Real, least: float
) -> tuple[list[Set], float, bool] | None:
    """Everybody in pairs and one trio that serves each of the three with `least`, a proven bound on the value and
    whether it is proven best.

    None where it is not found that everybody can be placed so. No two who may be paired are worth more than they cost.
    """
    n = len(fit)
    trios, bounds, dropped = likeliest(fit, worth, cost, least - EVEN)
    best: list[Set] = []
    points, left = -np.inf, max(1, WORK // max(1, int(fit.allowed.sum()) // 2))
    for trio, bound in zip(trios, bounds, strict=True):
        if bound <= points + EVEN or left == 0:
            dropped = max(dropped, bound)
            break
        if not may_sit_together(fit, trio) or served(worth, trio) < least:
            continue
        left -= 1
        pairs = paired([person for person in range(n) if person not in trio])
        total = value(worth, trio) + sum(value(worth, pair) for pair in pairs)
        if 2 * len(pairs) == n - 3 and total > points:
            best, points = sorted([*pairs, trio]), total
    if not best:
        return None
    proven = dropped <= points + EVEN
    return best, points if proven else float(dropped), proven


def costs(fit: Fit, weight: Real) -> Real | None:
    """What each person costs so that no two who may meet are worth more than both; None if not all can be paired."""
    n = len(fit)
    open_ = np.where(fit.allowed, weight, -np.inf)
    near = np.argsort(-open_, axis=1, kind="stable")[:, : min(NEAR, n - 1)]
    known = {(min(i, j), max(i, j)) for i in range(n) for j in near[i].tolist() if fit.allowed[i, j]}
    solver = pywraplp.Solver.CreateSolver("GLOP")
    rows = [solver.Constraint(1.0, 1.0) for _ in range(n)]
    objective = solver.Objective()
    objective.SetMaximization()
    fresh = known
    while fresh:
        for i, j in sorted(fresh):
            share = solver.NumVar(0.0, solver.infinity(), "")
            rows[i].SetCoefficient(share, 1.0)
            rows[j].SetCoefficient(share, 1.0)
            objective.SetCoefficient(share, float(weight[i, j]))
        if solver.Solve() != pywraplp.Solver.OPTIMAL:
            everyone = {(int(i), int(j)) for i, j in np.argwhere(np.triu(fit.allowed))}
            fresh = everyone - known
            known = everyone
            if not fresh:
                return None
            continue
        cost = np.array([row.dual_value() for row in rows])
        over = np.triu(open_ - cost[:, None] - cost[None, :], 1)
        above = np.argwhere(over > 1e-7)
        order = np.argsort(-over[above[:, 0], above[:, 1]], kind="stable")[: 20 * n]
        fresh = {(int(i), int(j)) for i, j in above[order].tolist()} - known
        known |= fresh
    over = open_ - cost[:, None] - cost[None, :]
    return np.asarray(cost + max(0.0, float(over.max())) / 2.0)


def likeliest(fit: Fit, worth: Worth, cost: Real, least: float) -> tuple[list[Set], list[float], float]:
    """Trios that may meet two by two and get `least`, what an answer with each can be worth at most, and the same for
    all others."""
    n = len(fit)
    brings = np.array([bool(problems) for problems in worth.of], dtype=np.bool_)
    whole = float(cost.sum())
    kept, bounds = np.zeros((0, 3), dtype=np.int64), np.zeros(0)
    dropped = -np.inf
    owner = worth.owner
    for first in range(n - 2):
        m = n - first - 1  # the others: whoever comes later
        theirs = int(np.searchsorted(owner, first, side="right"))  # where their problems start
        owners, starts = np.unique(owner[theirs:] - first - 1, return_index=True)
        helped = np.zeros((m, m))  # [j, k]: what first or k, whoever is better, helps j
        if len(owners):
            best = np.maximum(worth.help[first, theirs:][:, None], worth.help[first + 1 :, theirs:].T)
            helped[owners] = np.add.reduceat(best, starts, axis=0)
        own = np.zeros((m, m))
        for problem in worth.of[first]:
            given = worth.help[first + 1 :, problem]
            own += np.maximum(given[:, None], given[None, :])
        company = worth.together[first, first + 1 :] - cost[first + 1 :]
        points = own + helped + helped.T + worth.together[first + 1 :, first + 1 :]
        points += company[:, None] + company[None, :] + (worth.size(3) + whole - cost[first])
        may = fit.allowed[first + 1 :, first + 1 :] & np.logical_and.outer(*[fit.allowed[first, first + 1 :]] * 2)
        enough = (helped >= least) | ~brings[first + 1 :, None]
        may &= enough & enough.T & ((own >= least) | ~brings[first])
        j, k = np.nonzero(np.triu(may, 1))
        rows = np.stack([np.full(len(j), first, dtype=np.int64), j + first + 1, k + first + 1], axis=1)
        kept, bounds = np.concatenate([kept, rows]), np.concatenate([bounds, points[j, k]])
        if len(bounds) > KEPT:
            order = np.lexsort((kept[:, 2], kept[:, 1], kept[:, 0], -bounds))
            dropped = max(dropped, float(bounds[order[KEPT]]))
            kept, bounds = kept[order[:KEPT]], bounds[order[:KEPT]]
    order = np.lexsort((kept[:, 2], kept[:, 1], kept[:, 0], -bounds))
    return [tuple(row) for row in kept[order].tolist()], bounds[order].tolist(), dropped
