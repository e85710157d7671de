"""From a question to sets: the routes, from the exact one for few people to the one that proves a bound for many."""

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from service.matching.annealing import annealed
from service.matching.chains import Chains
from service.matching.clashes import every_set, seating
from service.matching.counting import able, most_placed
from service.matching.fairness import raise_nearby, raised_from_all, raised_pairs
from service.matching.fits import Fit
from service.matching.generation import Generation, Outcome, Told
from service.matching.grouping import best_sizes, plain, regrouped
from service.matching.master import Master, Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.pairs import best_pairs
from service.matching.people import Whole
from service.matching.star import SIZABLE, star
from service.matching.start import Board, greedy_groups
from service.matching.tables import read_table, spread
from service.matching.wishes import Worth, value

LIST_ALL = 6_000  # feasible sets up to which the answer is chosen from all of them
SWAPS = 20_000  # proposals for groups of given sizes, at least,
PROPOSED, EACH = 800_000, 20_000  # for each second paid for, and for each person at most,
HEATS = 20.0  # while it gets so much colder
LATE = 8  # times the seconds paid for: then the work is cut short


@dataclass
class Search:
    """One run: its budget in work, its chance, and the clock that is only a last resort."""

    fit: Fit
    worth: Worth
    waited: Whole
    seconds: float
    seed: int
    told: Told
    everyone: bool = False  # an answer that leaves somebody out is none
    fair: bool = False  # the worst served before the sum
    started: float = field(default_factory=time.monotonic)
    cut_short: bool = False

    def stop(self) -> bool:
        """Whether far more time has passed than was paid for."""
        if time.monotonic() - self.started > LATE * self.seconds + 60.0:
            self.cut_short = True
        return self.cut_short

    def run(self) -> Outcome:
        """The best answer found; where fairness is asked for, with the floor raised before the sum.

        The bound is on the sum, over all answers that place as many, however they serve the worst served.
        """
        outcome = self.best()
        if not self.fair or not outcome.possible or not outcome.sets:
            return outcome
        self.told(None, outcome.bound, "raising the floor")
        groups = self.raised(outcome.sets)
        points = math.fsum(value(self.worth, members) for members in groups)
        kept = outcome.bound is not None and outcome.bound - points <= 1e-6 * (1.0 + abs(points))
        return Outcome(groups, outcome.bound, outcome.proven and kept)

    def raised(self, known: list[Set]) -> list[Set]:
        """The sets with the worst served helped more, if a way was found; as many placed who waited as long."""
        pairs = self.fit.groups is None and (self.fit.one_trio or self.fit.sizes == (2,))
        if pairs:
            known = raised_pairs(self.fit, self.worth, self.waited, known)
        listed = every_set(self.fit, self.worth, LIST_ALL) if self.lists_all() else None
        if listed is not None:
            known = raised_from_all(self.fit, self.worth, self.waited, listed, known, self.seconds, self.seed)
        if pairs or self.fit.groups is not None or max(self.fit.sizes) > SIZABLE:
            return known
        chains, free = Chains(self.fit, self.worth), np.zeros(len(self.fit))
        answer = Neighbourhoods(self.fit, self.worth, self.waited.tolist(), free, known, self.seed, chains)
        raise_nearby(answer, self.seconds, self.stop)
        return answer.groups

    def best(self) -> Outcome:
        """The best answer found by the route that suits the question; where every set is listed and the solver does not
        prove its choice, the better of that and another."""
        if not self.fit.sizes or len(self.fit) < min(self.fit.sizes):
            return Outcome([], 0.0, not self.fit.groups, possible=not self.fit.groups)
        listed = every_set(self.fit, self.worth, LIST_ALL) if self.lists_all() else None
        known = self.grouped() if self.fit.groups is not None else None
        chosen = None if listed is None else self.choose(listed, self.first() if known is None else known.sets)
        if chosen is not None and chosen.proven:
            return chosen
        return self.better(known or self.unlisted(), chosen)

    def unlisted(self) -> Outcome:
        """The best answer found where there are too many sets to list."""
        if max(self.fit.sizes) <= 3 and min(self.fit.sizes) == 2 and (self.fit.one_trio or self.fit.sizes == (2,)):
            self.told(None, None, "matching")
            pairs, bound, proven = best_pairs(self.fit, self.worth, self.waited)
            return Outcome(pairs, bound if math.isfinite(bound) else self.star(pairs), proven)
        if max(self.fit.sizes) > SIZABLE:
            return self.generation(len(self.fit)).annealed_only()
        return self.many()

    def first(self) -> list[Set]:
        """A quick answer to begin with; none in pairs, of which only one may be a trio."""
        return [] if self.fit.one_trio else self.generation(len(self.fit)).anneal(read_table(self.fit, self.worth))[0]

    def lists_all(self) -> bool:
        """Whether listing every set is worth a try; plain pairs have a better way."""
        return self.fit.sizes != (2,) or self.fit.groups is not None

    def better(self, known: Outcome, chosen: Outcome | None) -> Outcome:
        """The better of two answers, in the order of the aims, with what the other one proves."""
        if chosen is None or not known.possible or chosen.proven or not chosen.possible:
            return chosen or known
        if known.proven:
            return known

        def standing(outcome: Outcome) -> tuple[int, int, float]:
            inside = [person for members in outcome.sets for person in members]
            points = math.fsum(value(self.worth, members) for members in outcome.sets)
            return len(inside), int(self.waited[inside].sum()), points

        best = max(known, chosen, key=standing)
        as_many = [each.bound for each in (known, chosen) if standing(each)[0] == standing(best)[0]]
        return Outcome(best.sets, min((bound for bound in as_many if bound is not None), default=None), False)

    def choose(self, sets: Sequence[Set], known: Sequence[Set] = ()) -> Outcome | None:
        """The best choice from all feasible sets, with the solver's own proof; None if it found none in time."""
        if not sets:
            return Outcome([], 0.0, not self.fit.groups, possible=not self.fit.groups)
        self.told(None, None, "choosing from every set")
        values = [value(self.worth, members) for members in sets]
        master = Master(self.fit, sets, values, range(len(self.fit)))
        at = {members: place for place, members in enumerate(sets)}
        chosen = master.best(self.waited.tolist(), self.seconds, self.seed, [at[members] for members in known])
        if chosen is None or not chosen.possible:
            return None if chosen is None else Outcome([], None, True, possible=False)
        taken = [sets[place] for place in chosen.sets]
        points = math.fsum(value(self.worth, members) for members in taken)
        bound = chosen.bound
        if chosen.proven and bound is not None and abs(bound - points) <= 2.0 * master.rounding + 1e-9 * abs(points):
            bound = points
        return Outcome(taken, None if bound is None else max(bound, points), chosen.proven)

    def grouped(self) -> Outcome:
        """Groups of given sizes, too many sets to list: annealing, and a bound from each person's best company."""
        board, chance = Board(self.fit), random.Random(f"groups {self.seed}")
        pairwise = plain(self.fit, self.worth)
        sizes = best_sizes(self.fit, self.worth) if pairwise else None
        seated = greedy_groups(board, [(size, size) for size in sizes], chance) if sizes else None
        groups = seated or greedy_groups(board, self.fit.groups or (), chance) or self.seats_in_order()
        if not groups:
            return Outcome([], None, False, possible=False)
        self.told(None, None, "swapping between groups")
        if pairwise and sum(map(len, groups)) == len(self.fit):
            sets = regrouped(self.fit, self.worth, groups, self.seconds, self.seed, self.stop)
        else:
            sets = self.swapped(groups)
        return Outcome(sets, self.star(sets), False)

    def swapped(self, groups: Sequence[Sequence[int]]) -> list[Set]:
        """Better groups, each at the place of its bounds; nobody is put out for somebody who waited less."""
        table, n = read_table(self.fit, self.worth), len(self.fit)
        low, high = np.minimum(np.array(self.fit.groups, dtype=np.int64).T.copy(), n)
        unit, dearest = spread(table)
        dear = 4.0 * float(max(high)) * (unit + dearest)
        most = SIZABLE / max(SIZABLE, int(high.max()))
        steps = max(SWAPS, int(min(PROPOSED * self.seconds / table.toil, EACH * n) * most**2))
        sizes = np.array([len(group) for group in groups], dtype=np.int64)
        heats, missing = (unit, unit / HEATS), dear * (1.0 + self.waited.astype(np.float64))
        known = [tuple(group) for group in groups]
        return annealed(table, sizes, (low, high), missing, steps, heats, self.seed, known, remember=0).groups

    def star(self, sets: Sequence[Set]) -> float:
        """What as many people can be worth at most, each in the best company there is."""
        self.told(None, None, "looking for a bound")
        return star(self.fit, self.worth, sets, self.seconds, self.stop)

    def seats_in_order(self) -> list[Set]:
        """Some legal groups, each at the place of its bounds; none if none were found."""
        seats = seating(self.fit, self.everyone) or []
        bounds = list(self.fit.groups or ())
        placed: dict[int, Set] = {}
        for members in sorted(seats, key=len):
            free = [at for at, (low, high) in enumerate(bounds) if at not in placed and low <= len(members) <= high]
            if not free:
                return []
            placed[min(free, key=lambda at: bounds[at][1])] = members
        return [placed[at] for at in range(len(bounds))] if len(placed) == len(bounds) else []

    def many(self) -> Outcome:
        """Column generation, for as many as could be placed."""
        placed = self.reachable()
        if placed == 0 or (self.everyone and placed < len(self.fit)):
            return Outcome([], 0.0, True, possible=not self.everyone)
        return self.generation(placed).run()

    def generation(self, placed: int) -> Generation:
        """What is done for many people, of whom so many can be placed at most."""
        terms = self.fit, self.worth, self.waited
        return Generation(*terms, self.seconds, self.seed, self.told, self.stop, self.everyone, placed)

    def reachable(self) -> int:
        """The most people that could be placed, by the sizes and by who is in any set at all."""
        return most_placed(self.fit.sizes, sum(able(self.fit)))
