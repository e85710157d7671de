"""From a question to sets: the routes, from the exact one for few people to the one that proves a bound for many."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from service.matching.annealing import SEEN, annealed
from service.matching.chains import CHUNKS, Chains
from service.matching.clashes import FEW, every_set, in_some_set, seating
from service.matching.closing import close
from service.matching.cuts import listed
from service.matching.dive import dive
from service.matching.duals import MOST, Costs, Program, generate
from service.matching.fairness import raise_nearby, raised_from_all, raised_pairs
from service.matching.fits import Fit
from service.matching.master import Master, Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.pairs import best_pairs
from service.matching.people import Real, Whole
from service.matching.star import SIZABLE, star
from service.matching.start import Annealing, Board, greedy_groups
from service.matching.tables import Table, read_table
from service.matching.wishes import Worth, value

Told = Callable[[float | None, float | None, str], None]

LIST_ALL = 6_000  # feasible sets up to which the answer is chosen from all of them
STEPS = 300_000  # proposals of annealing for each second paid for
SWAPS = 20_000  # the same for groups of given sizes
LOOKS = 18_000_000  # parts of sets looked at for each second paid for
TRIES = 30  # neighbourhoods of each size for each second paid for
CLOSING = (0.35, 0.7, 1.0)  # parts of the gap by which sets fall short that are listed to close it
LISTED = 40_000  # of them, at most
CLOSES = 15.0  # programs over them for each second paid for
PARTS = (0.07, 0.14, 0.25)  # of the gap
LATE = 8  # times the seconds paid for: then the work is cut short


@dataclass
class Outcome:
    """Sets, a proven bound or None, and whether it is proven that nothing is better in the order of the aims."""

    sets: list[Set]
    bound: float | None
    proven: bool
    possible: bool = True


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
        listed = every_set(self.fit, self.worth, LIST_ALL) if self.lists_all() else None
        if listed is not None:
            work = max(0.2, self.seconds / 4)
            known = raised_from_all(self.fit, self.worth, self.waited, listed, known, work, self.seed)
        if self.fit.groups is not None or self.fit.one_trio or max(self.fit.sizes) > SIZABLE:
            return known
        if self.fit.sizes == (2,):
            return raised_pairs(self.fit, self.worth, self.waited, known)
        answer = self.near(Chains(self.fit, self.worth), np.zeros(len(self.fit)), known)
        raise_nearby(answer, self.seconds, self.stop)
        return answer.groups

    def best(self) -> Outcome:
        """The best answer found by the route that suits the question."""
        if not self.fit.sizes or len(self.fit) < min(self.fit.sizes):
            return Outcome([], 0.0, self.fit.groups is None, possible=not self.fit.groups)
        listed = every_set(self.fit, self.worth, LIST_ALL) if self.lists_all() else None
        if self.fit.groups is not None:
            known = self.grouped()
            return known if listed is None else self.better(known, self.choose(listed, known.sets))
        if listed is not None and (whole := self.choose(listed)) is not None:
            return whole
        if max(self.fit.sizes) <= 3 and min(self.fit.sizes) == 2 and (self.fit.one_trio or self.fit.sizes == (2,)):
            self.told(None, None, "matching")
            pairs, bound, proven = best_pairs(self.fit, self.worth, self.waited)
            return Outcome(pairs, bound if math.isfinite(bound) else star(self.fit, self.worth, pairs), proven)
        if max(self.fit.sizes) > SIZABLE:
            sets, _ = self.anneal(read_table(self.fit, self.worth))
            return Outcome(sets, star(self.fit, self.worth, sets), False)
        return self.many()

    def lists_all(self) -> bool:
        """Whether listing every set is worth a try; plain pairs have a better way."""
        return self.fit.sizes != (2,) or self.fit.groups is not None

    def better(self, known: Outcome, chosen: Outcome | None) -> Outcome:
        """The better of two answers, in the order of the aims, with what the other one proves."""
        if chosen is None or not known.possible or chosen.proven or not chosen.possible:
            return chosen or known

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
            return Outcome([], 0.0, self.fit.groups is None, possible=not self.fit.groups)
        self.told(None, None, "choosing from every set")
        values = [value(self.worth, members) for members in sets]
        master = Master(self.fit, sets, values, range(len(self.fit)))
        at = {members: place for place, members in enumerate(sets)}
        chosen = master.best(self.waited.tolist(), 2.0 * self.seconds, self.seed, [at[members] for members in known])
        if chosen is None or not chosen.possible:
            return None if chosen is None else Outcome([], None, True, possible=False)
        taken = [sets[place] for place in chosen.sets]
        if not chosen.proven and self.fit.groups is None and len(self.fit) > 16:
            return None
        points = math.fsum(value(self.worth, members) for members in taken)
        bound = chosen.bound
        if chosen.proven and bound is not None and abs(bound - points) <= 2.0 * master.rounding + 1e-9 * abs(points):
            bound = points
        return Outcome(taken, None if bound is None else max(bound, points), chosen.proven)

    def grouped(self) -> Outcome:
        """Groups of given sizes, too many sets to list: annealing, and a bound from each person's best company."""
        board, chance = Board(self.fit, self.worth), random.Random(f"groups {self.seed}")
        groups = greedy_groups(board, chance) or [list(members) for members in self.seats_in_order()]
        if not groups:
            return Outcome([], None, False, possible=False)
        annealing = Annealing(board, groups, range(board.n), chance)
        spread = sum(float(np.std(points)) for points in (self.worth.together, self.worth.help) if points.size) + 1e-9
        annealing.run(max(SWAPS, int(SWAPS * self.seconds)), 2 * spread, spread / 50, self.stop)
        annealing.settle(self.stop)
        sets = [tuple(sorted(group)) for group in annealing.groups]
        return Outcome(sets, star(self.fit, self.worth, sets), False)

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
        """Column generation for the costs and the bound, dives and neighbourhoods for the answer."""
        placed = self.reachable()
        if placed == 0 or (self.everyone and placed < len(self.fit)):
            return Outcome([], 0.0, True, possible=not self.everyone)
        chains = Chains(self.fit, self.worth)
        first, seen = self.anneal(chains.table)
        chains.may_look = LOOKS * self.seconds
        program, costs = self.price(chains, placed, seen)
        best = self.near(chains, costs.each, first)
        best.complete()
        if not self.stop():
            dived = dive(chains, program, self.stop)
            other = self.near(chains, costs.each, dived)
            other.complete()
            best = max(best, other, key=Neighbourhoods.standing)
            self.told(best.worth_now(), costs.bound if costs.proven else None, "diving")
        proofs = [costs]
        for part in PARTS:
            count = sum(map(len, best.groups))
            if count != proofs[-1].placed and not self.stop():
                # fewer can be placed, or more, than these costs are for
                chains.may_look = chains.looked + LOOKS * self.seconds / 2
                program, costs = self.price(chains, count, {**program.pool, **best.values})
                proofs.append(costs)
                best.cost = costs.each
            self.choose_near(best, chains, program, costs, part)
            self.told(best.worth_now(), costs.bound if costs.proven else None, "looking nearby")
        if best.out and self.everyone and (seats := seating(self.fit, True)):
            best = self.near(chains, costs.each, seats)
            best.improve(int(TRIES * self.seconds), 26, self.stop)
        count = sum(map(len, best.groups))
        bounds = [
            star(self.fit, self.worth, best.groups),
            *(Costs(proof.each, count, proof.proven).bound for proof in proofs),
        ]
        points = best.worth_now()
        bound = max(points, min(bounds))
        if points < bound and not self.stop():
            best, bound = self.close(best, chains, proofs[-1], count, bound)
            points = best.worth_now()
        settled = count == placed and not self.waited_matters(count) and bound - points <= 1e-6 * (1.0 + abs(points))
        return Outcome(best.groups, bound, settled)

    def close(
        self, best: Neighbourhoods, chains: Chains, costs: Costs, count: int, bound: float
    ) -> tuple[Neighbourhoods, float]:
        """The best answer from the sets that fall short of their cost by little, and what no answer exceeds."""
        if not costs.proven or costs.placed != count:
            return best, bound
        self.told(best.worth_now(), bound, "closing the gap")
        for part in CLOSING:
            gap = costs.whole - best.worth_now()
            step = max(1, int(LOOKS * self.seconds / CHUNKS))
            found = chains.above(costs.each, lack=part * gap + 1e-6, most=LISTED, may_look=step)
            if not found.complete or not 0 < len(found) <= LISTED or self.stop():
                break
            worths = [gain + costs.each[kind].sum(axis=1) for kind, gain in zip(found.sets, found.gain, strict=True)]
            sets = listed(found.sets, worths)
            closed = close(len(self.fit), count, sets, best.worth_now(), CLOSES * self.seconds, self.stop)
            for groups in (closed.sets, closed.dived):
                if groups:
                    other = self.near(chains, costs.each, sorted(groups))
                    other.complete()
                    other.draw_from(found.sets, found.gain)
                    self.improve(other)
                    best = max(best, other, key=Neighbourhoods.standing)
            bound = max(best.worth_now(), min(bound, max(closed.bound, costs.whole - part * gap)))
            self.told(best.worth_now(), bound, "closing the gap")
        return best, bound

    def near(self, chains: Chains, cost: Real, groups: Sequence[Set]) -> Neighbourhoods:
        """The answer, to be made better nearby."""
        return Neighbourhoods(self.fit, self.worth, self.waited.tolist(), cost, groups, self.seed, chains)

    def choose_near(self, best: Neighbourhoods, chains: Chains, program: Program, costs: Costs, part: float) -> None:
        """Looks for better answers among the sets that fall short of their cost by a part of the gap at most."""
        gap = max(1.0, costs.whole - best.worth_now())
        found = None
        if costs.proven and not self.stop():
            step = max(1, int(LOOKS * self.seconds / CHUNKS))
            found = chains.above(costs.each, lack=part * gap, most=MOST, may_look=step)
        if found is not None and found.complete:
            best.draw_from(found.sets, found.gain)
        else:
            best.draw_from(*program.columns(costs.each, self.fit.sizes))
        self.improve(best)

    def improve(self, answer: Neighbourhoods) -> None:
        """Ever more people are freed at once."""
        for freed in (35, 45, 55):
            answer.improve(int(TRIES * self.seconds), freed, self.stop)

    def waited_matters(self, count: int) -> bool:
        """Whether who waited could change the choice: somebody is out and somebody waited."""
        return count < len(self.fit) and bool(self.waited.any())

    def reachable(self) -> int:
        """The most people that could be placed, by the sizes and by who is in any set at all."""
        smallest = min(self.fit.sizes)
        able = sum(in_some_set(self.fit, person, smallest, FEW) for person in range(len(self.fit)))
        return sum(Board(self.fit, self.worth).groups_of(able))

    def anneal(self, table: Table) -> tuple[list[Set], dict[Set, float]]:
        """A first answer and the good sets met on the way."""
        self.told(None, None, "starting")
        n, fit = len(self.fit), self.fit
        sizes = np.array(Board(fit, self.worth).groups_of(n), dtype=np.int64)
        points = np.abs(table.pair[table.allowed])
        unit = float(np.std(points)) + 1e-9 if points.size else 1.0
        dear = 20.0 * (unit + float(points.max(initial=0.0))) + self.worth.penalty * max(fit.sizes)
        below = table.size.copy()
        below[1 : min(fit.sizes)] -= dear * np.arange(min(fit.sizes) - 1, 0, -1)  # the nearer to a set, the better
        missing = dear * (1.0 + self.waited / (1.0 + float(self.waited.sum())))
        found = annealed(
            table._replace(size=below),
            sizes,
            (np.zeros(len(sizes), dtype=np.int64), np.full(len(sizes), max(fit.sizes))),
            missing,
            int(STEPS * self.seconds * min(1.0, (SIZABLE / sizes.max(initial=1)) ** 2)),
            (unit, unit / 20.0),
            self.seed,
            remember=1 if max(fit.sizes) > SIZABLE else SEEN,
        )
        first = [group for group in found.groups if len(group) in fit.sizes]
        seen = sorted({group for group in (*found.seen, *first) if len(group) in fit.sizes})
        points_of = {group: value(self.worth, group) for group in seen}
        kept = sorted(seen, key=lambda group: (-points_of[group] / len(group), group))[: 20 * n]
        self.told(math.fsum(points_of[group] for group in first), None, "started")
        return first, {group: points_of[group] for group in {*kept, *first}}

    def price(self, chains: Chains, placed: int, seen: dict[Set, float]) -> tuple[Program, Costs]:
        """The program and its costs."""
        program = Program(len(self.fit), placed)
        program.begin(sorted(seen.items()))
        costs = generate(chains, program, 80, self.stop, lambda bound: self.told(None, bound, "pricing"))
        return program, costs
