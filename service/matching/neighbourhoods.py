"""A better answer near the one at hand: free a few sets, find the best sets for those people, put them back.

Large-neighbourhood search (Shaw 1998). If the costs are proven, people who cost c in all and are worth v can
gain at most c - v; so only sets within that of their own cost can be part of anything better,
and the search among them is exact.
"""

import math
import random
from collections.abc import Callable, Sequence

import numpy as np

from service.matching.chains import Chains
from service.matching.cover import WIDEST, best_cover
from service.matching.fits import Fit
from service.matching.master import Set
from service.matching.people import Real, Whole
from service.matching.tables import ill_served
from service.matching.wishes import Worth, value

ALL_SETS = 60_000  # sets of one size looked at among the people freed
RANKED = 20_000  # sets of one size that say who is near to whom
TIES = 15  # such sets for each person
OUTSIDE = 0.3  # how often people who are out are looked at too
AT_ONCE = 40  # people who are out looked at together
NODES = 50_000  # branches of one choice
LOOKS = 400_000  # parts of one size looked at among them


class Neighbourhoods:
    """Improves an answer in place, counted in tries and deterministic work, never in seconds."""

    def __init__(
        self,
        fit: Fit,
        worth: Worth,
        waited: Sequence[int],
        cost: Real,
        groups: Sequence[Set],
        seed: int,
        chains: Chains,
    ) -> None:
        self.chains = chains
        self.pool: list[tuple[Whole, Real]] = []
        self.near_to: list[list[Set]] = []
        self.fit, self.worth, self.waited, self.cost = fit, worth, waited, cost
        self.groups = [tuple(group) for group in groups]
        self.chance = random.Random(f"neighbourhoods {seed}")
        self.out = sorted(set(range(len(fit))) - {person for group in groups for person in group})
        self.looked = 0  # parts of sets
        self.tried: set[tuple[float, bool, tuple[Set, ...], tuple[int, ...]]] = set()
        self.floor = -math.inf  # members of sets that are formed get more than this
        self.values = {group: value(worth, group) for group in self.groups}

    def worth_now(self) -> float:
        """The value of the answer."""
        return math.fsum(self.values[group] for group in self.groups)

    def standing(self) -> tuple[int, int, float]:
        """The aims in their order: placed, rounds waited by the placed, value."""
        inside = [person for group in self.groups for person in group]
        return len(inside), sum(self.waited[person] for person in inside), self.worth_now()

    def slack(self, group: Set) -> float:
        """How far the set stays below what its people cost: where there may be something to gain."""
        return max(0.0, float(self.cost[list(group)].sum()) - self.values[group])

    def complete(self) -> None:
        """Forms the best sets of those who are out, if any."""
        better = self.best_among(self.out[:AT_ONCE], ()) if self.out else None
        if better:
            self.put(better, ())

    def put(self, better: Sequence[Set], instead_of: Sequence[Set]) -> None:
        """Takes the better sets."""
        self.groups = sorted([*(group for group in self.groups if group not in instead_of), *better])
        self.values.update((group, value(self.worth, group)) for group in better)
        self.out = sorted(set(range(len(self.fit))) - {person for group in self.groups for person in group})

    def improve(self, tries: int, freed: int, stop: Callable[[], bool]) -> int:
        """Frees about `freed` people at a time, `tries` times; how often it helped."""
        helped = 0
        for _ in range(tries):
            if stop() or not self.groups:
                break
            helped += self.once(freed)
        return helped

    def seat_more(self, tries: int, freed: int, looks: float, stop: Callable[[], bool]) -> None:
        """Makes room for those who are out, a few at a time, until nobody is, after so many tries or looks."""
        until = self.looked + looks
        for _ in range(tries):
            if stop() or not self.out or not self.groups or self.looked > until:
                break
            loose = self.chance.sample(self.out, min(2, len(self.out)))
            chosen = self.near(freed - len(loose), loose)
            key = (self.floor, False, chosen, tuple(sorted(loose)))
            if key in self.tried:
                continue
            self.tried.add(key)
            people = sorted({*loose, *(person for group in chosen for person in group)})
            better = self.best_among(people, chosen)
            if better is not None:
                self.put(better, chosen)

    def better(self, one: Sequence[Set], other: Sequence[Set]) -> bool:
        """Whether these sets are better in the order of the aims than those others of the same people."""
        placed = [[person for group in sets for person in group] for sets in (one, other)]
        waits = [sum(self.waited[person] for person in people) for people in placed]
        points = [math.fsum(value(self.worth, group) for group in sets) for sets in (one, other)]
        ours, theirs = zip(map(len, placed), waits, points, strict=True)
        return ours[:2] > theirs[:2] or (ours[:2] == theirs[:2] and ours[2] > theirs[2] + 1e-9)

    def once(self, freed: int, worst: Set | None = None) -> bool:
        """One neighbourhood, if it was not tried before; whether it helped.

        With `worst`, the neighbourhood is that set's, and it helps if fewer get no more than the floor.
        """
        loose: list[int] = []
        if worst is None and self.chance.random() < OUTSIDE:
            loose = self.chance.sample(self.out, min(2, len(self.out)))
        chosen = self.near(freed - len(loose), loose) if worst is None else self.around(worst, freed)
        key = (self.floor, worst is None, chosen, tuple(loose))
        if key in self.tried:
            return False
        self.tried.add(key)
        people = sorted({*loose, *(person for group in chosen for person in group)})
        if len(people) > WIDEST:
            return False
        better = self.best_among(people, chosen, worst is not None)
        if better is None:
            return False
        self.put(better, chosen)
        return True

    def around(self, worst: Set, freed: int) -> tuple[Set, ...]:
        """The set and others by chance."""
        others = [group for group in self.groups if group != worst]
        chosen = [worst]
        for group in self.chance.sample(others, len(others)):
            if sum(map(len, chosen)) + len(group) <= freed:
                chosen.append(group)
        return tuple(sorted(chosen))

    def near(self, freed: int, loose: Sequence[int]) -> tuple[Set, ...]:
        """Sets with something to gain, the first by chance, the others by how much they could give each other."""
        weights = [self.slack(group) + 0.01 for group in self.groups]
        home = {person: at for at, group in enumerate(self.groups) for person in group}
        left = list(range(len(self.groups)))
        chosen = [self.chance.choices(left, weights)[0]]
        left.remove(chosen[0])
        while left and (many := sum(len(self.groups[place]) for place in chosen)) < freed:
            if self.near_to and self.chance.random() < 0.9:
                person = self.chance.choice(self.groups[self.chance.choice(chosen)])
                wanted = self.chance.choice(self.near_to[person]) if self.near_to[person] else ()
                drawn = sorted({home[other] for other in wanted if other in home} - set(chosen))
                if many + sum(len(self.groups[at]) for at in drawn) > freed + 4:
                    break
            else:
                drawn = [self.chance.choices(left, [weights[place] for place in left])[0]]
            chosen += drawn
            left = [at for at in left if at not in drawn]
        return tuple(sorted(self.groups[place] for place in chosen))

    def best_among(self, people: Sequence[int], now: Sequence[Set], anyhow: bool = False) -> list[Set] | None:
        """The best sets these people can form, if better than those they are in now; `anyhow`: as `once` says."""
        at = np.array(people)
        inside = {person for group in now for person in group}
        loose = [place for place, person in enumerate(people) if person not in inside]
        if len(at) < min(self.fit.sizes):
            return None
        if loose or not self.pool or anyhow or self.floor > -math.inf:
            return self.exactly(at, now, loose, anyhow)
        limit = self.lack(now, 0.0)
        sets, slacks = self.within(at, limit)
        out = np.full(len(people), 1e9 + limit)
        chosen = best_cover(len(people), sets, slacks, out, limit - 1e-6, NODES)
        return None if chosen is None else [tuple(int(at[member]) for member in members) for members in chosen]

    def within(self, people: Whole, limit: float = math.inf) -> tuple[list[Whole], list[Real]]:
        """Of the sets neighbours are chosen from those of these people alone, in their places among them; their slack.

        Only sets with less slack than the limit.
        """
        place = np.full(len(self.fit), -1, dtype=np.int64)
        place[people] = np.arange(len(people))
        sets, slacks = [], []
        for kind, slack in self.pool:
            upto = int(np.searchsorted(slack, limit))
            mine = place[kind[:upto]]
            rows = np.flatnonzero((mine >= 0).all(axis=1))
            sets.append(mine[rows])
            slacks.append(slack[rows])
        return sets, slacks

    def exactly(self, at: Whole, now: Sequence[Set], loose: Sequence[int], anyhow: bool) -> list[Set] | None:
        """The same from all their sets."""
        cost = self.cost[at]
        lack = float(cost.sum()) - math.fsum(self.values[group] for group in now)
        if loose or anyhow:
            lack = max(lack, float(np.abs(cost).sum()))
        chains = self.chains.among(at)
        found = chains.above(cost, lack=lack + 1e-6, most=ALL_SETS, may_look=LOOKS)
        self.looked += chains.looked
        pairs = list(zip(found.sets, found.gain, strict=True))
        fair = self.floor > -math.inf
        ill = [ill_served(chains.table, sets, self.floor) for sets, _ in pairs] if fair else []
        if fair and not anyhow:
            pairs = [(sets[none == 0], gain[none == 0]) for (sets, gain), none in zip(pairs, ill, strict=True)]
        lift = max([0.0, *(float((gain / sets.shape[1]).max(initial=0.0)) for sets, gain in pairs)])
        slacks = [lift * sets.shape[1] - gain for sets, gain in pairs]
        largest = 1.0 + abs(lack) + lift * len(at) + float(np.abs(cost).sum())
        if anyhow:
            slacks = [slack + 3.0 * largest * many for slack, many in zip(slacks, ill, strict=True)]
        waits = 1.0 + sum(self.waited[person] for person in at)
        out = np.array([largest * (waits + self.waited[person]) for person in at])
        standing = self.lack(now, lift) + float(out[list(loose)].sum())
        if anyhow:
            known = sum(ill_served(self.chains.table, np.array([group]), self.floor)[0] for group in now)
            standing, out = 3.0 * largest * (known - 0.5), out * 100.0 * len(at)
        chosen = best_cover(len(at), [sets for sets, _ in pairs], slacks, out, standing - 1e-6, NODES)
        return None if chosen is None else [tuple(int(at[member]) for member in members) for members in chosen]

    def lack(self, now: Sequence[Set], lift: float) -> float:
        """The slack of the sets as they are."""
        return math.fsum(float(self.cost[list(group)].sum()) + lift * len(group) - self.values[group] for group in now)

    def draw_from(self, sets: Sequence[Whole], gains: Sequence[Real]) -> None:
        """From now on neighbours are chosen from these sets, none above its cost."""
        self.pool, self.tried = [], set()
        for kind, gain in zip(sets, gains, strict=True):
            order = np.argsort(-gain, kind="stable")
            self.pool.append((kind[order], np.maximum(0.0, -gain[order])))
        ranked = sorted(
            (float(slack), tuple(members))
            for kind, slacks in self.pool
            for members, slack in zip(kind[:RANKED].tolist(), slacks[:RANKED].tolist(), strict=True)
        )
        self.near_to = [[] for _ in range(len(self.fit))]
        for _, members in ranked:
            for person in members:
                if len(self.near_to[person]) < TIES:
                    self.near_to[person].append(members)
