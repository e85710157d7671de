"""A round too large for all its pairs at once: divided, seated block by block, divided elsewhere, seated again."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.matching.answer import VERSIONS, Answer, Progress, Unsettled, result_hash, tidy
from service.matching.blocks.bound import DENSE, most_worth
from service.matching.blocks.dividing import divided, unit
from service.matching.blocks.forming import worded
from service.matching.blocks.gathering import Gathering, among, gathering
from service.matching.blocks.leaving import PROVEN, why_left
from service.matching.blocks.running import Run, here
from service.matching.blocks.seating import Block, Seated, Way
from service.matching.clashes import clashing_by_count
from service.matching.master import Set
from service.matching.people import read_people
from service.matching.question import Question, input_hash
from service.matching.search import LATE
from service.matching.star import SIZABLE

LARGE = 1_000  # people beyond whom a round is solved in blocks, unless much is paid for
MOST = 1_250  # people of one block
TURNS = 4  # divisions of the round, each with its borders elsewhere
STEPS = 3_000_000  # proposals for each second paid for,
ANNEALED = 0.002  # seconds for each person, where what is left pays for
PRICED = (2, 0.0125), (1, 0.009)  # a division into blocks so many times as large that are priced: for each person
MOST_PRICED = 6  # such divisions, at most
LEAST = 500  # proposals for each person in each of so many divisions, however little is paid for
PAIRED = 300  # people of one block of pairs
FAIR = 150  # people of one block in which the worst served are helped more
ROOMY = 8  # sets of the least size that find room in a block
MENDS = 4  # tries to seat whoever is left
MENDED = 75  # people of the block in which whoever is left is seated at first; twice as many each time


def solve_in_blocks(
    question: Question,
    *,
    seconds: float = 10,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    run: Run = here,
    most: int = MOST,
) -> Answer:
    """The answer to a large question: the same wherever `run` has the work done, and however many do it.

    `seconds` buys a fixed amount of work, but for what even a hurried look at so many people takes. `most` people or so
    are in one block, more where sets are very large. Unsettled if everybody was to be placed, somebody is left, and
    counting does not show that it is impossible.
    """
    started = time.monotonic()
    late = LATE * max(seconds, len(question.people) / 300) + 60.0
    cut_short, latest = False, None

    def stop() -> bool:
        nonlocal cut_short
        cut_short = cut_short or time.monotonic() - started > late
        return cut_short

    def told(value: float | None, bound: float | None, phase: str) -> None:
        nonlocal latest
        latest = latest if value is None else value
        if progress is not None:
            progress(Progress(latest, bound, phase))

    told(None, None, "reading")
    if question.rules.place_everyone:
        rules = clashing_by_count(question, read_people(question) if len(question.people) <= DENSE else None)
        if rules is not None:
            return impossible(question, rules, seed, started)
    whole, sizes = gathering(question), sizes_of(question)
    groups = Rounds(whole, seconds, seed, run, most_of(question, most), told, stop).run()
    placed = sum(map(len, groups))
    if question.rules.place_everyone and placed < len(whole):
        raise Unsettled()
    told(None, None, "putting it into words")
    sets, least = worded(whole, groups)
    value = tidy(math.fsum(each.value for each in sets))
    told(value, None, "looking for a bound")
    limit = most_worth(whole, sizes, placed, seconds, stop)
    bound = None if limit is None else max(value, tidy(limit))
    inside = {person for group in groups for person in group}
    left = why_left(whole, sizes, [person for person in range(len(whole)) if person not in inside])
    proven = (
        bound is not None and bound - value <= 1e-6 * (1.0 + abs(value)) and all(each.code in PROVEN for each in left)
    )
    return Answer(
        status="optimal" if proven else "feasible",
        value=value,
        upper_bound=bound,
        gap=None if bound is None else (bound - value) / max(abs(bound), 1e-9),
        placed=placed,
        sets=sets,
        unplaced=left,
        clashing_rules=(),
        seed=seed,
        seconds=round(time.monotonic() - started, 3),
        cut_short=cut_short,
        input_hash=input_hash(question),
        result_hash=result_hash(((each.people, each.slots) for each in sets), (each.person for each in left), value),
        versions=VERSIONS,
        floor=least,
    )


def impossible(question: Question, rules: tuple[str, ...], seed: int, started: float) -> Answer:
    """That there is no answer, for these rules clash."""
    return Answer(
        status="infeasible",
        value=0.0,
        upper_bound=None,
        gap=None,
        placed=0,
        sets=(),
        unplaced=(),
        clashing_rules=rules,
        seed=seed,
        seconds=round(time.monotonic() - started, 3),
        cut_short=False,
        input_hash=input_hash(question),
        result_hash=result_hash((), (), 0.0),
        versions=VERSIONS,
    )


def most_of(question: Question, most: int) -> int:
    """How many people one block has: enough for some sets of the least size, and for pairs no more than is quick."""
    return min(most, PAIRED) if question.kind == "pair" else max(most, ROOMY * question.size.min)


def sizes_of(question: Question) -> tuple[int, ...]:
    """The sizes a set may have."""
    if question.kind == "pair":
        return (2, 3) if has_a_trio(question) else (2,)
    return tuple(range(question.size.min, min(question.size.max, len(question.people)) + 1))


def has_a_trio(question: Question) -> bool:
    """Whether these are pairs of which one may be three."""
    return question.kind == "pair" and len(question.people) % 2 == 1 and question.size.min <= 3 <= question.size.max


@dataclass(frozen=True, eq=False)
class Rounds:
    """The round, divided and seated a few times over."""

    whole: Gathering
    seconds: float
    seed: int
    run_blocks: Run
    most: int  # people of one block
    told: Callable[[float | None, float | None, str], None]
    stop: Callable[[], bool]

    def run(self) -> list[Set]:
        """The sets after every division, with whoever was left seated if that can be."""
        groups: list[Set] = []
        turns = self.turns
        self.told(None, None, "seating block by block")
        for turn in range(turns):
            if turn and self.stop():
                break
            groups = self.turned(groups, turn, "annealed", (turn / turns, (turn + 1) / turns))
            if turn >= turns - 2:
                groups = self.mended(groups)
        for turn in range(self.priced[0]):
            if self.stop():
                break
            groups = self.mended(self.turned(groups, turn, "priced"))
        if self.whole.question.rules.fair and not self.pairs and not self.stop():
            groups = self.turned(groups, 0, "fairer")
        return sorted(groups)

    @property
    def turns(self) -> int:
        """How often the round is divided: once where everybody is in one block anyway."""
        return 1 if len(self.whole) <= self.most else 2 * TURNS if self.pairs else TURNS

    @property
    def priced(self) -> tuple[int, int]:
        """How often it is divided once more and every block priced, as is paid for beside annealing; people of one."""
        people = max(1, len(self.whole))
        for times, each in PRICED:
            turns = int((self.seconds - ANNEALED * people) / (each * people))
            if turns > 0 and not self.pairs and 2 < max(sizes_of(self.whole.question), default=0) <= SIZABLE:
                return min(MOST_PRICED, turns), times * self.most
        return 0, self.most

    @property
    def steps(self) -> int:
        """Proposals for each person in each division that is annealed."""
        turns, people = min(TURNS, self.turns), max(1, len(self.whole))
        paid = min(self.seconds, ANNEALED * people) if self.priced[0] else self.seconds
        return max(LEAST * TURNS // turns, int(STEPS * paid / (turns * people)))

    @property
    def pairs(self) -> bool:
        return self.whole.question.kind == "pair"

    def left(self, groups: Sequence[Set]) -> list[int]:
        """Who is in no set."""
        inside = {person for group in groups for person in group}
        return [person for person in range(len(self.whole)) if person not in inside]

    def turned(self, groups: list[Set], turn: int, way: Way, heats: tuple[float, float] = (0.0, 1.0)) -> list[Set]:
        """The sets after one division, in blocks that are worked on in that way."""
        formed = set(groups)
        units = [unit(self.whole, members) for members in [*groups, *((person,) for person in self.left(groups))]]
        most = {"annealed": self.most, "priced": self.priced[1], "fairer": min(self.most, FAIR)}[way]
        parts = divided(units, most, turn)
        people = [[person for each in part for person in each.members] for part in parts]
        kept = [[each.members for each in part if each.members in formed] for part in parts]
        questions = [among(self.whole, some) for some in people]
        done = self.seat(questions, kept, way, heats, f"{self.seed} {turn}")
        self.told(math.fsum(each.value for each in done), None, "seating block by block")
        return self.named(done)

    def seat(
        self,
        questions: Sequence[Question],
        kept: Sequence[Sequence[Set]],
        way: Way,
        heats: tuple[float, float],
        seed: str,
    ) -> list[Seated]:
        """The people of each block in sets."""
        ids = [person.id for person in self.whole.question.people]
        blocks = [
            Block(
                question,
                self.whole.speech,
                tuple(tuple(ids[member] for member in group) for group in sorted(groups)),
                way,
                heats,
                self.steps,
                f"{seed} {place}",
            )
            for place, (question, groups) in enumerate(zip(questions, kept, strict=True))
        ]
        done: list[Seated] = []
        for each in self.run_blocks(blocks):
            done.append(each)
            if way == "priced":  # a block takes many seconds
                self.told(None, None, f"hunting better sets, block {len(done)} of {len(blocks)}")
        return done

    def named(self, done: Sequence[Seated]) -> list[Set]:
        """The sets of the blocks, by the place of their people in the round."""
        return [tuple(sorted(self.whole.place[id] for id in group)) for each in done for group in each.groups]

    def mended(self, groups: list[Set]) -> list[Set]:
        """Whoever is left, seated anew together with some sets, more each time; as it was if that places no more."""
        for turn in range(MENDS):
            if not (left := self.left(groups)) or self.stop():
                break
            groups = self.mended_once(groups, left, MENDED << turn, f"{self.seed} left {turn}")
        return groups

    def mended_once(self, groups: list[Set], left: Sequence[int], people: int, seed: str) -> list[Set]:
        """The same, once, among so many people."""
        chance = random.Random(seed)
        some = chance.sample(left, min(len(left), people // 2))
        joined: list[Set] = [group for group in groups if self.pairs and len(group) == 3]
        for group in chance.sample(groups, len(groups)):
            if sum(map(len, joined)) >= people - len(some):
                break
            if group not in joined:
                joined.append(group)
        inside = [*some, *(person for group in joined for person in group)]
        better = self.named(self.seat([among(self.whole, inside, trio=True)], [()], "annealed", (0.0, 1.0), seed))

        def standing(sets: Sequence[Set]) -> tuple[int, int]:
            placed = [person for members in sets for person in members]
            return len(placed), sum(self.whole.question.people[person].waited_rounds for person in placed)

        return (
            [group for group in groups if group not in joined] + better
            if standing(better) > standing(joined)
            else groups
        )
