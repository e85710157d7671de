"""Narrows the gap by branch and cut among the sets that fall short of their cost by little, all of them listed.

An answer that holds a set not listed falls short of what its people cost by more than that: so what the listed sets can
be worth bounds every answer, down to there (reduced-cost fixing; Baldacci, Christofides & Mingozzi 2008). Branches say
of two people whether they sit together (Ryan & Foster 1981).
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from service.matching.cuts import FIRST, Listed, Sharper
from service.matching.master import Set
from service.matching.people import Flags

ROUNDS = 12  # of cuts before the first branch
SURE = 0.7  # sets taken at least this much are all taken at once in a dive
LIKELY = 0.8  # people who sit together about as much as this are branched on first


@dataclass(frozen=True)
class Closed:
    """The best sets found, None if none better than known; a dive's, good to go on from; a bound on any choice."""

    sets: list[Set] | None
    dived: list[Set]
    bound: float


Decision = tuple[int, int, bool]


def close(n: int, placed: int, sets: Listed, known: float, work: float, stop: Callable[[], bool]) -> Closed:
    """The best choice from the sets listed that places as many, if worth more than `known`, within so much work."""
    program = Sharper(n, placed, sets)
    program.join(np.argsort(-sets.value / sets.size, kind="stable")[: FIRST * n])
    best: list[Set] | None = None
    dived: list[Set] = []
    bound = program.bound()
    for _ in range(ROUNDS):
        taken = program.taken()
        if bound <= known or program.work > work or stop() or not program.cut(taken):
            break
        bound = program.bound()
    short = program.over.copy()  # how far each set falls short at the root
    root = bound
    if bound > known and program.work < work:
        seats = dive(program, stop)
        dived = [sets.row(place) for place in seats]
        worth = float(sets.value[seats].sum())
        if int(sets.size[seats].sum()) == placed and worth > known + 1e-9:
            known, best = worth, dived
    waiting: list[tuple[float, int, tuple[Decision, ...]]] = [(-bound, 0, ())]
    number = 0
    while waiting and -waiting[0][0] > known + 1e-6:
        if program.work > work or stop():
            break
        _, _, decisions = heapq.heappop(waiting)
        node: tuple[Decision, ...] | None = decisions
        while node is not None and program.work <= work:
            program.only(allowing(sets, node) & (short > known - root - 1e-6))
            bound = program.bound()
            taken = program.taken()
            if bound > known and program.cut(taken):
                bound = program.bound()
                taken = program.taken()
            if bound <= known + 1e-6:
                node = None
                break
            pair = undecided(sets, taken)
            if pair is None:
                chosen = [place for place, share in taken.items() if share > 0.5]
                worth = float(sets.value[chosen].sum())
                if int(sets.size[chosen].sum()) == placed and worth > known + 1e-9:
                    known, best = worth, [sets.row(place) for place in chosen]
                node = None
                break
            number += 1
            heapq.heappush(waiting, (-bound, number, (*node, (*pair, False))))
            node = (*node, (*pair, True))
        if node is not None:
            number += 1
            heapq.heappush(waiting, (-bound, number, node))
    most = max(known, -waiting[0][0]) if waiting else known
    return Closed(best, sorted(dived), min(root, most))


def dive(program: Sharper, stop: Callable[[], bool]) -> list[int]:
    """Disjoint sets: those the program is surest of are taken, and it is asked again."""
    sets = program.sets
    seats: list[int] = []
    busy = np.zeros(program.n + 1, dtype=np.bool_)
    while int(sets.size[seats].sum()) < program.placed and not stop():
        taken = program.taken()
        now = 0
        for place, share in sorted(taken.items(), key=lambda each: (-round(each[1], 6), each[0])):
            members = sets.members[place, : sets.size[place]]
            if place in seats or busy[members].any() or (now and share < SURE):
                continue
            seats.append(place)
            busy[members] = True
            now += 1
        if not now:
            break
        allowed = np.asarray(~busy[sets.members].any(axis=1))
        allowed[seats] = True
        program.only(allowed)
        if not np.isfinite(program.bound()):
            break
    return seats


def allowing(sets: Listed, decisions: Sequence[Decision]) -> Flags:
    """Which sets keep to the decisions."""
    allowed = np.ones(len(sets), dtype=np.bool_)
    for one, other, together in decisions:
        if together:
            allowed &= sets.holds(one) == sets.holds(other)
        else:
            allowed &= ~(sets.holds(one) & sets.holds(other))
    return allowed


def undecided(sets: Listed, taken: dict[int, float]) -> tuple[int, int] | None:
    """Two people of whom it is not settled whether they sit together, None if all is."""
    together: dict[tuple[int, int], float] = {}
    for place, share in taken.items():
        if share < 1.0 - 1e-6:
            members = sets.row(place)
            for at, one in enumerate(members):
                for other in members[at + 1 :]:
                    together[one, other] = together.get((one, other), 0.0) + share
    open = [(abs(share - LIKELY), pair) for pair, share in together.items() if 1e-6 < share < 1.0 - 1e-6]
    return min((round(far, 6), pair) for far, pair in open)[1] if open else None
