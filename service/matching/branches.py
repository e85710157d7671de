"""The inner loop of the search through chains: from a pair outwards, depth first, each set once.

For a final size s and a cost per person c, a part A of a people has the score v(A) - (a-1)/(s-1) c(A). A set is
reached only by its own chain: whose removal leaves the largest score was added last (reverse search, Avis & Fukuda
1996). Since the best part of a passing set passes, nothing is missed. Whoever can complete a part to no passing set is
no candidate for anything that grows from it; the last two are added at once.
"""

import numpy as np

from service.matching.candidates import Asked, beginning, exactly, further, promising
from service.matching.compiled import compiled
from service.matching.joining import (
    added_last,
    fill_best,
    gain_of,
    has_room,
    in_order,
    shared_with,
)
from service.matching.people import Masks, Real, Whole
from service.matching.tables import share_slots, value_within

SLACK = 1e-7  # points by which rounding may not make a set be missed
WEIGHING = 20  # looks that weighing one whole set costs


@compiled
def last_two(asked: Asked, members: Whole, length: int, one: int, other: int, ordered: Whole) -> bool:
    """Whether the set's own chain adds these two last, in either order."""
    share = 1.0 / (asked.size - 1)
    last = added_last(asked.table, ordered, length + 2, asked.cost, share * (length + 1))
    if last != one and last != other:
        return False
    before = other if last == one else one
    rest = np.empty(length + 1, dtype=np.int64)
    in_order(members, length, before, rest)
    return bool(added_last(asked.table, rest, length + 1, asked.cost, share * length) == before)


@compiled
def kept(asked: Asked, ordered: Whole, sets: Whole, over: Real, count: int) -> int:
    """Takes the set down if it is worth enough; how many there are then, -1 if there is no room."""
    rise = value_within(asked.plain, ordered, asked.size)
    for place in range(asked.size):
        rise -= asked.paid[ordered[place]]
    if not rise > asked.need:
        return count
    if count == len(over):
        return -1
    sets[count] = ordered
    over[count] = rise
    return count + 1


@compiled
def closed(
    asked: Asked,
    members: Whole,
    shared: Masks,
    near: Whole,
    gain: Real,
    many: int,
    floor: float,
    sets: Whole,
    over: Real,
    count: int,
) -> tuple[int, int]:
    """Takes down each set that the members and two of their candidates form; how many are kept then, and looked at."""
    table = asked.table
    length = asked.size - 2
    left = np.zeros_like(shared)
    weighed = 0
    ordered = np.zeros(asked.size, dtype=np.int64)
    for place in range(many):
        person = near[place]
        for before in range(place):
            other = near[before]
            if not gain[place] + gain[before] + table.pair[person, other] > floor or not table.allowed[person, other]:
                continue
            shared_with(table, shared, person, left)
            if not share_slots(table, left, other) or not has_room(table, members, length, person):
                continue
            in_order(members, length, person, ordered)
            if not has_room(table, ordered, length + 1, other):
                continue
            in_order(ordered.copy(), length + 1, other, ordered)
            weighed += 1
            grown = kept(asked, ordered, sets, over, count)
            if grown == count or not last_two(asked, members, length, person, other, ordered):
                continue
            if grown < 0:
                return -1, weighed
            count = grown
    return count, weighed


@compiled
def branches(asked: Asked, first: int, step: int, sets: Whole, over: Real, may_look: int) -> tuple[int, int]:
    """Every set asked for, of a size from 3 up, whose chain starts at the roots first, first + step, …

    Fills `sets` and `over`; how many were found, -1 if there was no room or looking went on too long, and the looks.
    """
    table, cost, size = asked.table, asked.cost, asked.size
    n = len(cost)
    least = np.zeros(size + 1)
    for length in range(2, size + 1):
        least[length] = length * (length - 1) / (size * (size - 1)) * (asked.need - table.size[size]) - SLACK
    near = np.empty((size, n), dtype=np.int64)
    gain = np.empty((size, n))
    many = np.zeros(size + 1, dtype=np.int64)
    turn = np.zeros(size + 1, dtype=np.int64)
    value = np.zeros(size + 1)
    price = np.zeros(size + 1)
    problems = 1
    for person in range(n):
        problems = max(problems, table.start[person + 1] - table.start[person])
    best = np.zeros((size + 1, size * problems))
    shared = np.zeros((size + 1, table.slots.shape[1]), dtype=np.uint64)
    members = np.zeros(size, dtype=np.int64)
    ordered = np.zeros(size, dtype=np.int64)
    count = 0
    looks = 0
    for one in range(first, n, step):
        for other in range(one + 1, n):
            score = table.pair[one, other] - (cost[one] + cost[other]) / (size - 1)
            if not table.allowed[one, other] or not score > least[2]:
                continue
            members[0], members[1] = one, other
            value[2], price[2] = table.pair[one, other], cost[one] + cost[other]
            shared_with(table, table.slots[one], other, shared[2])
            floor = asked.need - table.size[size] - value[2] + price[2] - SLACK
            many[2], turn[2] = beginning(asked, members, shared[2], near[2], gain[2], floor), 0
            looks += n // 4 + many[2]
            fill_best(table, members, 2, best[2])
            length = 2 if many[2] >= size - 2 else 1
            while length >= 2:
                if looks > may_look:
                    return -1, looks
                if length + 2 == size:
                    floor = asked.need - table.size[size] - value[length] + price[length] - SLACK
                    count, weighed = closed(
                        asked,
                        members,
                        shared[length],
                        near[length],
                        gain[length],
                        many[length],
                        floor,
                        sets,
                        over,
                        count,
                    )
                    looks += many[length] * many[length] // 16 + WEIGHING * weighed
                    turn[length] = many[length]
                    if count < 0:
                        return -1, looks
                share = length / (size - 1)
                enough = least[length + 1] + share * price[length]
                place = promising(
                    cost, near[length], gain[length], turn[length], many[length], 1.0 - share, enough - value[length]
                )
                if place == many[length]:
                    length -= 1
                    continue
                turn[length] = place + 1
                person = near[length, place]
                known, paid = (
                    value[length] + gain_of(table, members, length, best[length], person),
                    price[length] + cost[person],
                )
                if not known - share * cost[person] > enough:
                    continue
                in_order(members, length, person, ordered)
                if not has_room(table, members, length, person):
                    continue
                if added_last(table, ordered, length + 1, cost, share) != person:
                    continue
                if length + 1 == size:
                    count = kept(asked, ordered, sets, over, count)
                    if count < 0:
                        return -1, looks
                    continue
                members[length] = person
                deeper = length + 1
                shared_with(table, shared[length], person, shared[deeper])
                floor = asked.need - table.size[size] - known + paid - SLACK
                among = further(
                    asked,
                    person,
                    near[length],
                    gain[length],
                    many[length],
                    shared[deeper],
                    size - deeper,
                    floor,
                    near[deeper],
                    gain[deeper],
                )
                looks += many[length] // 8 + 2 * among
                if deeper + 2 == size and among >= 2:
                    among = exactly(asked, members, deeper, near[deeper], gain[deeper], among, floor)
                if among >= size - deeper:
                    value[deeper], price[deeper] = known, paid
                    many[deeper], turn[deeper] = among, 0
                    if deeper + 2 < size:
                        fill_best(table, members, deeper, best[deeper])
                    length = deeper
    return count, looks
