"""The inner loop of the search through chains: from a pair outwards, depth first, each set once.

For a final size s and a cost per person c, a part A of a people has the score v(A) - (a-1)/(s-1) c(A). A set is
reached only by its own chain: whose removal leaves the largest score was added last (reverse search, Avis & Fukuda
1996). Since the best part of a passing set passes, nothing is missed.
"""

import numpy as np

from service.matching.compiled import compiled
from service.matching.people import Masks, Real, Whole
from service.matching.tables import Table, share_slots

SLACK = 1e-7  # points by which rounding may not make a set be missed


@compiled
def added_last(table: Table, members: Whole, count: int, cost: Real, share: float, last: int) -> bool:
    """Whether removing `last` leaves the largest score, the first by id among equals; members ascending."""
    loss = np.zeros(count)
    for place in range(count):
        owner = members[place]
        for other in range(count):
            if other != place:
                loss[place] += table.together[owner, members[other]]
        for problem in range(table.start[owner], table.start[owner + 1]):
            best, second, who = 0.0, 0.0, -1
            for other in range(count):
                if other != place:
                    given = table.help[members[other], problem]
                    if given > best:
                        best, second, who = given, best, other
                    elif given > second:
                        second = given
            loss[place] += best
            if who >= 0:
                loss[who] += best - second
    top = 0
    for place in range(1, count):
        if share * cost[members[place]] - loss[place] > share * cost[members[top]] - loss[top]:
            top = place
    return bool(members[top] == last)


@compiled
def gain_of(table: Table, members: Whole, count: int, best: Real, person: int) -> float:
    """What the person adds to the value of the members, whose problems have this best help so far, in their order."""
    gain = 0.0
    at = 0
    for place in range(count):
        member = members[place]
        gain += table.together[member, person]
        for problem in range(table.start[member], table.start[member + 1]):
            more = table.help[person, problem] - best[at]
            if more > 0.0:
                gain += more
            at += 1
    for problem in range(table.start[person], table.start[person + 1]):
        most = 0.0
        for place in range(count):
            if table.help[members[place], problem] > most:
                most = table.help[members[place], problem]
        gain += most
    return gain


