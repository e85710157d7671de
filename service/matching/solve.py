"""Asks the search, and makes an answer of what it finds: with its proof, its reasons, and who is left out and why."""

import math
import time
from collections.abc import Callable

from service.matching.answer import VERSIONS, Answer, Progress, Unplaced, Unsettled, formed, result_hash, tidy
from service.matching.blocks import LARGE, Run, here, solve_in_blocks
from service.matching.clashes import clashing, why_unplaced
from service.matching.counting import ruled_out
from service.matching.fairness import floor, is_highest
from service.matching.fits import Fit, read_fit
from service.matching.generation import REGIONAL, Outcome
from service.matching.people import People, read_people
from service.matching.question import Question, input_hash
from service.matching.relaxing import what_would_help
from service.matching.search import Search
from service.matching.wishes import Worth, read_worth

FEW = 450  # people are seated as a whole however little is paid for,
SOON = 200  # more for each second, up to as many as are quickly read:
PAIRS = 40_000  # of people, that a second paid for seats as a whole;
EACH = 36  # of many people, so many
LARGEST, PAIRED = 5_000, 3_000  # at most, in sets and in pairs


def solve(
    question: Question,
    *,
    seconds: float = 10,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    run: Run = here,
) -> Answer:
    """The answer to the question; `seconds` buys a fixed amount of work: asked again, it is answered the same.

    More people than there is time for as a whole are seated block by block, where `run` has that done: here, unless
    said otherwise. Up to `LARGE` people are always paired as a whole.

    Unsettled if everybody was to be placed, no way was found, and none is ruled out.
    """
    most = whole_for(seconds)
    if question.kind == "pair":
        most = max(LARGE, min(PAIRED, most))
    if question.group_sizes is None and len(question.people) > most:
        return solve_in_blocks(question, seconds=seconds, seed=seed, progress=progress, run=run)
    started = time.monotonic()
    people = read_people(question)
    fit, worth = read_fit(question, people), read_worth(question, people)

    def told(value: float | None, bound: float | None, phase: str) -> None:
        if progress is not None:
            progress(Progress(value, bound, phase))

    everyone, fair = question.rules.place_everyone, question.rules.fair
    search = Search(fit, worth, people.waited, max(0.1, seconds), seed, told, everyone, fair)
    outcome = Outcome([], None, True, possible=False) if ruled_out(fit, everyone) else search.run()
    left = len(people) - sum(map(len, outcome.sets))
    rules: tuple[str, ...] = ()
    if not outcome.possible or (question.rules.place_everyone and left):
        told(None, None, "asking which rules clash and what would help")
        clash = clashing(question, people, worth, seconds)
        if clash is None:
            raise Unsettled(what_would_help(question, None))
        rules = clash
        outcome = Outcome([], None, True, possible=False)
    return answered(question, people, fit, worth, outcome, rules, search, started)


def whole_for(seconds: float) -> int:
    """The most people who can be seated as a whole in so many seconds, and in the memory there is."""
    soon = max(FEW, min(LARGE, int(SOON * seconds)))
    few = max(soon, int(math.sqrt(PAIRS * seconds)))
    return few if few < REGIONAL else min(LARGEST, int(EACH * seconds))


def answered(
    question: Question,
    people: People,
    fit: Fit,
    worth: Worth,
    outcome: Outcome,
    rules: tuple[str, ...],
    search: Search,
    started: float,
) -> Answer:
    """What the search found, as people may read it."""
    sets = tuple(formed(question, people, worth, members) for members in sorted(outcome.sets))
    placed = {person for members in outcome.sets for person in members}
    if outcome.possible:
        left = [person for person in range(len(people)) if person not in placed]
        reasons = why_unplaced(fit, people, question, left)
        unplaced = tuple(Unplaced(people.ids[person], code) for person, code in zip(left, reasons, strict=True))
    else:
        unplaced = ()
    left_out = not outcome.possible or unplaced
    value = tidy(math.fsum(each.value for each in sets))
    bound = None if outcome.bound is None or not outcome.possible else max(value, tidy(outcome.bound))
    proven = outcome.proven and outcome.possible
    if proven and question.rules.fair:
        proven = is_highest(fit, worth, people.waited, outcome.sets, search.seconds)
    return Answer(
        status="infeasible" if not outcome.possible else "optimal" if proven else "feasible",
        value=value,
        upper_bound=bound,
        gap=None if bound is None else (bound - value) / max(abs(bound), 1e-9),
        placed=len(placed),
        floor=tidy(least) if math.isfinite(least := floor(worth, outcome.sets)) else None,
        sets=sets,
        unplaced=unplaced,
        clashing_rules=rules,
        seed=search.seed,
        seconds=round(time.monotonic() - started, 3),
        cut_short=search.cut_short,
        input_hash=input_hash(question),
        result_hash=result_hash(
            ((each.people, each.slots) for each in sets), (each.person for each in unplaced), value
        ),
        versions=VERSIONS,
        would_help=what_would_help(question, outcome.sets if outcome.possible else None) if left_out else (),
    )
