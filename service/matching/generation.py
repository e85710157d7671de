"""Many people: costs and a bound from column generation, the answer from dives into its program and what lies near.

The answer and its proof are two accounts: the costs are bought first, in looks; then the answer is made better, in
looks and tries; last, where few sets fall short of their cost, the gap between both is closed from either side.
"""

import math
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from service.matching.annealing import SEEN, annealed
from service.matching.balance import Balance
from service.matching.chains import CHUNKS, CORES, Chains
from service.matching.clashes import seating
from service.matching.closing import close
from service.matching.cuts import listed
from service.matching.dive import dive
from service.matching.duals import WIDEST, Costs, generate
from service.matching.fits import Fit
from service.matching.inviting import invited
from service.matching.master import Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.people import Real, Whole
from service.matching.proving import prove
from service.matching.ranking import columns, nearest
from service.matching.regions import improve_regions
from service.matching.star import SIZABLE, star
from service.matching.start import groups_of
from service.matching.tables import Table, read_table, spread
from service.matching.wishes import Worth, value

Told = Callable[[float | None, float | None, str], None]
Near = tuple[list[Whole], list[Real]]  # sets per size, and by how much each exceeds its cost

REGIONAL = 1_500  # people among whom regions are seated anew; more of them begin by invitation
STEPS = 300_000  # proposals of annealing for each second paid for,
ENOUGH = 6_000  # and for each person, at most
INVITED_ENOUGH = 2_000  # where people are invited;
INVITED = 0.4, 0.1  # then the heat first and last, in usual differences between pairs
MET = 8  # sets met on the way for each person that begin the balance
ROUNDS = 12  # looks at every set, at most
LOOKS = 32_000_000  # parts of sets looked at for each second paid for, for the costs
LOOKS_OF_MANY = 36_000_000  # or this many among many, for whom no regions are seated anew
PROVING = 72_000_000  # the same for a proof of costs that were not proven so far
REGIONS = 1.3  # times two regions are seated anew for each second paid for,
TURNS = 3  # in so many turns, between which neighbourhoods are tried:
NEARBY = 6  # for each second paid for
WIDER = (60, 90)  # and each number of people freed,
MET_NEAR = 40_000  # among so many sets
TRIES = 20  # neighbourhoods of each size for each second paid for
CLOSING = (0.35, 0.7, 1.0)  # parts of the gap by which sets fall short that are listed to close it
LISTED = 40_000  # of them, at most
CLOSES = 8.0  # programs over them for each second paid for
DIVES = 0.14  # more dives for each second paid for among 450 people,
LESS = 1.8  # and this power of that fewer among more,
MOST_DIVES = 8  # at most
FEW = 130  # people among whom several answers are made better,
IMPROVED = 4  # so many
PARTS = (0.3, 0.2, 0.1)  # of the gap: sets that fall short by less are looked among
SOME = 4_000  # of them in one part of the roots, at most,
NEAR = 6_000  # and altogether
FREED = (45, 60)  # people at once,
FEWER = (35, 45)  # where somebody is out: then all their sets are looked among
SEATING = 24  # people freed at once to make room for whoever is out,
ROOM = 4_000_000  # in so many looks for each second paid for and each dive


@dataclass
class Outcome:
    """Sets, a proven bound or None, and whether it is proven that nothing is better in the order of the aims."""

    sets: list[Set]
    bound: float | None
    proven: bool
    possible: bool = True


