"""The goals of matching that are not a race: pairs, declines, sameness, open data, memory, and where the time goes."""

import json
import multiprocessing
import os
import random
import resource
import statistics
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bench import pairing
from bench.open_rounds import DATA, reviewers
from bench.rounds import a_round
from service.matching import Progress, check, output, read_question, repair, solve


class Goal(NamedTuple):
    """One line of the table: what was wanted, what was measured, and whether that is enough."""

    what: str
    wanted: str
    measured: str
    reached: bool | None


def noise(times: int = 15) -> Goal:
    """How much the same work differs in time on this machine: the middle half over the median."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        sum(place * place for place in range(300_000))
        found.append(time.perf_counter() - started)
    low, middle, high = statistics.quantiles(found, n=4)
    return Goal("the machine: the same work, middle half", "-", f"± {(high - low) / 2 / middle:.0%}", None)


def pairs(people: int) -> Iterator[Goal]:
    """All pairs, beside networkx where it is installed."""
    rows = {who: (points, seconds) for who, _, points, seconds in pairing.rows(people)}
    ours = rows["unstuck"]
    if "networkx" in rows:
        best, seconds = rows["networkx"]
        same = abs(ours[0] - best) < 1e-6 * best
        faster = seconds / ours[1]
        yield Goal(f"pairs of {people}: faster than networkx", "≥ 20 ×", f"{faster:.1f} ×", same and faster >= 20)
    yield Goal(f"pairs of {people}: seconds, all edges", "-", f"{ours[1]:.2f}", None)


def declines(people: int, seconds: float) -> Iterator[Goal]:
    """Everybody in turn declines; what it costs in processor time, and whom else it moves."""
    question = read_question(a_round(people, 0))
    answer = solve(question, seconds=seconds)
    sets, spare = [each.people for each in answer.sets], [each.person for each in answer.unplaced]
    everybody, took, lapsed = [id for members in sets for id in members], [], 0
    for place, members in enumerate(sets):
        for gone in members:
            started = time.process_time()
            mended = repair(question, sets, place, gone, spare, everybody)
            took.append(time.process_time() - started)
            lapsed += mended.members is None
    slow = statistics.quantiles(took, n=100)[98] * 1000
    yield Goal(f"a decline among {people}: p99", "≤ 50 ms", f"{slow:.0f} ms", slow <= 50)
    kept = 1 - lapsed / len(took)
    yield Goal("a decline: at most one other moved", "≥ 95 %", f"{kept:.1%}, else the set lapses", kept >= 0.95)


def sameness(people: int, seconds: float, times: int = 10) -> Goal:
    """The same question and seed, its lists in another order each time, in processes that each hash otherwise."""
    found = set()
    for order in range(times):
        os.environ["PYTHONHASHSEED"] = str(order + 1)  # read when the process starts
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found.add(pool.apply(shuffled, (people, seconds, order)))
    os.environ.pop("PYTHONHASHSEED")
    return Goal(f"{times} processes, {people:,} people, lists shuffled", "1 result", str(len(found)), len(found) == 1)


def shuffled(people: int, seconds: float, order: int) -> str:
    """The hash of the result for the same people in another order."""
    about, chance = json.loads(json.dumps(a_round(people, 3))), random.Random(order)
    for lists in (about["people"], about["past"], about["avoid"], *(person["slots"] for person in about["people"])):
        chance.shuffle(lists)
    return solve(read_question(about), seconds=seconds, seed=7).result_hash


def open_data(seconds: float) -> Iterator[Goal]:
    """Reviewers and papers, where they lie beside the project: what they come to, and nothing broken."""
    for name in ("preflib1", "preflib2") if DATA.is_dir() else ():
        question = read_question(reviewers(name))
        answer = solve(question, seconds=seconds)
        broken = len(check(question, output(answer, question)))
        bound = "no bound" if answer.gap is None else f"gap {answer.gap:.1%}"
        yield Goal(name, "0 broken", f"{answer.value:,.0f}, {bound}, {answer.seconds:.0f} s", broken == 0)


def profile(people: int, seconds: float) -> Iterator[Goal]:
    """Where the time of one round goes, by what it said it was doing."""
    began = time.perf_counter()
    told: list[tuple[float, str]] = [(began, "reading the question")]

    def heard(progress: Progress) -> None:
        told.append((time.perf_counter(), progress.phase))

    solve(read_question(a_round(people, 0)), seconds=seconds, progress=heard)
    spent: dict[str, float] = {}
    for (at, phase), (until, _) in zip(told, [*told[1:], (time.perf_counter(), "")], strict=True):
        spent[phase] = spent.get(phase, 0.0) + until - at
    whole = sum(spent.values())
    for phase, took in sorted(spent.items(), key=lambda each: -each[1]):
        if took > whole / 200:
            yield Goal(f"{people} people, after “{phase}”", "-", f"{took:.1f} s, {took / whole:.0%}", None)


def all_goals(people: int, seconds: float) -> Iterator[Goal]:
    """One after another, as they are measured."""
    yield noise()
    yield from pairs(people)
    yield from declines(people, seconds or 1.0)
    yield sameness(60, 0.2)  # with a proof,
    yield sameness(460, 0.2)  # and in blocks
    yield from open_data(seconds or 2.0)
    yield from profile(people, seconds or 2.0)
    yield memory()


def memory() -> Goal:
    """The most this process ever held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Goal("memory at most, all of the above", "≤ 2 GiB", f"{most:.2f} GiB", most <= 2)


def show(each: Goal) -> None:
    """Prints one line of the table."""
    reached = {None: "", True: "reached", False: "not reached"}[each.reached]
    print(f"{each.what:46}{each.wanted:>10}   {each.measured:34}{reached}", flush=True)


def tell(lines: Iterable[Goal], as_json: bool) -> None:
    """Prints the lines as they are measured, or all as JSON."""
    found = []
    for goal in lines:
        found.append(goal._asdict())
        if not as_json:
            show(goal)
    if as_json:
        print(json.dumps(found))
