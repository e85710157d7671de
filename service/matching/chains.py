"""All sets whose value exceeds what their members cost, found through chains of ever larger parts of them.

A set's value before its size penalty, v, is a best help for each problem (submodular in the helpers) plus a sum over
pairs. So for a random a-person part A of a set S of s people, E[v(A)] >= a(a-1)/(s(s-1)) v(S), and with a cost per
person c, E[v(A) - (a-1)/(s-1) c(A)] >= a(a-1)/(s(s-1)) (v(S) - c(S)). Hence a set worth more than its cost by some
margin has a chain pair < triple < ... < S in which every member passes its own threshold: growing only what passes
misses nothing. Help below nothing is counted as nothing here, which can only let more pass.
"""

from dataclasses import dataclass, replace

import numpy as np

from service.matching.fits import Fit, enough
from service.matching.people import Flags, Masks, Real, Whole
from service.matching.wishes import Worth

CHUNK = 400_000  # (row, candidate) cells looked at together
SLACK = 1e-7  # points by which rounding may not make a set be missed


@dataclass(frozen=True, eq=False)
class Found:
    """Sets of one size each: members ascending, by how much each exceeds its cost, and whether all were found."""

    sets: list[Whole]  # per size: (sets, size)
    gain: list[Real]  # per size: (sets,)
    complete: bool


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of sets, all of one size a."""

    members: Whole  # (rows, a) ascending
    value: Real  # (rows,) before any size penalty
    best: Real  # (rows, a, depth) the best help so far for each member's problems
    slots: Masks  # (rows, words)
    cost: Real  # (rows,)
    alive: Flags  # (rows, sizes) for which final sizes this part still passes

    def take(self, rows: Whole) -> "Parts":
        return Parts(
            self.members[rows], self.value[rows], self.best[rows], self.slots[rows], self.cost[rows], self.alive[rows]
        )


class Chains:
    """The search, prepared once for a round and asked again with each round of costs."""

    def __init__(self, fit: Fit, worth: Worth) -> None:
        n = len(fit)
        self.fit, self.n = fit, n
        self.looked = 0  # (part, candidate) cells valued so far: the clock of this search, the same on every machine
        self.may_look: float = float("inf")
        self.together = worth.together
        self.depth = max(1, max((len(problems) for problems in worth.of), default=1))
        self.help = np.zeros((n, n, self.depth))  # [helper, person helped, which of their problems]
        for person, problems in enumerate(worth.of):
            for place, problem in enumerate(problems):
                self.help[:, person, place] = np.maximum(worth.help[:, problem], 0.0)
        self.penalty = np.array([-worth.size(size) for size in fit.sizes])
        both = self.help.sum(axis=2)
        self.pair = both + both.T + self.together

    def above(self, cost: Real, floor: float = 0.0, widest: int | None = None, most: int | None = None) -> Found:
        """Every feasible set S with value(S) - cost(S) > floor * |S|; of the best `widest` parts only, if given.

        More than `most` parts of one size end the search: then not all sets were found.
        """
        sizes = np.array(self.fit.sizes)
        sets: list[Whole] = [np.zeros((0, size), dtype=np.int64) for size in sizes]
        gain: list[Real] = [np.zeros(0) for _ in sizes]
        complete = True
        parts = self.pairs(cost, floor)
        for length in range(2, int(sizes.max(initial=1)) + 1):
            if widest is not None and len(parts.value) > widest:
                complete = False
                parts = parts.take(self.promising(parts, widest))
            for place in np.flatnonzero(sizes == length):
                rows = np.flatnonzero(parts.alive[:, place])
                sets[place] = parts.members[rows]
                gain[place] = parts.value[rows] - parts.cost[rows] - self.penalty[place]
            if length < sizes.max():
                longer = self.grown(parts, cost, floor, most)
                if longer is None:
                    return Found(sets, gain, False)
                parts = longer
        return Found(sets, gain, complete)

    def thresholds(self, length: int, floor: float) -> tuple[Real, Real]:
        """Per final size: the share of the cost a part of `length` bears, and what it then has to exceed."""
        sizes = np.array(self.fit.sizes, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (length - 1) / (sizes - 1)
            least = length * (length - 1) / (sizes * (sizes - 1)) * (floor * sizes + self.penalty)
        within = sizes >= length
        return np.where(within, share, 0.0), np.where(within, least, np.inf)

    def passing(self, value: Real, cost: Real, length: int, floor: float) -> Flags:
        """(rows, sizes) which final sizes each part still passes for."""
        share, least = self.thresholds(length, floor)
        slack = SLACK * (1.0 + np.abs(value) + np.abs(cost))
        return np.asarray(value[:, None] - share[None, :] * cost[:, None] > least[None, :] - slack[:, None])

    def promising(self, parts: Parts, widest: int) -> Whole:
        """The rows that exceed their threshold most, in their order."""
        length = parts.members.shape[1]
        share, least = self.thresholds(length, 0.0)
        scale = np.where(np.isfinite(least), np.array(self.fit.sizes) - 1.0, 1.0)
        over = (parts.value[:, None] - share * parts.cost[:, None] - np.where(np.isfinite(least), least, 0.0)) * scale
        best = np.where(parts.alive, over, -np.inf).max(axis=1)
        return np.sort(np.argsort(-best, kind="stable")[:widest])

    def pairs(self, cost: Real, floor: float) -> Parts:
        """The pairs that pass."""
        one, other = np.nonzero(np.triu(self.fit.allowed))
        both = cost[one] + cost[other]
        alive = self.passing(self.pair[one, other], both, 2, floor)
        keep = alive.any(axis=1)
        one, other = one[keep], other[keep]
        return Parts(
            members=np.stack([one, other], axis=1),
            value=self.pair[one, other],
            best=np.stack([self.help[other, one], self.help[one, other]], axis=1),
            slots=self.fit.slots[one] & self.fit.slots[other],
            cost=both[keep],
            alive=alive[keep],
        )

    def grown(self, parts: Parts, cost: Real, floor: float, most: int | None) -> Parts | None:
        """Every part that passes and has one person more, each once; None when there are more than `most`."""
        grown: list[Parts] = []
        step = max(1, CHUNK // max(1, self.n))
        for start in range(0, len(parts.value), step):
            if self.looked > self.may_look or (most is not None and sum(len(part.value) for part in grown) > 4 * most):
                return None
            grown.append(
                self.grown_from(parts.take(np.arange(start, min(start + step, len(parts.value)))), cost, floor)
            )
        if not grown:
            grown = [self.grown_from(parts, cost, floor)]
        joined = Parts(
            *(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in grown), strict=True))
        )
        once, which = first_of_each(joined.members, self.n)
        if most is not None and len(once) > most:
            return None
        # A part lives for a final size if any way to it does: the first way found may live for another size only.
        np.logical_or.at(alive := np.zeros((len(once), joined.alive.shape[1]), dtype=np.bool_), which, joined.alive)
        return replace(joined.take(once), alive=alive)

    def grown_from(self, parts: Parts, cost: Real, floor: float) -> Parts:
        """The parts that pass among all these with one person more, perhaps several times."""
        row, new = np.nonzero(self.may_join(parts))
        self.looked += len(row)
        members = parts.members[row]
        value = parts.value[row]
        longer = cost[new] + parts.cost[row]
        length = members.shape[1] + 1
        got = np.zeros((len(row), self.depth))
        value = value + self.pair_sum(members, new)
        for place in range(length - 1):
            member = members[:, place]
            given = self.help[new, member]
            value += np.maximum(given - parts.best[row, place], 0.0).sum(axis=1)
            np.maximum(got, self.help[member, new], out=got)
        value += got.sum(axis=1)
        alive = self.passing(value, longer, length, floor) & parts.alive[row]
        keep = np.flatnonzero(alive.any(axis=1))
        row, new, members, got = row[keep], new[keep], members[keep], got[keep]
        best = np.empty((len(keep), length, self.depth))
        for place in range(length - 1):
            best[:, place] = np.maximum(parts.best[row, place], self.help[new, members[:, place]])
        best[:, -1] = got
        members = np.concatenate([members, new[:, None]], axis=1)
        order = np.argsort(members, axis=1)
        return Parts(
            members=np.take_along_axis(members, order, axis=1),
            value=value[keep],
            best=np.take_along_axis(best, order[:, :, None], axis=1),
            slots=parts.slots[row] & self.fit.slots[new],
            cost=longer[keep],
            alive=alive[keep],
        )

    def pair_sum(self, members: Whole, new: Whole) -> Real:
        """What each new person's pairs with the members add."""
        return np.asarray(self.together[members, new[:, None]].sum(axis=1))

    def may_join(self, parts: Parts) -> Flags:
        """(rows, n) who may join each part."""
        allowed = self.fit.allowed
        may = allowed[parts.members[:, 0]].copy()
        for place in range(1, parts.members.shape[1]):
            may &= allowed[parts.members[:, place]]
        if self.fit.common and parts.members.shape[1] > 1:
            may &= enough(parts.slots[:, None, :] & self.fit.slots[None, :, :], self.fit.common)
        if self.fit.counts_organisations:
            theirs = self.fit.organisation[parts.members]
            count = (theirs[:, :, None] == self.fit.organisation[None, None, :]).sum(axis=1)
            may &= count < self.fit.per_organisation
        return may


def first_of_each(members: Whole, n: int) -> tuple[Whole, Whole]:
    """The rows of the first time each set of members occurs, ordered by members; and for each row, which it is."""
    if members.shape[1] * max(1, int(n - 1).bit_length()) <= 62:
        key = np.zeros(len(members), dtype=np.int64)
        for place in range(members.shape[1]):
            key = (key << max(1, int(n - 1).bit_length())) | members[:, place]
        _, once, which = np.unique(key, return_index=True, return_inverse=True)
    else:
        _, once, which = np.unique(members, axis=0, return_index=True, return_inverse=True)
    return once, which.ravel()
