"""Sets grown around everybody by what people may add at most: many, soon, seldom the best. Never part of a proof."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.matching.chains import CORES
from service.matching.compiled import compiled
from service.matching.exchanging import PARTS, by_size, each_sum
from service.matching.joining import has_room, in_order
from service.matching.people import Real, Whole
from service.matching.reach import Reach, Short
from service.matching.tables import Table, share_slots, value_within

STARTS, CELLS = 40, 60_000  # partners each person starts with, at most; and for everybody together


@compiled
def most_added(beside: Short) -> int:
    """Who adds most."""
    top = 0
    for place in range(1, len(beside)):
        if beside[place] > beside[top]:
            top = place
    return top


@compiled
def grow(
    table: Table, reach: Reach, cost: Real, first: int, starts: int, sizes: Whole, need: float, sets: Whole, over: Real
) -> int:
    """Fills rows (size, members…) with sets worth more than their cost by `need` per head; how many.

    Each of every `PARTS`-th person, from the first, starts with so many partners, and whoever may add most joins them.
    """
    n, largest = len(cost), sizes.max()
    words = table.slots.shape[1]
    least = np.float32(-np.inf)
    alone = np.empty(n, dtype=np.float32)  # what each adds to nobody: less what they cost
    for person in range(n):
        alone[person] = reach.expects[person] - cost[person]
    around = np.empty(n, dtype=np.float32)
    beside = np.empty(n, dtype=np.float32)
    members = np.zeros(largest, dtype=np.int64)
    ordered = np.zeros(largest, dtype=np.int64)
    shared = np.zeros(words, dtype=np.uint64)
    count = 0
    for seed in range(first, n, PARTS):
        each_sum(alone, reach.meet[seed], around)
        members[0] = seed
        for _ in range(starts):
            beside[:] = around
            price, length = cost[seed], 1
            for word in range(words):
                shared[word] = table.slots[seed, word]
            while length < largest:
                top = most_added(beside)
                if beside[top] == least:
                    break
                if length == 1:
                    around[top] = least
                if not has_room(table, members, length, top) or not share_slots(table, shared, top):
                    beside[top] = least
                    continue
                members[length] = top
                price += cost[top]
                length += 1
                for word in range(words):
                    shared[word] &= table.slots[top, word]
                each_sum(beside, reach.meet[top], beside)
                for size in sizes:
                    if size == length and count < len(over):
                        in_order(members, length - 1, top, ordered)
                        rise = value_within(table, ordered, length) - price
                        if rise > need * length:
                            sets[count, 0] = length
                            sets[count, 1 : length + 1] = ordered[:length]
                            over[count] = rise
                            count += 1
    return count


def starting(people: int) -> int:
    """With how many partners each of so many people starts."""
    return max(1, min(STARTS, CELLS // people))


def grown(
    table: Table, reach: Reach, cost: Real, sizes: tuple[int, ...], need: float
) -> tuple[list[Whole], list[Real]]:
    """Sets worth more than their cost by `need` per head, per size, each once; none of one person."""
    starts = starting(len(cost))
    room = (len(cost) // PARTS + 1) * starts * len(sizes)

    def one(first: int) -> Whole:
        rows, over = np.zeros((room, max(sizes) + 1), dtype=np.int64), np.zeros(room)
        return rows[: grow(table, reach, cost, first, starts, np.array(sizes), need, rows, over)]

    with ThreadPoolExecutor(CORES) as threads:
        return by_size(table, cost, np.concatenate(list(threads.map(one, range(PARTS)))), sizes)
