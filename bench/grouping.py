"""Groups of given sizes beside the heuristic published for them, as much work each: MDGPLIB, and more made like it.

`python -m bench.grouping` takes ten minutes; with 480 people, as published with two minutes each, half an hour more.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from bench.goals import Goal, tell
from bench.maxima import iterated_maxima
from bench.open_rounds import MDGPLIB, made_like, mdgp
from service.matching import check, output, read_question, solve
from service.matching.fits import read_fit
from service.matching.grouping import read_pairs
from service.matching.people import read_people
from service.matching.wishes import read_worth

PAID = {120: 3.0, 240: 20.0, 480: 120.0}  # seconds for so many people, as in what is published
KINDS = "RanReal", "RanInt", "Geo"


class Beside(NamedTuple):
    """What one grouping came to, ours and theirs, and the processor seconds that each took."""

    name: str
    ours: float
    theirs: float
    work: float
    seconds: float
    broken: int


def groupings(people: int) -> dict[str, Callable[[], dict[str, Any]]]:
    """The published ones of this size where they lie beside the project, or two of each kind made like them."""
    found = sorted(MDGPLIB.glob(f"*_n{people}_*.txt"))
    if found:
        return {path.stem: partial(mdgp, path) for path in found}
    return {
        f"like {kind}_n{people}_{'ds' if differing else 'ss'}": partial(made_like, kind, people, differing, 1)
        for kind in KINDS
        for differing in (True, False)
    }


def beside(name: str, about: dict[str, Any], seconds: float, seed: int) -> Beside:
    """One grouping, answered and checked; then iterated maxima search for as long as that took of the processor."""
    question = read_question(about)
    began, started = time.perf_counter(), time.process_time()
    answer = solve(question, seconds=seconds, seed=seed)
    work, took = time.process_time() - started, time.perf_counter() - began
    cast = read_people(question)
    pairs = read_pairs(read_fit(question, cast), read_worth(question, cast))
    theirs, _, _ = iterated_maxima(pairs.points, pairs.low, pairs.high, work, seed)
    return Beside(name, answer.value, theirs, work, took, len(check(question, output(answer, question))))


def rows(people: int, seeds: int) -> Iterator[Beside]:
    """Every grouping of this size with every seed; all is compiled before."""
    beside("", made_like("RanInt", 120, True, 0), 0.1, 0)
    for name, about in groupings(people).items():
        for seed in range(seeds):
            yield beside(name, about(), PAID[people], seed)


def goals(people: int, seeds: int) -> Iterator[Goal]:
    """How each came out, and the goal they are all about."""
    found = []
    for each in rows(people, seeds):
        found.append(each)
        said = f"{each.ours / each.theirs:.4f} ×: {each.ours:,.0f} in {each.seconds:.1f} s, {each.work:.1f} of work"
        yield Goal(each.name, "-", said, None)
    ratio, broken = statistics.median(each.ours / each.theirs for each in found), sum(each.broken for each in found)
    yield Goal(f"groups of {people}: beside what is published", "≥ 1 ×", f"{ratio:.4f} ×, median", ratio >= 1.0)
    yield Goal(f"groups of {people}: broken rules", "0", str(broken), broken == 0)


if __name__ == "__main__":
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--people", type=int, nargs="+", default=[120, 240], choices=sorted(PAID))
    asking.add_argument("--seeds", type=int, default=1)
    asking.add_argument("--long", action="store_true")
    asking.add_argument("--json", action="store_true", dest="as_json")
    asked = asking.parse_args()
    sizes = [*asked.people, *([480] if asked.long else [])]
    tell((goal for people in sizes for goal in goals(people, asked.seeds)), asked.as_json)
