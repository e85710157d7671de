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
def gains_less_twice(table: Table, members: Whole, count: int, near: Whole, gain: Real, many: int) -> None:
    """What each of those near adds to the members, from what it adds to each of them alone: no problem is helped twice.

    No help may be below nothing.
    """
    help, given, start = table.help, table.given, table.start  # a call per person costs more
    for place in range(count):
        for problem in range(start[members[place]], start[members[place] + 1]):
            known = 0.0
            for other in range(count):
                if other != place:
                    known = max(known, help[members[other], problem])
            if known > 0.0:
                row = given[problem]
                for at in range(many):
                    gain[at] -= min(row[near[at]], known)
    for at in range(many):
        person = near[at]
        for problem in range(start[person], start[person + 1]):
            every, most = 0.0, 0.0
            for place in range(count):
                more = help[members[place], problem]
                every += more
                most = max(most, more)
            gain[at] -= every - most


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
    fill_best(table, members, count, best)
    return best


@compiled
def fill_best(table: Table, members: Whole, count: int, best: Real) -> None:
    """The same, filled in."""
    at = 0
    for place in range(count):
        for problem in range(table.start[members[place]], table.start[members[place] + 1]):
            best[at] = 0.0
            for other in range(count):
                if other != place and table.help[members[other], problem] > best[at]:
                    best[at] = table.help[members[other], problem]
            at += 1


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