@dataclass
class Generation:
    """One run for people of whom `placed` can be placed at most."""

    fit: Fit
    worth: Worth
    waited: Whole
    seconds: float
    seed: int
    told: Told
    stop: Callable[[], bool]
    everyone: bool
    placed: int
    chains: Chains = field(init=False)
    proofs: list[Costs] = field(default_factory=list)

    def run(self) -> Outcome:
        """The best answer found, and what no answer that places as many exceeds."""
        self.chains = Chains(self.fit, self.worth)
        first, met = self.anneal(self.chains.table)
        self.chains.may_look = (LOOKS if len(self.fit) <= REGIONAL else LOOKS_OF_MANY) * self.seconds
        balance = self.price(self.placed, met)
        dives = 1 + int(min(MOST_DIVES, DIVES * self.seconds * (450 / len(self.fit)) ** LESS))
        begun = self.near(first)
        begun.complete()
        best = self.better([begun, *self.dived(balance, dives)], balance)
        count = sum(map(len, best.groups))
        points = best.worth_now()
        bound = max(points, self.bound(best))
        if points < bound and not self.stop():
            best, bound = self.close(best, count, bound)
            points = best.worth_now()
        waits = count < len(self.fit) and bool(self.waited.any())  # who waited could change the choice
        settled = count == self.placed and not waits and bound - points <= 1e-6 * (1.0 + abs(points))
        return Outcome(best.groups, bound, settled)

    def annealed_only(self) -> Outcome:
        """Where sets are too large to be grown person by person: a first answer, and the bound that is always there."""
        sets, _ = self.anneal(read_table(self.fit, self.worth))
        self.told(None, None, "looking for a bound")
        return Outcome(sets, star(self.fit, self.worth, sets, self.seconds, self.stop), False)

    def anneal(self, table: Table) -> tuple[list[Set], dict[Set, float]]:
        """A first answer and the good sets met on the way."""
        self.told(None, None, "starting")
        n, fit = len(self.fit), self.fit
        sizes = np.array(groups_of(n, fit.sizes, self.worth.size), dtype=np.int64)
        unit, most = spread(table)
        dear = 20.0 * (unit + most) + self.worth.penalty * max(fit.sizes)
        below = table.size.copy()
        below[1 : min(fit.sizes)] -= dear * np.arange(min(fit.sizes) - 1, 0, -1)  # the nearer to a set, the better
        missing = dear * (1.0 + self.waited / (1.0 + float(self.waited.sum())))
        table, inviting = table._replace(size=below), n > REGIONAL and max(fit.sizes) <= SIZABLE
        steps = min(STEPS * self.seconds / table.toil, (INVITED_ENOUGH if inviting else ENOUGH) * n)
        if inviting:
            heats, state = (unit * INVITED[0], unit * INVITED[1]), random.Random(self.seed).getrandbits(31) + 1
            found = invited(table, missing, len(sizes), max(fit.sizes), int(steps), heats, state, remember=SEEN)
        else:
            found = annealed(
                table,
                sizes,
                (np.zeros(len(sizes), dtype=np.int64), np.full(len(sizes), max(fit.sizes))),
                missing,
                int(steps * min(1.0, (SIZABLE / sizes.max(initial=1)) ** 2)),
                (unit, unit / 20.0),
                self.seed,
                remember=1 if max(fit.sizes) > SIZABLE else SEEN,
            )
        first = [tuple(sorted(group)) for group in found.groups if len(group) in fit.sizes]
        seen = sorted({group for group in (*found.seen, *first) if len(group) in fit.sizes})
        points_of = {group: value(self.worth, group) for group in seen}
        kept = sorted(seen, key=lambda group: (-points_of[group] / len(group), group))[: MET * n]
        self.told(math.fsum(points_of[group] for group in first), None, "started")
        return first, {group: points_of[group] for group in {*kept, *first}}

    def price(self, placed: int, met: dict[Set, float]) -> Balance:
        """The sets worth having for that many people; what everybody costs is one more proof, if all were looked at."""
        balance = Balance(len(self.fit), placed)
        balance.begin(sorted(met.items()))

        def told(bound: float) -> None:
            self.told(None, bound, "pricing")

        self.proofs.append(generate(self.chains, balance, ROUNDS, self.stop, told))
        return balance

    def dived(self, balance: Balance, dives: int) -> list[Neighbourhoods]:
        """The answers of so many dives, with room made for whoever one left out; the balance gains the sets met."""
        self.told(None, self.known(), "diving")

        def one(number: int) -> Balance:
            chance = random.Random(f"dive {self.seed} {number}") if number else None
            return dive(self.chains, balance, self.proofs[-1].each, self.stop, chance)

        with ThreadPoolExecutor(CORES) as threads:
            after = list(threads.map(one, range(dives)))
        for each in after:
            for members, points in each.pool.items():
                balance.join(members, points)
        answers = [self.near(sorted(each.seats)) for each in after]
        for answer in answers:
            answer.complete()
            if len(answer.out) > len(self.fit) - balance.placed:
                answer.draw_from(*balance.columns(self.proofs[-1].each, self.fit.sizes))
                answer.seat_more(int(TRIES * self.seconds), SEATING, ROOM * self.seconds, self.stop)
        return answers

    def better(self, answers: list[Neighbourhoods], balance: Balance) -> Neighbourhoods:
        """The best of the answers made better, the costs asked again for as many as it places."""
        best = max(answers, key=Neighbourhoods.standing)
        count = sum(map(len, best.groups))
        if count != self.placed and not self.stop():
            self.chains.may_look = self.chains.looked + LOOKS * self.seconds / 2
            balance = self.price(count, {**balance.pool, **best.values})
            answers = [self.near(best.groups), *self.dived(balance, 1)]
        best = self.look_nearby(answers, balance) if len(self.fit) <= FEW else max(answers, key=Neighbourhoods.standing)
        if len(self.fit) <= REGIONAL:
            self.look_anew(best, balance)
        if best.out and self.everyone and (seats := seating(self.fit, True)):
            best = self.near(seats)
            best.improve(int(TRIES * self.seconds), SEATING, self.stop)
        return best

    def look_anew(self, best: Neighbourhoods, balance: Balance) -> None:
        """The answer is made better: by regions seated anew, whose sets are nearby from then on, and by those."""
        met = dict(balance.pool)
        for turn in range(TURNS + 1):
            best.draw_from(*nearest(*columns(met, self.proofs[-1].each, self.fit.sizes), MET_NEAR))
            for freed in WIDER:
                best.improve(int(NEARBY * self.seconds), freed, self.stop)
            self.told(best.worth_now(), self.known(), "looking at regions anew")
            if turn < TURNS:
                tries = int(REGIONS * self.seconds / TURNS)
                met |= improve_regions(best, self.chains, tries, f"{self.seed} {turn}", self.stop)

    def look_nearby(self, answers: list[Neighbourhoods], balance: Balance) -> Neighbourhoods:
        """Few people: the best answers made better near by, for they differ; the best of them."""
        answers = sorted(answers, key=Neighbourhoods.standing, reverse=True)[:IMPROVED]
        near = self.near_sets(answers[0], balance)
        self.told(answers[0].worth_now(), self.known(), "looking nearby")
        with ThreadPoolExecutor(CORES) as threads:
            done = list(threads.map(lambda other: self.improve(other, near), answers))
        return max(done, key=Neighbourhoods.standing)

    def known(self) -> float | None:
        """The bound so far, if one is proven for everybody who could be placed."""
        bounds = [proof.bound for proof in self.proofs if proof.proven and proof.placed == self.placed]
        return min(bounds, default=None)

    def bound(self, best: Neighbourhoods) -> float:
        """What no answer that places as many exceeds."""
        count = sum(map(len, best.groups))
        if len(self.fit) <= WIDEST and not any(proof.proven for proof in self.proofs):
            self.told(best.worth_now(), None, "looking for a bound")
            self.proofs.append(prove(self.chains, self.proofs[-1], PROVING * self.seconds, self.stop))
        of_costs = min(Costs(proof.each, count, proof.proven).bound for proof in self.proofs)
        if math.isfinite(of_costs):
            return of_costs
        return star(self.fit, self.worth, best.groups, self.seconds, self.stop)

    def close(self, best: Neighbourhoods, count: int, bound: float) -> tuple[Neighbourhoods, float]:
        """The best answer from the sets that fall short of their cost by little, and what no answer exceeds."""
        costs = self.proofs[-1]
        if not costs.proven or costs.placed != count or len(self.fit) > FEW:
            return best, bound
        self.told(best.worth_now(), bound, "closing the gap")
        for part in CLOSING:
            gap = costs.whole - best.worth_now()
            step = max(1, int(LOOKS * self.seconds / CHUNKS))
            found = self.chains.above(costs.each, lack=part * gap + 1e-6, most=LISTED, may_look=step)
            if not found.complete or not 0 < len(found) <= LISTED or self.stop():
                break
            worths = [gain + costs.each[kind].sum(axis=1) for kind, gain in zip(found.sets, found.gain, strict=True)]
            sets = listed(found.sets, worths)
            closed = close(len(self.fit), count, sets, best.worth_now(), CLOSES * self.seconds, self.stop)
            for groups in (closed.sets, closed.dived):
                if groups:
                    other = self.near(sorted(groups))
                    other.complete()
                    if len(other.out) <= len(best.out):
                        best = max(best, self.improve(other, (found.sets, found.gain)), key=Neighbourhoods.standing)
            bound = max(best.worth_now(), min(bound, max(closed.bound, costs.whole - part * gap)))
            self.told(best.worth_now(), bound, "closing the gap")
            if closed.bound >= costs.whole - part * gap:  # more sets would only make it higher
                break
        return best, bound

    def near(self, groups: Sequence[Set]) -> Neighbourhoods:
        """The answer, to be made better nearby."""
        waited, cost = self.waited.tolist(), self.proofs[-1].each
        return Neighbourhoods(self.fit, self.worth, waited, cost, groups, self.seed, self.chains)

    def near_sets(self, best: Neighbourhoods, balance: Balance) -> Near:
        """The sets that fall short of their cost by little, as many as are quickly listed, or else the balance's."""
        costs = self.proofs[-1]
        gap = max(1.0, costs.whole - best.worth_now())
        step = max(1, int(LOOKS * self.seconds / CHUNKS))
        for part in PARTS if costs.proven else ():
            found = self.chains.above(costs.each, lack=part * gap, most=SOME, may_look=step)
            if found.complete or self.stop():
                return nearest(found.sets, found.gain, NEAR)
        return balance.columns(costs.each, self.fit.sizes)

    def improve(self, answer: Neighbourhoods, near: Near) -> Neighbourhoods:
        """Ever more people are freed at once, and the sets for them chosen from those near."""
        answer.draw_from(*near)
        for freed in FEWER if answer.out else FREED:
            answer.improve(int(TRIES * self.seconds), freed, self.stop)
        return answer
