"""Annealing by invitation: whoever moves joins somebody who suits them, rather than anybody at all.

Swaps and moves are accepted as in Kirkpatrick et al. (1983), as in `annealing.py`, and every rule inside a set holds
throughout. But a person is proposed to the set of somebody from a short list of those who suit them best, so that far
more proposals are worth taking.
"""

from collections.abc import Sequence

import numpy as np

from service.matching.annealing import Annealed, changed, drawn, filled, may_stand, note, noted, take
from service.matching.compiled import compiled
from service.matching.master import Set
from service.matching.people import Real, Whole
from service.matching.tables import Table, value_within

SUITING = 40  # people who suit somebody that are remembered
SLICE = 500  # people for whom they are looked for at once


def invited(
    table: Table,
    missing: Real,
    count: int,
    most: int,
    steps: int,
    heats: tuple[float, float],
    state: int,
    known: Sequence[Set] = (),
    remember: int = 0,
) -> Annealed:
    """`count` sets of at most `most` people, from the known ones or filled one by one; empty ones left out."""
    n = len(missing)
    sets, counts = np.zeros((count, most), dtype=np.int64), np.zeros(count, dtype=np.int64)
    for place, group in enumerate(known):
        sets[place, : len(group)], counts[place] = group, len(group)
    if not known:
        filled(table, np.full(count, max(1, min(most, round(n / count))), dtype=np.int64), sets, counts)
    best, best_counts = sets.copy(), counts.copy()
    seen, met = np.zeros((remember, most + 1), dtype=np.int64), 0
    if n > 1:
        suits = suiting(table, SUITING)
        met = invite(table, suits, sets, counts, most, missing, steps, *heats, state, seen, best, best_counts)
    groups = [tuple(best[group, : best_counts[group]].tolist()) for group in range(count) if best_counts[group]]
    return Annealed(groups, noted(seen[: min(met, remember)]))


def suiting(table: Table, people: int) -> Whole:
    """(n, at most `people`) who suits each person best, the best first; -1 where there are no more."""
    n = len(table.allowed)
    found = np.empty((n, min(people, n)), dtype=np.int64)
    for first in range(0, n, SLICE):
        points = np.where(table.allowed[first : first + SLICE], table.pair[first : first + SLICE], -np.inf)
        order = np.argsort(-points, axis=1, kind="stable")[:, :people]
        found[first : first + SLICE] = np.where(np.take_along_axis(points, order, axis=1) > -np.inf, order, -1)
    return found


@compiled
def invite(
    table: Table,
    suits: Whole,
    sets: Whole,
    counts: Whole,
    high: int,
    missing: Real,
    steps: int,
    warm: float,
    cool: float,
    state: int,
    seen: Whole,
    best_sets: Whole,
    best_counts: Whole,
) -> int:
    """`steps` proposals while the temperature falls from warm to cool, in points; how many sets were met.

    The best answer met is in `best_sets`, the sets met last in `seen`.
    """
    n, groups, wide = len(missing), len(counts), suits.shape[1]
    value = np.zeros(groups)
    company = np.zeros(groups)
    home = np.full(n, -1, dtype=np.int64)
    total = -missing.sum()
    for group in range(groups):
        for place in range(counts[group]):
            home[sets[group, place]] = group
            total += missing[sets[group, place]]
            for other in range(place):
                company[group] += table.together[sets[group, place], sets[group, other]]
        if counts[group]:
            value[group] = value_within(table, sets[group], counts[group])
        total += value[group]
    best = total
    best_sets[:] = sets
    best_counts[:] = counts
    first, second = np.zeros(sets.shape[1] + 1, dtype=np.int64), np.zeros(sets.shape[1] + 1, dtype=np.int64)
    heat, fall = warm, (cool / warm) ** (1000.0 / max(1, steps))
    better, met = False, 0
    for step in range(steps):
        if step % 1000 == 0:
            heat *= fall
        if step % (4 * n) == 0 and better:
            better = False
            if total > best + 1e-9:
                best = total
                best_sets[:] = sets
                best_counts[:] = counts
        state = drawn(state)
        person = state % n
        state = drawn(state)
        draw = state % (wide + 1)  # the last: whichever set chance says
        group = -1
        host = -1
        if draw < wide:
            host = suits[person, draw]
            if host >= 0:
                group = home[host]
        if group < 0:
            state = drawn(state)
            group = state % groups
            host = -1
        here = home[person]
        if group == here:
            continue
        state = drawn(state)
        into = state % (counts[group] + 1)  # whose place is taken; the last: nobody's
        swap = into < counts[group]
        if swap and sets[group, into] == host:
            continue
        at = -1
        if here >= 0:
            for place in range(counts[here]):
                if sets[here, place] == person:
                    at = place
        if not swap:
            into = -1
            if counts[group] >= high:
                continue
        if not may_stand(table, sets, counts, group, into, person):
            continue
        other = sets[group, into] if swap else -1
        if swap and here >= 0 and not may_stand(table, sets, counts, here, at, other):
            continue
        new, new_company = changed(table, sets, counts, group, into, person, company, first)
        gain = new - value[group]
        old, old_company = 0.0, 0.0
        if here >= 0:
            old, old_company = changed(table, sets, counts, here, at, other, company, second)
            gain += old - value[here]
        else:
            gain += missing[person]
            if swap:
                gain -= missing[other]
        state = drawn(state)
        if gain < 0.0 and state / 4294967296.0 >= np.exp(gain / heat):
            continue
        total += gain
        better = True
        take(sets, counts, group, first, counts[group] + (0 if swap else 1), home)
        value[group], company[group] = new, new_company
        if here >= 0:
            take(sets, counts, here, second, counts[here] - (0 if swap else 1), home)
            value[here], company[here] = old, old_company
        elif swap:
            home[other] = -1
        if len(seen) and 3 * step > steps:
            met = note(sets, counts, group, seen, met)
            if here >= 0:
                met = note(sets, counts, here, seen, met)
    if total > best + 1e-9:
        best_sets[:] = sets
        best_counts[:] = counts
    return met
