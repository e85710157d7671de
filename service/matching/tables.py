"""The rules and wishes of a round as plain arrays, and what one small set is worth by them: for the inner loops."""

from typing import NamedTuple

import numpy as np

from service.matching.compiled import compiled
from service.matching.fits import Fit
from service.matching.people import Flags, Masks, Real, Whole
from service.matching.wishes import Worth

USUAL = 8  # problems of each person up to whom looking at somebody takes as long as usual
EVERY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
SLICE = 500  # problems looked at together


class Table(NamedTuple):
    """n people; a set's value is help, company and a term for its size."""

    allowed: Flags  # (n, n) who may sit with whom
    slots: Masks  # (n, words)
    common: int  # slots a set has to share
    organisation: Whole  # (n,)
    per_organisation: int
    help: Real  # (n, problems) raw
    given: Real  # (problems, n) the same: where one problem is compared over many people, they lie side by side
    start: Whole  # (n + 1,) where each person's problems start
    together: Real  # (n, n)
    pair: Real  # (n, n) help both ways, none below nothing, and company
    size: Real  # (largest + 2,) the term of each size

    @property
    def toil(self) -> float:
        """How many times as long as usual it takes to look at somebody, by the problems people bring."""
        return max(1.0, float(self.start[-1]) / max(1, len(self.allowed)) / USUAL)


def read_table(fit: Fit, worth: Worth) -> Table:
    """The arrays of a round; people's problems lie one after another in the order of the people."""
    counts = np.array([len(problems) for problems in worth.of], dtype=np.int64)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    largest = max(fit.sizes, default=1)
    return Table(
        allowed=np.ascontiguousarray(fit.allowed),
        slots=np.ascontiguousarray(fit.slots),
        common=fit.common,
        organisation=fit.organisation,
        per_organisation=fit.per_organisation,
        help=np.ascontiguousarray(worth.help),
        given=np.ascontiguousarray(worth.help.T),
        start=start,
        together=np.ascontiguousarray(worth.together),
        pair=pairs_of(worth.help, worth.together, start),
        size=np.array([worth.size(people) for people in range(largest + 2)]),
    )


def pairs_of(help: Real, together: Real, start: Whole) -> Real:
    """(n, n) what two people are worth to each other at most, whoever else is there."""
    both = np.zeros_like(together)
    for person in range(len(start) - 1):
        both[:, person] = np.maximum(help[:, start[person] : start[person + 1]], 0.0).sum(axis=1)
    both += both.T.copy()
    both += together
    return both


def spread(table: Table) -> tuple[float, float]:
    """How much what pairs are worth or cost usually differs, of those who may sit together, and the most of it."""
    points = np.abs(table.pair[table.allowed])
    return (float(np.std(points)) + 1e-9 if points.size else 1.0), float(points.max(initial=0.0))


def expected(table: Table, place: int, share: float) -> Real:
    """(problems,) the help that each problem may expect: a share of the best help but for a few (`place`)."""
    problems, n = table.given.shape
    found = np.zeros(problems)
    for first in range(0, problems if n >= place else 0, SLICE):
        some = np.partition(table.given[first : first + SLICE], n - place, axis=1)[:, n - place]
        found[first : first + SLICE] = share * np.maximum(some, 0.0)
    return found


def beyond(table: Table, usual: Real) -> tuple[Table, Real]:
    """The help beyond what each problem may expect (`usual`), and (n,) what each person's problems expect in all.

    No help is below nothing. Nobody is worth less than in `table`: what a set is worth there is at most what it is
    worth here and what its members expect.
    """
    n, problems = table.help.shape
    each = np.zeros(n)
    if not usual.any() and table.help.min(initial=0.0) >= 0.0:
        return table, each
    more = np.maximum(table.help - usual, 0.0)
    owner = np.repeat(np.arange(n), np.diff(table.start))
    more[owner, np.arange(problems)] = 0.0
    np.add.at(each, owner, usual)
    pair = pairs_of(more, table.together, table.start)
    return table._replace(help=more, given=np.ascontiguousarray(more.T), pair=pair), each


