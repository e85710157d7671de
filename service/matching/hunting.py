"""Good sets found quickly: grown from promising pairs by whoever adds most above their cost. Never part of a proof."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.matching.chains import CORES
from service.matching.compiled import compiled
from service.matching.joining import best_so_far, gain_of, has_room, in_order
from service.matching.master import Set
from service.matching.people import Flags, Real, Whole
from service.matching.tables import EVERY, Table, may_join, share_slots, value_within, values_of

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
    begun = np.zeros(n, dtype=np.bool_)
    around = np.zeros(n, dtype=np.int64)  # who may sit with the seed
    near = np.zeros(n, dtype=np.int64)  # who may sit with all members
    most = np.zeros(n)  # what a person adds to the members at most, above their cost
    count = 0
    for seed in range(first, n, PARTS):
        members[0] = seed
        for word in range(words):
            shared[word] = table.slots[seed, word]
        many = 0
        for person in range(n):
            begun[person] = False
            if may_join(table, members, 1, shared, person):
                around[many] = person
                many += 1
        for _ in range(starts):
            partner = -1
            for at in range(many):
                person = around[at]
                better = (
                    partner < 0 or table.pair[seed, person] - cost[person] > table.pair[seed, partner] - cost[partner]
                )
                if better and not begun[person]:
                    partner = person
            if partner < 0:
                break
            begun[partner] = True
            members[1] = partner
            value = table.pair[seed, partner]
            price = cost[seed] + cost[partner]
            for word in range(words):
                shared[word] = table.slots[seed, word] & table.slots[partner, word]
            length, left = 2, many
            near[:many] = around[:many]
            for at in range(many):
                most[near[at]] = table.pair[seed, near[at]] - cost[near[at]]
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
                top, add, kept = -1, 0.0, 0
                for at in range(left):
                    person = near[at]
                    if not table.allowed[members[length - 1], person]:
                        continue
                    if has_room(table, members, length, person) and share_slots(table, shared, person):
                        near[kept] = person
                        kept += 1
                        most[person] += table.pair[members[length - 1], person]
                        if top >= 0 and most[person] <= add - cost[top]:
                            continue
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
                length, left = length + 1, kept
    return count


def partners(people: int) -> int:
    """With how many partners each of so many people starts."""
    return next(starts for most, starts in STARTS if people <= most)


def hunted(table: Table, cost: Real, sizes: tuple[int, ...], need: float) -> tuple[list[Whole], list[Real]]:
    """Sets worth more than their cost, per size, each once; none of one person, for whom there is nothing to hunt."""
    if max(sizes) < 2:
        return [np.zeros((0, size), dtype=np.int64) for size in sizes], [np.zeros(0) for _ in sizes]
    starts = partners(len(cost))
    room = (len(cost) // PARTS + 1) * starts * len(sizes)

    def one(first: int) -> Whole:
        rows, over = np.zeros((room, max(sizes) + 1), dtype=np.int64), np.zeros(room)
        return rows[: hunt(table, cost, first, starts, np.array(sizes), need, rows, over)]

    with ThreadPoolExecutor(CORES) as threads:
        return by_size(table, cost, np.concatenate(list(threads.map(one, range(PARTS)))), sizes)


@compiled
def swap(
    table: Table, cost: Real, rows: Whole, likely: Whole, may_be: Flags, need: float, sets: Whole, over: Real
) -> int:
    """Fills rows (size, members…) with the best set one change away from each of `rows`, for every member; how many.

    The change: somebody else in the place of the member, the member gone, or one more. All need to be worth more than
    their cost by `need` per head, and their size one that may be.
    """
    n = len(cost)
    largest = len(may_be) - 1
    words = table.slots.shape[1]
    rest = np.zeros(largest + 1, dtype=np.int64)
    ordered = np.zeros(largest + 1, dtype=np.int64)
    shared = np.zeros(words, dtype=np.uint64)
    could = np.zeros(n, dtype=np.int64)  # who may come instead
    most = np.zeros(n)  # what each of them adds to a whole set at most, above their cost
    listed = np.full(n, -1, dtype=np.int64)
    count = 0
    for row in range(len(rows)):
        size, many = rows[row, 0], 0
        for place in range(size if len(likely) > 1 else 1):
            for person in likely[rows[row, 1 + place] if len(likely) > 1 else 0]:
                if person >= 0 and listed[person] < row:
                    listed[person], could[many] = row, person
                    many += 1
        for at in range(many):
            person = could[at]
            most[at] = -cost[person]
            for place in range(size):
                most[at] += table.pair[rows[row, 1 + place], person]
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
            best = best_so_far(table, rest, length)
            top, add = -1, 0.0
            for at in range(many):
                person = could[at]
                limit = most[at] if gone < 0 else most[at] - table.pair[gone, person]
                if top >= 0 and limit <= add - cost[top]:
                    continue
                if person != gone and may_join(table, rest, length, shared, person):
                    gain = gain_of(table, rest, length, best, person)
                    if top < 0 or gain - cost[person] > add - cost[top]:
                        top, add = person, gain
            if top >= 0 and value + add + table.size[length + 1] - price - cost[top] > need * (length + 1):
                in_order(rest, length, top, ordered)
                sets[count, 0] = length + 1
                sets[count, 1 : length + 2] = ordered[: length + 1]
                over[count] = value + add + table.size[length + 1] - price - cost[top]
                count += 1
    return count


def swapped(
    table: Table, cost: Real, near: Sequence[Set], sizes: tuple[int, ...], need: float, likely: Whole | None = None
) -> tuple[list[Whole], list[Real]]:
    """Sets worth more than their cost that differ from one of `near` by one person, per size, each once.

    That person is one of those who are likely to sit with a member: a row for each person, or one for everybody.
    """
    largest, likely = max(sizes), np.arange(len(cost))[None, :] if likely is None else likely
    may_be = np.isin(np.arange(largest + 1), sizes)
    rows = np.zeros((len(near), largest + 1), dtype=np.int64)
    for row, members in enumerate(near):
        rows[row, 0] = len(members)
        rows[row, 1 : len(members) + 1] = members

    def one(part: int) -> Whole:
        mine = rows[part::PARTS]
        room = 2 * (largest + 1) * len(mine) + 2
        found, over = np.zeros((room, largest + 1), dtype=np.int64), np.zeros(room)
        return found[: swap(table, cost, mine, likely, may_be, need, found, over)]

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