@compiled
def branches(
    table: Table,
    cost: Real,
    size: int,
    need: float,
    first: int,
    step: int,
    sets: Whole,
    over: Real,
    may_look: int,
    company: Real,
) -> tuple[int, int]:
    """Every set of `size` from 3 up with value - cost > need whose chain starts at the roots first, first + step, …

    Fills `sets` and `over`; how many were found, -1 if there was no room or looking went on too long, and the looks.
    """
    n = len(cost)
    words = table.slots.shape[1]
    problems = 1
    for person in range(n):
        problems = max(problems, table.start[person + 1] - table.start[person])
    share = np.zeros(size + 1)
    least = np.zeros(size + 1)
    for length in range(2, size + 1):
        share[length] = (length - 1) / (size - 1)
        least[length] = length * (length - 1) / (size * (size - 1)) * (need - table.size[size]) - SLACK
    room = len(over)
    near = np.empty((size + 1, n), dtype=np.int64)
    upper = np.empty((size + 1, n))
    passes = np.empty((size + 1, n), dtype=np.bool_)
    many = np.zeros(size + 1, dtype=np.int64)
    turn = np.zeros(size + 1, dtype=np.int64)
    value = np.zeros(size + 1)
    price = np.zeros(size + 1)
    shared = np.zeros((size + 1, words), dtype=np.uint64)
    best = np.zeros((size + 1, size * problems))
    members = np.zeros(size, dtype=np.int64)
    ordered = np.zeros(size, dtype=np.int64)
    top = np.zeros(size + 1)
    could = np.zeros(n)
    count = 0
    looks = 0
    for one in range(first, n, step):
        for other in range(one + 1, n):
            score = table.pair[one, other] - share[2] * (cost[one] + cost[other])
            if not table.allowed[one, other] or not score > least[2]:
                continue
            length = 2
            members[0], members[1] = one, other
            value[2], price[2] = table.pair[one, other], cost[one] + cost[other]
            for word in range(words):
                shared[2, word] = table.slots[one, word] & table.slots[other, word]
            at = 0
            for problem in range(table.start[one], table.start[one + 1]):
                best[2, at] = max(0.0, table.help[other, problem])
                at += 1
            for problem in range(table.start[other], table.start[other + 1]):
                best[2, at] = max(0.0, table.help[one, problem])
                at += 1
            among = 0
            for person in range(n):
                if table.allowed[one, person] and table.allowed[other, person]:
                    if not share_slots(table, shared[2], person):
                        continue
                    near[2, among] = person
                    upper[2, among] = table.pair[one, person] + table.pair[other, person]
                    among += 1
            many[2] = among
            fresh = True
            while length >= 2:
                if fresh:
                    # first all who may join this part: who passes, and what each would add at most
                    looks += many[length]
                    if looks > may_look:
                        return -1, looks
                    rest = size - length
                    floor = need - table.size[size] - value[length] + price[length]
                    top[:rest] = -np.inf
                    for place in range(many[length]):
                        person = near[length, place]
                        could[place] = upper[length, place] - cost[person] + company[rest, person]
                        spot = rest - 1
                        if could[place] > top[spot]:
                            while spot > 0 and could[place] > top[spot - 1]:
                                top[spot] = top[spot - 1]
                                spot -= 1
                            top[spot] = could[place]
                    others = 0.0
                    for spot in range(rest - 1):
                        others += top[spot]
                    if not others + top[rest - 1] > floor - SLACK:
                        length -= 1
                        fresh = False
                        continue
                    for place in range(many[length]):
                        person = near[length, place]
                        known = value[length] - share[length + 1] * (price[length] + cost[person])
                        passes[length, place] = False
                        if known + upper[length, place] > least[length + 1] and could[place] + others > floor - SLACK:
                            gain = gain_of(table, members, length, best[length], person)
                            upper[length, place] = gain
                            passes[length, place] = (
                                known + gain > least[length + 1]
                                and gain - cost[person] + company[rest, person] + others > floor - SLACK
                            )
                    turn[length] = 0
                    fresh = False
                while turn[length] < many[length] and not passes[length, turn[length]]:
                    turn[length] += 1
                if turn[length] == many[length]:
                    length -= 1
                    continue
                place = turn[length]
                turn[length] += 1
                person = near[length, place]
                if length + 2 == size:
                    rest_most = -np.inf
                    for spot in range(many[length]):
                        two = upper[length, spot] - cost[near[length, spot]] + table.pair[person, near[length, spot]]
                        if two > rest_most and spot != place:
                            rest_most = two
                    if (
                        not value[length]
                        - price[length]
                        + table.size[size]
                        + upper[length, place]
                        - cost[person]
                        + rest_most
                        > need - SLACK
                    ):
                        continue
                same = 0
                for inside in range(length):
                    if table.organisation[members[inside]] == table.organisation[person]:
                        same += 1
                if same >= table.per_organisation:
                    continue
                in_order(members, length, person, ordered)
                if not added_last(table, ordered, length + 1, cost, share[length], person):
                    continue
                if length + 1 == size:
                    rest = value[length] + upper[length, place] - price[length] - cost[person] + table.size[size]
                    if rest > need:
                        if count == room:
                            return -1, looks
                        for inside in range(size):
                            sets[count, inside] = ordered[inside]
                        over[count] = rest
                        count += 1
                    continue
                grow(table, members, length, person, value, price, shared, best, upper[length, place], cost)
                among = 0
                for spot in range(many[length]):
                    candidate = near[length, spot]
                    if table.allowed[person, candidate] and share_slots(table, shared[length + 1], candidate):
                        near[length + 1, among] = candidate
                        upper[length + 1, among] = upper[length, spot] + table.pair[person, candidate]
                        among += 1
                length += 1
                many[length] = among
                fresh = True
    return count, looks


@compiled
def in_order(members: Whole, length: int, person: int, ordered: Whole) -> None:
    """The members and the person, ascending."""
    ordered[0] = person
    for inside in range(length):
        spot = inside + 1
        while spot > 0 and ordered[spot - 1] > members[inside]:
            ordered[spot] = ordered[spot - 1]
            spot -= 1
        ordered[spot] = members[inside]


@compiled
def grow(
    table: Table,
    members: Whole,
    length: int,
    person: int,
    value: Real,
    price: Real,
    shared: Masks,
    best: Real,
    gain: float,
    cost: Real,
) -> None:
    """Opens the next level: the part with one person more."""
    at = 0
    for inside in range(length):
        for problem in range(table.start[members[inside]], table.start[members[inside] + 1]):
            best[length + 1, at] = max(best[length, at], table.help[person, problem])
            at += 1
    for problem in range(table.start[person], table.start[person + 1]):
        most = 0.0
        for inside in range(length):
            most = max(most, table.help[members[inside], problem])
        best[length + 1, at] = most
        at += 1
    for word in range(shared.shape[1]):
        shared[length + 1, word] = shared[length, word] & table.slots[person, word]
    value[length + 1] = value[length] + gain
    price[length + 1] = price[length] + cost[person]
    members[length] = person
