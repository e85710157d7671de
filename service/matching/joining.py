"""What a person adds to a part of a set, and who would have been added last: the steps of the search through chains."""

import numpy as np

from service.matching.compiled import compiled
from service.matching.people import Masks, Real, Whole
from service.matching.tables import Table


@compiled
def added_last(table: Table, members: Whole, count: int, cost: Real, share: float) -> int:
    """Whose removal leaves the largest score, the first by id among equals; members ascending."""
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
    return int(members[top])


@compiled
def gain_of(table: Table, members: Whole, count: int, best: Real, person: int) -> float:
    """What the person adds to the value of the members, whose problems have this best help so far, in their order."""
    gain = 0.0
    at = 0
    for place in range(count):
        member = members[place]
        gain += table.together[member, person]
        for problem in range(table.start[member], table.start[member + 1]):
            more = table.given[problem, person] - best[at]
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
def gains_beside(table: Table, members: Whole, count: int, near: Whole, gain: Real, many: int) -> None:
    """What each of those near adds to the members, from what it added before the last of them joined.

    No help may be below nothing. Most people help few others: that is what makes this quicker than `gain_of`.
    """
    help, given, start, together = table.help, table.given, table.start, table.together  # a call per person costs more
    last = members[count - 1]
    for place in range(count):
        for problem in range(start[members[place]], start[members[place] + 1]):
            known = 0.0
            for before in range(count - 1):
                known = max(known, help[members[before], problem])
            better, sign = np.inf, 1.0  # with the problems of the last, all that is more than known is new;
            if place < count - 1:  # with those of the others, as much of it is not as the last one gives
                better, sign = help[last, problem], -1.0
            if better > known:
                for at in range(many):
                    more = given[problem, near[at]]
                    if more > known:
                        gain[at] += sign * (min(more, better) - known)
    for at in range(many):
        person = near[at]
        gain[at] += together[last, person]
        for problem in range(start[person], start[person + 1]):
            more = help[last, problem]
            if more > 0.0:
                known = 0.0
                for before in range(count - 1):
                    known = max(known, help[members[before], problem])
                gain[at] += max(0.0, more - known)


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
def best_so_far(table: Table, members: Whole, count: int) -> Real:
    """The best help each problem of the members has, in their order; none below nothing."""
    problems = 0
    for place in range(count):
        problems += table.start[members[place] + 1] - table.start[members[place]]
    best = np.zeros(problems)
    at = 0
    for place in range(count):
        for problem in range(table.start[members[place]], table.start[members[place] + 1]):
            for other in range(count):
                if other != place and table.help[members[other], problem] > best[at]:
                    best[at] = table.help[members[other], problem]
            at += 1
    return best


@compiled
def has_room(table: Table, members: Whole, count: int, person: int) -> bool:
    """Whether the person's organisation may send one more to the members."""
    same = 0
    for place in range(count):
        if table.organisation[members[place]] == table.organisation[person]:
            same += 1
    return same < table.per_organisation


@compiled
def shared_with(table: Table, shared: Masks, person: int, left: Masks) -> None:
    """The slots left once the person joins."""
    for word in range(len(shared)):
        left[word] = shared[word] & table.slots[person, word]
