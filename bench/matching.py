"""Matching beside its rivals on the same rounds, in one run: `python -m bench.matching [--people 100 450] [--json]`.

The rivals: chance, greed, shuffling neighbours and annealing for as much work as the workshop took, a naive CP-SAT
model. Then the goals, each with what was measured. `--part races` or `--part goals` does one of the two; `--long` adds
1,500 and 5,000 people. Work is processor time over all cores: on a busy machine the clock says little.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from bench import goals
from bench.goals import Goal
from bench.rounds import a_round
from bench.shuffling import by_annealing, by_neighbours
from service.matching import check, output, read_question, solve
from service.matching.fits import Fit, may_sit_together, read_fit
from service.matching.people import read_people
from service.matching.wishes import Worth, read_worth, value

Groups = list[list[int]]
Way = Callable[[Fit, Worth], tuple[Groups, float | None]]

PAID = ((100, 5.0), (450, 30.0), (1500, 60.0), (1 << 30, 140.0))
"""Seconds paid for by the number of people."""
WANTED: dict[int, tuple[float | None, float | None]] = {
    100: (0.005, None),
    450: (0.01, 1.06),
    1500: (0.03, 1.06),
    5000: (None, 1.05),
}
"""The proven gap wanted, and how much better than annealing."""


class Row(NamedTuple):
    """One way of answering one round; `bound` is proven or None."""

    who: str
    placed: int
    value: float
    bound: float | None
    seconds: float
    work: float
    broken: int

    @property
    def gap(self) -> float | None:
        return None if self.bound is None else (self.bound - self.value) / max(1e-9, abs(self.bound))


def ours(people: int, seed: int, seconds: float) -> Row:
    """The workshop, its answer read by the checker."""
    question = read_question(a_round(people, seed))
    started, worked = time.monotonic(), time.process_time()
    answer = solve(question, seconds=seconds, seed=seed)
    took, work = time.monotonic() - started, time.process_time() - worked
    broken = len(check(question, output(answer, question)))
    return Row("unstuck", answer.placed, answer.value, answer.upper_bound, took, work, broken)


def rival(who: str, people: int, seed: int, answer: Way) -> Row:
    """Another way of answering the same round."""
    question = read_question(a_round(people, seed))
    cast = read_people(question)
    fit, worth = read_fit(question, cast), read_worth(question, cast)
    started, worked = time.monotonic(), time.process_time()
    groups, bound = answer(fit, worth)
    took, work = time.monotonic() - started, time.process_time() - worked
    broken = sum(len(group) not in fit.sizes or not may_sit_together(fit, group) for group in groups)
    return Row(who, sum(map(len, groups)), sum(value(worth, group) for group in groups), bound, took, work, broken)


def by_chance(fit: Fit, worth: Worth, seed: int = 0) -> tuple[Groups, None]:
    """Everybody in turn joins a set that may have them, chosen at random; sets too small dissolve."""
    chance = random.Random(seed)
    return filled(fit, worth, chance, lambda _: chance.random()), None


def greedily(fit: Fit, worth: Worth, seed: int = 0) -> tuple[Groups, None]:
    """Everybody in turn joins the set that gains most by it; sets too small dissolve."""
    return filled(fit, worth, random.Random(seed), lambda gain: gain), None


def filled(fit: Fit, worth: Worth, chance: random.Random, worth_it: Callable[[float], float]) -> Groups:
    """As many sets as there are people for the middle size, filled one person at a time."""
    groups: Groups = [[] for _ in range(len(fit) // fit.sizes[len(fit.sizes) // 2])]
    for person in chance.sample(range(len(fit)), len(fit)):
        ways = [
            (len(group) >= fit.sizes[0], -worth_it(value(worth, [*group, person]) - value(worth, group)), place)
            for place, group in enumerate(groups)
            if len(group) < fit.sizes[-1] and may_sit_together(fit, [*group, person])
        ]
        if ways:
            groups[min(ways)[2]].append(person)
    return [sorted(group) for group in groups if len(group) in fit.sizes]


def naively(fit: Fit, worth: Worth, seconds: float) -> tuple[Groups, float | None]:
    """The model one writes first: person by set as truth values, one helper for each problem, in CP-SAT."""
    n, model = len(fit), cp_model.CpModel()
    smallest, largest = fit.sizes[0], fit.sizes[-1]
    places = range(n // smallest)
    sits = [[model.new_bool_var("") for _ in places] for _ in range(n)]
    used = [model.new_bool_var("") for _ in places]
    aim: list[cp_model.LinearExprT] = []
    for person in range(n):
        model.add_at_most_one(sits[person])
        aim.extend(1_000_000 * seat for seat in sits[person])
    same = meetings(model, fit, sits)
    for place in places:
        size = sum(sits[person][place] for person in range(n))
        model.add(size >= smallest * used[place])
        model.add(size <= largest * used[place])
        off = model.new_int_var(0, worth.target, "")
        model.add_abs_equality(off, size - worth.target * used[place])
        aim.append(round(-1000 * worth.penalty) * off)
    share_slots(model, fit, sits, used)
    for (one, other), both in same.items():
        aim.append(round(1000 * worth.together[one, other]) * both)
    for problem, owner in enumerate(worth.owner.tolist()):
        helpers = [other for other in range(n) if worth.help[other, problem] > 0 and fit.allowed[owner, other]]
        helping = {other: model.new_bool_var("") for other in helpers}
        model.add_at_most_one(helping.values())
        for other, helps in helping.items():
            model.add_implication(helps, same[min(owner, other), max(owner, other)])
            aim.append(round(1000 * worth.help[other, problem]) * helps)
    model.maximize(sum(aim))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [], None
    seats = [[person for person in range(n) if solver.boolean_value(sits[person][place])] for place in places]
    placed = sum(map(len, seats))
    bound = (solver.best_objective_bound - 1_000_000 * placed) / 1000
    return [group for group in seats if group], bound


def meetings(
    model: cp_model.CpModel, fit: Fit, sits: Sequence[Sequence[cp_model.IntVar]]
) -> dict[tuple[int, int], cp_model.IntVar]:
    """A truth value for each pair that may meet; the others are kept apart."""
    same: dict[tuple[int, int], cp_model.IntVar] = {}
    for one in range(len(fit)):
        for other in range(one + 1, len(fit)):
            if not fit.allowed[one, other]:
                for first, second in zip(sits[one], sits[other], strict=True):
                    model.add_at_most_one((first, second))
                continue
            both = same[one, other] = model.new_bool_var("")
            for first, second in zip(sits[one], sits[other], strict=True):
                model.add_implication(both, ~first).only_enforce_if(~second)
                model.add_bool_or(~first, ~second, both)
            model.add(sum(sits[one]) >= 1).only_enforce_if(both)
    return same


def share_slots(
    model: cp_model.CpModel, fit: Fit, sits: Sequence[Sequence[cp_model.IntVar]], used: Sequence[cp_model.IntVar]
) -> None:
    """Every set in use chooses slots, and holds only people who are free then."""
    bits = np.unpackbits(fit.slots.view(np.uint8), axis=1, bitorder="little").astype(bool)
    slots = np.flatnonzero(bits.any(axis=0) & ~bits.all(axis=0))
    for place, in_use in enumerate(used):
        chosen = {int(slot): model.new_bool_var("") for slot in slots}
        model.add(sum(chosen.values()) >= fit.common).only_enforce_if(in_use)
        for person, seats in enumerate(sits):
            for slot, picked in chosen.items():
                if not bits[person, slot]:
                    model.add_at_most_one((seats[place], picked))


def beside(people: int, seeds: int, seconds: float, naive: float) -> dict[str, list[Row]]:
    """Every way of answering the rounds of these seeds, each round by one way after the other."""
    table: dict[str, list[Row]] = {}
    for seed in range(seeds):
        row = ours(people, seed, seconds)
        rivals: dict[str, Way] = {
            "random": partial(by_chance, seed=seed),
            "greedy": partial(greedily, seed=seed),
            "shuffling": partial(by_neighbours, seed=seed, seconds=row.work),
            "annealing": partial(by_annealing, seed=seed, seconds=row.work),
            **({"naive": partial(naively, seconds=naive)} if naive and people <= 100 else {}),
        }
        for each in (row, *(rival(who, people, seed, way) for who, way in rivals.items())):
            table.setdefault(each.who, []).append(each)
    return table


def raced(people: int, table: dict[str, list[Row]]) -> list[Goal]:
    """What the race of one size comes to beside its goals, as medians over the seeds."""
    ours, found = table["unstuck"], []

    def ratio(who: str) -> float:
        return statistics.median(
            one.value / max(1e-9, other.value) for one, other in zip(ours, table[who], strict=True)
        )

    gaps = [1.0 if row.gap is None else row.gap for row in ours]
    gap, wanted = statistics.median(gaps), WANTED.get(people, (None, None))
    within = f"{gap:.2%} in {statistics.median(row.work for row in ours):.0f} s of work"
    found.append(
        Goal(f"{people}: proven gap", f"≤ {wanted[0]:.1%}" if wanted[0] else "some", within, gap <= (wanted[0] or 0.99))
    )
    if wanted[1]:
        found.append(
            Goal(
                f"{people}: beside annealing",
                f"≥ {wanted[1]} ×",
                f"{ratio('annealing'):.3f} ×",
                ratio("annealing") >= wanted[1],
            )
        )
    if "naive" in table:
        whole = all(row.value > 0 for row in table["naive"])
        said = f"{ratio('naive'):.2f} ×" if whole else "it found no answer"
        found.append(Goal(f"{people}: beside naive CP-SAT", "≥ 1.30 ×", said, not whole or ratio("naive") >= 1.3))
    broken = sum(row.broken for row in ours)
    return [*found, Goal(f"{people}: broken rules", "0", str(broken), broken == 0)]


def rows(
    people: Sequence[int], seeds: int, seconds: float, naive: float, pairs: int, part: str, as_json: bool, long: bool
) -> None:
    """Prints medians over the seeds, a table for each number of people, then the goals; or everything as JSON."""
    tables: dict[int, dict[str, list[Row]]] = {}
    found: list[Goal] = []

    def tell(goal: Goal) -> None:
        found.append(goal)
        if not as_json:
            goals.show(goal)

    for number in [*people, *((1500, 5000) if long else ())] if part != "goals" else ():
        paid = seconds or next(paid for most, paid in PAID if number <= most)
        tables[number] = beside(number, seeds, paid, naive)
        if not as_json:
            print(f"{number} people, medians of {seeds} seeds")
            print(f"  {'':10}{'placed':>8}{'value':>12}{'bound':>12}{'gap':>9}{'seconds':>9}{'work':>8}{'broken':>8}")
            print("\n".join(f"  {in_words(each)}" for each in tables[number].values()), flush=True)
        for goal in raced(number, tables[number]):
            tell(goal)
    for goal in goals.all_goals(pairs, seconds) if part != "races" else (goals.noise(), goals.memory()):
        tell(goal)
    if not as_json:
        return
    races = {
        number: {who: [row._asdict() | {"gap": row.gap} for row in found] for who, found in table.items()}
        for number, table in tables.items()
    }
    print(json.dumps({"races": races, "goals": [each._asdict() for each in found]}))


def in_words(found: Sequence[Row]) -> str:
    """The medians in one line; broken rules are counted, not averaged."""
    bounds = [row.bound for row in found if row.bound is not None]
    gaps = [row.gap for row in found if row.gap is not None]
    bound = f"{statistics.median(bounds):12,.0f}" if len(bounds) == len(found) else f"{'-':>12}"
    gap = f"{statistics.median(gaps):9.2%}" if len(gaps) == len(found) else f"{'-':>9}"
    middle = [
        statistics.median(figures)
        for figures in zip(*((row.placed, row.value, row.seconds, row.work) for row in found), strict=True)
    ]
    broken = sum(row.broken for row in found)
    return f"{found[0].who:10}{middle[0]:8.0f}{middle[1]:12,.0f}{bound}{gap}{middle[2]:9.1f}{middle[3]:8.1f}{broken:8}"


if __name__ == "__main__":
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--people", type=int, nargs="+", default=[100, 450])
    asking.add_argument("--seeds", type=int, default=5)
    asking.add_argument("--seconds", type=float, default=0.0, help="what the workshop is given; by size if not said")
    asking.add_argument("--naive", type=float, default=5.0, help="what CP-SAT is given; the goal asks for 60")
    asking.add_argument("--pairs", type=int, default=450, help="people in the round of pairs and of declines")
    asking.add_argument("--part", choices=["all", "races", "goals"], default="all")
    asking.add_argument("--json", action="store_true", dest="as_json")
    asking.add_argument("--long", action="store_true")
    rows(**vars(asking.parse_args()))
