"""Good sets found quickly: grown from promising pairs by whoever adds most above their cost. Never part of a proof."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.matching.chains import CORES
from service.matching.compiled import compiled
from service.matching.joining import gain_of, in_order
from service.matching.people import Real, Whole
from service.matching.tables import Table, may_join, values_of

STARTS = ((200, 12), (800, 5), (1 << 62, 2))  # up to so many people: partners each of them starts with
PARTS = 4  # of the people, hunted for at once


@compiled
def hunt(table: Table, cost: Real, first: int, starts: int, sizes: Whole, need: float, sets: Whole, over: Real) -> int:
    """Fills rows (size, members…) with sets worth more than their cost by `need` per head; how many."""
    n = len(cost)
    words = table.slots.shape[1]
    largest = sizes.max()
    problems = 1
    for person in range(n):
        problems = max(problems, table.start[person + 1] - table.start[person])
    best = np.zeros(largest * problems)
    members = np.zeros(largest, dtype=np.int64)
    ordered = np.zeros(largest, dtype=np.int64)
    shared = np.zeros(words, dtype=np.uint64)
    taken = np.zeros(n, dtype=np.bool_)
    count = 0
    for seed in range(first, n, PARTS):
        taken[:] = False
        taken[seed] = True
        for _ in range(starts):
            partner = -1
            most = -np.inf
            for person in range(n):
                score = table.pair[seed, person] - cost[person]
                if score > most and not taken[person] and table.allowed[seed, person]:
                    partner, most = person, score
            if partner < 0:
                break
            taken[partner] = True
            members[0], members[1] = seed, partner
            value = table.pair[seed, partner]
            price = cost[seed] + cost[partner]
            for word in range(words):
                shared[word] = table.slots[seed, word] & table.slots[partner, word]
            length = 2
            while True:
                for size in sizes:
                    if size == length and count < len(over) and value + table.size[length] - price > need * length:
                        in_order(members, length - 1, members[length - 1], ordered)
                        sets[count, 0] = length
                        for place in range(length):
                            sets[count, place + 1] = ordered[place]
                        over[count] = value + table.size[length] - price
                        count += 1
                if length == largest:
                    break
                at = 0
                for place in range(length):
                    member = members[place]
                    for problem in range(table.start[member], table.start[member + 1]):
                        best[at] = 0.0
                        for other in range(length):
                            if other != place:
                                best[at] = max(best[at], table.help[members[other], problem])
                        at += 1
                top, add = -1, 0.0
                for person in range(n):
                    if may_join(table, members, length, shared, person):
                        gain = gain_of(table, members, length, best, person)
                        if top < 0 or gain - cost[person] > add - cost[top]:
                            top, add = person, gain
                if top < 0:
                    break
                for word in range(words):
                    shared[word] &= table.slots[top, word]
                members[length] = top
                value += add
                price += cost[top]
                length += 1
    return count


def partners(people: int) -> int:
    """With how many partners each of so many people starts."""
    return next(starts for most, starts in STARTS if people <= most)


def hunted(table: Table, cost: Real, sizes: tuple[int, ...], need: float) -> tuple[list[Whole], list[Real]]:
    """Sets worth more than their cost, per size, each once."""
    starts = partners(len(cost))
    room = (len(cost) // PARTS + 1) * starts * len(sizes)

    def one(first: int) -> Whole:
        rows, over = np.zeros((room, max(sizes) + 1), dtype=np.int64), np.zeros(room)
        return rows[: hunt(table, cost, first, starts, np.array(sizes), need, rows, over)]

    with ThreadPoolExecutor(CORES) as threads:
        rows = np.concatenate(list(threads.map(one, range(PARTS))))
    sets, gains = [], []
    for size in sizes:
        mine = np.flatnonzero(rows[:, 0] == size)
        kind = np.ascontiguousarray(np.unique(rows[mine, 1 : size + 1], axis=0))
        points = np.empty(len(kind))
        values_of(table, kind, points)
        sets.append(kind)
        gains.append(points - cost[kind].sum(axis=1))
    return sets, gains
