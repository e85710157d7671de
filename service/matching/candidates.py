"""Who may still join a part of a set: by what they may add at most first, exactly only for the few left then.

What somebody adds to a part is at most what they add to each of its members alone. That is one sum of two rows for each
part, and leaves few people of whom to ask which help counts twice.
"""

from typing import NamedTuple

import numpy as np

from service.matching.compiled import compiled
from service.matching.joining import gains_less_twice
from service.matching.people import Masks, Real, Whole
from service.matching.reach import Short
from service.matching.tables import Table, share_slots


class Asked(NamedTuple):
    """What is asked of the search: sets of one size worth more than their cost by more than `need`."""

    table: Table  # as the parts are grown: never worth less than they are
    plain: Table  # as sets are worth
    cost: Real  # (n,) beside `table`
    paid: Real  # (n,) beside `plain`
    meet: Short  # (n, n) what two people are worth to each other at most in `table`, -inf if they may not meet
    company: Real  # (sizes, n) half of what a person is worth to so many others at most, in `table`
    size: int
    need: float


@compiled
def within_reach(gain: Real, near: Whole, many: int, company: Real, rest: int, need: float) -> int:
    """Keeps the candidates with whom `rest` of them may gain more than `need`; how many.

    At most: what each adds, and half of what it is worth to the others it likes best.
    """
    best = np.full(rest + 1, -np.inf)
    for place in range(many):
        could = gain[place] + company[rest - 1, near[place]]
        spot = rest - 1
        if could > best[spot]:
            while spot > 0 and could > best[spot - 1]:
                best[spot] = best[spot - 1]
                spot -= 1
            best[spot] = could
    others = 0.0
    for spot in range(rest - 1):
        others += best[spot]
    now = 0
    for place in range(many):
        if gain[place] + company[rest - 1, near[place]] + others > need:
            gain[now], near[now] = gain[place], near[place]
            now += 1
    return now


@compiled
def further(
    asked: Asked,
    person: int,
    near: Whole,
    gain: Real,
    many: int,
    shared: Masks,
    rest: int,
    floor: float,
    onto: Whole,
    most: Real,
) -> int:
    """Who of those near may still join once the person has, if `rest` more are to gain more than the floor; how many.

    `gain` holds what each adds to the members before, each for itself, above their cost. Fills `onto`, and `most` with
    the same for the person too.
    """
    table, meet, company = asked.table, asked.meet[person], asked.company[rest - 1]
    slots, any_slot = table.slots, table.common == 1  # a call per person costs more
    top = -np.inf
    for place in range(many):
        could = gain[place] + meet[near[place]] + company[near[place]]
        if could > top:
            top = could
    least = floor - (rest - 1) * top if rest > 1 else floor
    among = 0
    for place in range(many):
        other = near[place]
        add = gain[place] + meet[other]
        if not add + company[other] > least:
            continue
        free = False
        if any_slot:
            for word in range(len(shared)):
                free = free or shared[word] & slots[other, word] != np.uint64(0)
        if free or (not any_slot and share_slots(table, shared, other)):
            onto[among], most[among] = other, add
            among += 1
    return among


@compiled
def exactly(asked: Asked, members: Whole, length: int, near: Whole, gain: Real, many: int, floor: float) -> int:
    """What each of those near really adds above their cost; those with whom more than the floor may be gained stay."""
    for place in range(many):
        gain[place] = -asked.cost[near[place]]
    for inside in range(length):
        meet = asked.meet[members[inside]]
        for place in range(many):
            gain[place] += meet[near[place]]
    gains_less_twice(asked.table, members, length, near, gain, many)
    return within_reach(gain, near, many, asked.company, asked.size - length, floor)


@compiled
def beginning(asked: Asked, members: Whole, shared: Masks, near: Whole, gain: Real, floor: float) -> int:
    """Who may join the first two, and what each would add above their cost at most; how many."""
    n, first = len(asked.cost), members[0]
    every, add = np.arange(n), asked.meet[first] - asked.cost
    among = further(asked, members[1], every, add, n, shared, asked.size - 2, floor, near, gain)
    return exactly(asked, members, 2, near, gain, among, floor)


@compiled
def promising(cost: Real, near: Whole, gain: Real, turn: int, many: int, share: float, need: float) -> int:
    """The first of those near, from `turn` on, who adds enough with a share of their cost back; or `many`."""
    for place in range(turn, many):
        if gain[place] + share * cost[near[place]] > need:
            return place
    return many
