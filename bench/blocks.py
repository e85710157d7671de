"""Rounds of thousands: `python -m bench.blocks [--people 5000] [--seconds 75] [--whole 140] [--seeds 1] [--long]`.

As a whole, with `--whole` seconds paid for, and in blocks, with `--seconds`. Beside each, for as much work: plain
annealing of the whole round; beside the blocks also the round as a whole. Then how work grows with the number of
people, up to 20,000, or 100,000 with `--long`. Each has a process of its own.
"""

import argparse
import math
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.goals import Goal, tell
from bench.matching import Row, ours, rival
from bench.rounds import a_round
from bench.shuffling import by_annealing
from service.matching import check, output, read_question
from service.matching.blocks import solve_in_blocks
from service.matching.warming import warm


class Run(NamedTuple):
    """What one way came to, and the most memory its process held, in GiB."""

    row: Row
    memory: float


def in_blocks(people: int, seed: int, seconds: float) -> Run:
    """The round in blocks, its answer read by the checker."""
    warm()
    question = read_question(a_round(people, seed))
    started, worked = time.monotonic(), time.process_time()
    answer = solve_in_blocks(question, seconds=seconds, seed=seed)
    took, work = time.monotonic() - started, time.process_time() - worked
    held = memory()
    broken = len(check(question, output(answer, question)))
    return Run(Row("blocks", answer.placed, answer.value, answer.upper_bound, took, work, broken), held)


def as_a_whole(people: int, seed: int, seconds: float) -> Run:
    """The round by itself, in the way that so many seconds pay for."""
    warm()
    row = ours(people, seed, seconds)
    return Run(row, memory())


def annealed(people: int, seed: int, seconds: float) -> Run:
    """The whole round annealed."""
    return Run(rival("annealing", people, seed, lambda fit, worth: by_annealing(fit, worth, seed, seconds)), memory())


def memory() -> float:
    """The most this process ever held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def apart(way: str, *given: float) -> Run:
    """The same in a process of its own."""
    ways: dict[str, Callable[..., Run]] = {"whole": as_a_whole, "blocks": in_blocks, "annealing": annealed}
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found: Run = pool.apply(ways[way], given)
        return found


def both(people: int, seconds: float, paid: float, seeds: int) -> Iterator[Goal]:
    """The round as a whole and in blocks, beside annealing and each other, medians over the seeds."""
    whole = [apart("whole", people, seed, paid) for seed in range(seeds)]
    yield from told(f"{people:,} as a whole", people, whole)
    blocks = [apart("blocks", people, seed, seconds) for seed in range(seeds)]
    yield from told(f"{people:,} in blocks", people, blocks)
    beside = ratio(blocks, whole)
    yield Goal(f"{people:,} in blocks: beside the whole", "≥ 0.97 ×", f"{beside:.3f} ×", beside >= 0.97)


def told(which: str, people: int, runs: list[Run]) -> Iterator[Goal]:
    """These runs beside annealing for as much work."""
    beside = ratio(runs, [apart("annealing", people, seed, run.row.work) for seed, run in enumerate(runs)])
    held, broken = max(run.memory for run in runs), sum(run.row.broken for run in runs)
    gaps = [1.0 if run.row.gap is None else run.row.gap for run in runs]
    took = f"{statistics.median(run.row.work for run in runs):.0f} s of work"
    yield Goal(f"{which}: beside annealing", "≥ 1.05 ×", f"{beside:.3f} × in {took}", beside >= 1.05)
    yield Goal(f"{which}: proven gap", "some", f"{statistics.median(gaps):.1%}", max(gaps) < 1)
    yield Goal(f"{which}: memory", "≤ 2 GiB", f"{held:.2f} GiB", held <= 2)
    yield Goal(f"{which}: broken rules", "0", str(broken), not broken)


def ratio(runs: list[Run], others: list[Run]) -> float:
    """How much better than the others, seed by seed, as a median."""
    return statistics.median(one.row.value / other.row.value for one, other in zip(runs, others, strict=True))


def growth(sizes: list[int]) -> Iterator[Goal]:
    """The least work there is, beside that of the smallest round times n log n; none of them has a bound."""
    first, *others = [(people, apart("blocks", people, 0, 0.1)) for people in sizes]
    yield Goal(f"{first[0]:,}: the least work", "-", f"{first[1].row.work:.0f} s, {first[1].memory:.2f} GiB", None)
    for people, run in others:
        fair = first[1].row.work * people * math.log(people) / (first[0] * math.log(first[0]))
        said = f"{run.row.work:.0f} s, {run.memory:.2f} GiB, broken {run.row.broken}"
        yield Goal(f"{people:,}: the least work", f"≤ {fair:.0f} s", said, run.row.work <= fair and not run.row.broken)


def rows(people: int, seconds: float, paid: float, seeds: int, long: bool) -> Iterator[Goal]:
    """Blocks beside the whole, and how work grows."""
    yield from both(people, seconds, paid, seeds)
    yield from growth([10_000, 20_000, *([100_000] if long else [])])


if __name__ == "__main__":
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--people", type=int, default=5000)
    asking.add_argument("--seconds", type=float, default=75.0)
    asking.add_argument("--whole", type=float, default=140.0, dest="paid")
    asking.add_argument("--seeds", type=int, default=1)
    asking.add_argument("--long", action="store_true")
    asking.add_argument("--json", action="store_true", dest="as_json")
    asked = asking.parse_args()
    tell(rows(asked.people, asked.seconds, asked.paid, asked.seeds, asked.long), asked.as_json)
