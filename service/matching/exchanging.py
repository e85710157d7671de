"""Sets worth more than their cost that are one person away from others. Never part of a proof.

Of everybody who could come, only those are weighed who are not ruled out by what they may add at most.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.matching.chains import CORES
from service.matching.compiled import compiled
from service.matching.joining import fill_best, gain_of, in_order
from service.matching.master import Set
from service.matching.people import Flags, Masks, Real, Whole
from service.matching.reach import Reach, Short, beyond_usual
from service.matching.tables import EVERY, Table, may_join, value_within, values_of

SLACK = 1e-6  # points by which rounding may not make somebody be missed

PARTS = 4  # of the sets or people, looked near at once


@compiled
def each_sum(some: Short, more: Short, both: Short) -> None:
    """The sums of two rows."""
    for place in range(len(both)):
        both[place] = some[place] + more[place]


@compiled
def beyond_reach(first: Short, last: Short, enough: np.float32, begin: int) -> int:
    """The first place from `begin` on where both together are more than enough, or their number."""
    for place in range(begin, len(first)):
        if first[place] + last[place] > enough:
            return place
    return len(first)


@compiled
def comer(
    table: Table,
    rest: Whole,
    length: int,
    shared: Masks,
    best: Real,
    cost: Real,
    sums: tuple[Short, Short],
    known: float,
    worth: float,
    gone: int,
    least: float,
) -> tuple[int, float]:
    """Who comes so that all exceed their cost most, and by how much; -1 if by no more than `least`.

    `known` and the two `sums` together are what they exceed it by at most, `worth` without the one who comes.
    """
    top, most = -1, least
    person = beyond_reach(sums[0], sums[1], np.float32(most - known), 0)
    while person < len(cost):
        if person != gone and may_join(table, rest, length, shared, person):
            over = worth + gain_of(table, rest, length, best, person) - cost[person]
            if over > most:
                top, most = person, over
        person = beyond_reach(sums[0], sums[1], np.float32(most - known), person + 1)
    return top, most


@compiled
def exchange(
    table: Table, reach: Reach, cost: Real, rows: Whole, may_be: Flags, need: float, sets: Whole, over: Real
) -> int:
    """Fills rows (size, members…) with the best set one change away from each of `rows`, for every member; how many.

    The change: somebody else in the place of the member, the member gone, or one more. All need to be worth more than
    their cost by `need` per head. `may_be` (largest + 1,) says which sizes a set may have.
    """
    n, largest = len(cost), len(may_be) - 1
    words = table.slots.shape[1]
    rest = np.zeros(largest + 1, dtype=np.int64)
    ordered = np.zeros(largest + 1, dtype=np.int64)
    shared = np.zeros(words, dtype=np.uint64)
    dear = cost - reach.expects
    alone = (-dear).astype(np.float32)
    before = np.zeros((largest + 1, n), dtype=np.float32)  # what the first so many members add to each, each for itself
    after = np.zeros((largest + 1, n), dtype=np.float32)  # and the last, less what each costs
    problems = 1
    for person in range(n):
        problems = max(problems, table.start[person + 1] - table.start[person])
    best = np.zeros(largest * problems)
    count = 0
    for row in range(len(rows)):
        size = rows[row, 0]
        after[size] = alone
        for place in range(size):
            each_sum(before[place], reach.meet[rows[row, 1 + place]], before[place + 1])
        for place in range(size - 1, -1, -1):
            each_sum(after[place + 1], reach.meet[rows[row, 1 + place]], after[place])
        for leaves in range(size + 1):
            length, gone = 0, -1
            price = 0.0
            shared[:] = EVERY
            for place in range(size):
                member = rows[row, 1 + place]
                if place == leaves:
                    gone = member
                    continue
                rest[length] = member
                length += 1
                price += cost[member]
                for word in range(words):
                    shared[word] &= table.slots[member, word]
            if length == 0 or count + 2 > len(over):
                continue
            value = value_within(table, rest, length) - table.size[length]
            if gone >= 0 and may_be[length] and value + table.size[length] - price > need * length:
                sets[count, 0] = length
                sets[count, 1 : length + 1] = rest[:length]
                over[count] = value + table.size[length] - price
                count += 1
            if length == largest or not may_be[length + 1]:
                continue
            known = beyond_usual(table, reach.usual, rest, length) + table.size[length + 1] + SLACK
            known -= dear[rest[:length]].sum()
            sums, least = (before[leaves], after[min(leaves + 1, size)]), need * (length + 1)
            worth = value + table.size[length + 1] - price
            fill_best(table, rest, length, best)
            top, most = comer(table, rest, length, shared, best, cost, sums, known, worth, gone, least)
            if top >= 0:
                in_order(rest, length, top, ordered)
                sets[count, 0] = length + 1
                sets[count, 1 : length + 2] = ordered[: length + 1]
                over[count] = most
                count += 1
    return count


def exchanged(
    table: Table, reach: Reach, cost: Real, near: Sequence[Set], sizes: tuple[int, ...], need: float
) -> tuple[list[Whole], list[Real]]:
    """Sets worth more than their cost that differ from one of `near` by one person, per size, each once."""
    largest = max(sizes)
    may_be = np.isin(np.arange(largest + 1), sizes)
    rows = np.zeros((len(near), largest + 1), dtype=np.int64)
    for row, members in enumerate(near):
        rows[row, 0] = len(members)
        rows[row, 1 : len(members) + 1] = members

    def one(part: int) -> Whole:
        mine = rows[part::PARTS]
        room = 2 * (largest + 1) * len(mine) + 2
        found, over = np.zeros((room, largest + 1), dtype=np.int64), np.zeros(room)
        return found[: exchange(table, reach, cost, mine, may_be, need, found, over)]

    with ThreadPoolExecutor(CORES) as threads:
        return by_size(table, cost, np.concatenate(list(threads.map(one, range(PARTS)))), sizes)


def by_size(table: Table, cost: Real, rows: Whole, sizes: tuple[int, ...]) -> tuple[list[Whole], list[Real]]:
    """Rows (size, members…) as sets per size, each once, and by how much each exceeds its cost."""
    sets, gains = [], []
    for size in sizes:
        mine = np.flatnonzero(rows[:, 0] == size)
        kind = np.ascontiguousarray(np.unique(rows[mine, 1 : size + 1], axis=0))
        points = np.empty(len(kind))
        values_of(table, kind, points)
        sets.append(kind)
        gains.append(points - cost[kind].sum(axis=1))
    return sets, gains
