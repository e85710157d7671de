"""What people may add to others at most: each help beyond what a problem may expect counted as if it were the only one.

What a set is worth beyond what its problems may expect is submodular in who helps; so whoever joins adds no more than
what they add to each of the members alone: a sum of a few rows, which rules nearly everybody out.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.matching.compiled import compiled
from service.matching.people import Real, Whole
from service.matching.tables import Table, problems_of

Short = npt.NDArray[np.float32]
SLICE = 256  # people whose rows are made at once


class Reach(NamedTuple):
    """What people may add at most; see above."""

    meet: Short  # (n, n) what two are worth to each other beyond what is usual, rounded up; -inf if they may not meet
    usual: Real  # (problems,) the help that each problem may expect
    expects: Real  # (n,) the same for all of somebody's problems


def read_reach(table: Table, usual: Real) -> Reach:
    """The reach where every problem may expect so much; no help is below nothing."""
    n = len(table.start) - 1
    owners = np.flatnonzero(np.diff(table.start))
    meet = np.empty((n, n), dtype=np.float32)
    for first in range(0, n, SLICE):
        last = min(first + SLICE, n)
        both = table.together[first:last].copy()
        given = np.maximum(table.help[first:last] - usual, 0.0)
        if len(owners):
            both[:, owners] += np.add.reduceat(given, table.start[owners], axis=1)
        for person in range(first, last):
            mine = slice(table.start[person], table.start[person + 1])
            both[person - first] += np.maximum(table.given[mine] - usual[mine, None], 0.0).sum(axis=0)
        both[~table.allowed[first:last]] = -np.inf
        both[np.arange(last - first), np.arange(first, last)] = -np.inf
        short = both.astype(np.float32)
        meet[first:last] = np.nextafter(short, np.float32(np.inf), where=short < both, out=short)
    expects = np.zeros(n)
    np.add.at(expects, np.repeat(np.arange(n), np.diff(table.start)), usual)
    return Reach(meet, usual, expects)


def reach_of(reach: Reach, table: Table, people: Whole) -> Reach:
    """A few of the people by themselves, numbered in their order."""
    return Reach(reach.meet[np.ix_(people, people)], reach.usual[problems_of(table, people)], reach.expects[people])


@compiled
def beyond_usual(table: Table, usual: Real, members: Whole, count: int) -> float:
    """What the members are worth beyond the help their problems may expect, without a term for their number."""
    total = 0.0
    for place in range(count):
        owner = members[place]
        for other in range(place):
            total += table.together[owner, members[other]]
        for problem in range(table.start[owner], table.start[owner + 1]):
            best = usual[problem]
            for other in range(count):
                if other != place:
                    best = max(best, table.help[members[other], problem])
            total += best - usual[problem]
    return total