def table_of(table: Table, people: Whole) -> Table:
    """A few of the people by themselves, numbered in their order."""
    counts = table.start[people + 1] - table.start[people]
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    problems = problems_of(table, people)
    return table._replace(
        allowed=table.allowed[np.ix_(people, people)],
        slots=table.slots[people],
        organisation=table.organisation[people],
        help=table.help[np.ix_(people, problems)],
        given=np.ascontiguousarray(table.given[np.ix_(problems, people)]),
        start=start,
        together=table.together[np.ix_(people, people)],
        pair=table.pair[np.ix_(people, people)],
    )


def problems_of(table: Table, people: Whole) -> Whole:
    """The problems of these people, in their order."""
    counts = table.start[people + 1] - table.start[people]
    before = np.cumsum(counts) - counts
    return np.repeat(table.start[people] - before, counts) + np.arange(counts.sum())


@compiled
def help_within(table: Table, members: Whole, count: int) -> float:
    """The best help for each problem of the first `count` members."""
    total = 0.0
    for place in range(count):
        owner = members[place]
        for problem in range(table.start[owner], table.start[owner + 1]):
            best = -np.inf
            for other in range(count):
                if other != place and table.help[members[other], problem] > best:
                    best = table.help[members[other], problem]
            if count > 1:
                total += best
    return total


@compiled
def value_within(table: Table, members: Whole, count: int) -> float:
    """What the set of the first `count` members is worth."""
    if count == 0:
        return 0.0
    total = help_within(table, members, count) + table.size[count]
    for place in range(count):
        for other in range(place):
            total += table.together[members[place], members[other]]
    return float(total)


@compiled
def values_of(table: Table, sets: Whole, found: Real) -> None:
    """What each set is worth, each summed in the order of its members."""
    for row in range(len(sets)):
        found[row] = value_within(table, sets[row], sets.shape[1])


def ill_served(table: Table, sets: Whole, floor: float) -> Whole:
    """How many members of each set get no more than the floor: the best help with each of their problems, summed."""
    found = np.zeros(len(sets), dtype=np.int64)
    count_ill_served(table, sets, floor, found)
    return found


@compiled
def count_ill_served(table: Table, sets: Whole, floor: float, found: Whole) -> None:
    """The same, filled in; whoever brings no problem is not counted."""
    for row in range(len(sets)):
        for place in range(sets.shape[1]):
            owner = sets[row, place]
            gets = 0.0
            for problem in range(table.start[owner], table.start[owner + 1]):
                best = -np.inf
                for other in range(sets.shape[1]):
                    if other != place and table.help[sets[row, other], problem] > best:
                        best = table.help[sets[row, other], problem]
                gets += best if sets.shape[1] > 1 else 0.0
            if table.start[owner] < table.start[owner + 1] and gets <= floor:
                found[row] += 1


@compiled
def share_slots(table: Table, shared: Masks, person: int) -> bool:
    """Whether enough of the shared slots are left once the person joins."""
    if table.common <= 0:
        return True
    count, always = 0, True
    for word in range(len(shared)):
        left = shared[word] & table.slots[person, word]
        if left != EVERY:
            always = False
        if table.common == 1 and left != np.uint64(0):
            return True
        while left != np.uint64(0) and count < table.common:
            left &= left - np.uint64(1)
            count += 1
    return always or count >= table.common


@compiled
def may_join(table: Table, members: Whole, count: int, shared: Masks, person: int) -> bool:
    """Whether the person may join the first `count` members, who share these slots."""
    same = 0
    for place in range(count):
        if not table.allowed[person, members[place]]:
            return False
        if table.organisation[members[place]] == table.organisation[person]:
            same += 1
    return same < table.per_organisation and share_slots(table, shared, person)
