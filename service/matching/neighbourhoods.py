"""A better answer near the one at hand: free a few sets, find the best sets for those people, put them back.

Large-neighbourhood search (Shaw 1998). If the costs are proven, people who cost c in all and are worth v can
gain at most c - v; so only sets within that of their own cost can be part of anything better,
and the search among them is exact.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from service.matching.chains import Chains
from service.matching.cover import Cover
from service.matching.fits import Fit
from service.matching.master import Set
from service.matching.parts import fit_of, worth_of
from service.matching.people import Real
from service.matching.wishes import Worth, value

WIDEST = 2500  # parts of each size looked at among the people freed
AT_MOST = 2500  # sets the integer master is given


class Neighbourhoods:
    """Improves an answer in place, counted in tries and deterministic work, never in seconds."""

    def __init__(
        self, fit: Fit, worth: Worth, waited: Sequence[int], cost: Real, groups: Sequence[Set], seed: int
    ) -> None:
        self.fit, self.worth, self.waited, self.cost = fit, worth, waited, cost
        self.groups = [tuple(group) for group in groups]
        self.chance = random.Random(f"neighbourhoods {seed}")
        self.out = sorted(set(range(len(fit))) - {person for group in groups for person in group})
        self.tried: set[tuple[Set, ...]] = set()
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
        return max(0.0, self.below_cost(group, self.values[group]))

    def complete(self) -> None:
        """Forms the best sets of those who are out, if any."""
        better = self.best_among(self.out, ()) if self.out else None
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

    def once(self, freed: int) -> bool:
        """One neighbourhood, if it was not tried before; whether it helped."""
        loose = self.chance.sample(self.out, min(2, len(self.out)))
        chosen = self.near(freed - len(loose), loose)
        key = (*chosen, tuple(loose))
        if key in self.tried:
            return False
        self.tried.add(key)
        people = sorted({*loose, *(person for group in chosen for person in group)})
        better = self.best_among(people, chosen)
        if better is None:
            return False
        self.put(better, chosen)
        return True

    def near(self, freed: int, loose: Sequence[int]) -> tuple[Set, ...]:
        """Sets with something to gain, the first by chance, the others by how much they could give each other."""
        weights = [self.slack(group) + 0.01 for group in self.groups]
        left = list(range(len(self.groups)))
        chosen = [self.chance.choices(left, weights)[0]]
        left.remove(chosen[0])
        while left and sum(len(self.groups[place]) for place in chosen) < freed:
            drawn = self.chance.choices(left, [weights[place] for place in left])[0]
            chosen.append(drawn)
            left.remove(drawn)
        return tuple(sorted(self.groups[place] for place in chosen))

    def best_among(self, people: Sequence[int], now: Sequence[Set]) -> list[Set] | None:
        """The best sets these people can form, if better than those they are in now."""
        at = np.array(people)
        cost = self.cost[at]
        standing = sum(self.values[group] for group in now)
        everyone = sum(len(group) for group in now) == len(people)
        slack = max(0.0, float(cost.sum()) - standing) if everyone else float(np.abs(cost).sum())
        chains = Chains(fit_of(self.fit, people), worth_of(self.worth, people))
        found = chains.above(cost, -slack / max(1, min(self.fit.sizes)), WIDEST)
        ranked = sorted(
            (-float(gain), tuple(int(at[member]) for member in members))
            for sets, gains in zip(found.sets, found.gain, strict=True)
            for members, gain in zip(sets[gains >= -slack], gains[gains >= -slack], strict=True)
        )
        slack_of = {members: over for over, members in ranked[:AT_MOST]}
        if self.worth.help.min(initial=0.0) < 0.0:  # the search took help below nothing for nothing
            slack_of = {members: self.below_cost(members, value(self.worth, members)) for members in slack_of}
        slack_of.update((group, self.below_cost(group, self.values[group])) for group in now)
        return self.chosen(people, slack_of, now)

    def below_cost(self, members: Set, points: float) -> float:
        """How far a set of this value stays below what its people cost."""
        return float(self.cost[list(members)].sum()) - points

    def chosen(self, people: Sequence[int], slack_of: Mapping[Set, float], now: Sequence[Set]) -> list[Set] | None:
        """The best choice among the sets, if better than `now` in the order of the aims."""
        sets = sorted(slack_of)
        slacks = [slack_of[members] for members in sets]
        lift = max(0.0, -min(slacks, default=0.0))  # costs not yet proven: every slack has to be positive
        slacks = [slack + lift * len(members) for slack, members in zip(slacks, sets, strict=True)]
        largest = 1.0 + sum(abs(slack) for slack in slacks)
        waits = 1.0 + sum(self.waited[person] for person in people)
        out = [float(self.cost[person]) + lift + largest * (waits + self.waited[person]) for person in people]
        inside = {person for group in now for person in group}
        place = {members: at for at, members in enumerate(sets)}
        standing = [slacks[place[group]] for group in now] + [
            left for person, left in zip(people, out, strict=True) if person not in inside
        ]
        found = Cover(people, sets, slacks, out).best(sum(standing) - 1e-6)
        return None if found is None else [sets[at] for at in found]
