"""The work on one block, a plain function of plain values: sets in, better sets out, wherever it runs."""

import math
import random
from typing import Literal

import msgspec
import numpy as np

from service.matching.blocks.pricing import priced
from service.matching.fits import Fit, may_sit_together, read_fit
from service.matching.inviting import invited
from service.matching.master import Set
from service.matching.people import People, read_people
from service.matching.question import Question
from service.matching.relevance import Speech
from service.matching.search import Search
from service.matching.star import SIZABLE
from service.matching.tables import Table, read_table, spread
from service.matching.wishes import Worth, read_worth, value

WARM, COOL = 0.4, 0.1  # how hot it is first and last, in usual differences between pairs
PAIRED, FAIRER = 0.1, 0.1  # seconds paid for pairing a block, and for making one fairer

Way = Literal["annealed", "priced", "fairer"]


class Block(msgspec.Struct, frozen=True):
    """Some people as a question of their own, the sets they are in, and the work to do on them."""

    question: Question
    speech: Speech | None
    groups: tuple[tuple[str, ...], ...]
    way: Way  # pairs are matched instead, or made fairer
    heats: tuple[float, float]  # how much of the way from warm to cool is behind, before and after
    steps: int  # proposals for each person, where it is annealed
    seed: str


class Seated(msgspec.Struct, frozen=True):
    """Sets that keep every rule, by the ids of their people, and what they are worth."""

    groups: tuple[tuple[str, ...], ...]
    value: float


def seated(block: Block) -> Seated:
    """The block's people in sets that keep every rule."""
    people = read_people(block.question)
    fit = read_fit(block.question, people)
    worth = read_worth(block.question, people, block.speech)
    known = [tuple(people.index[id] for id in group) for group in block.groups]
    if not fit.sizes or len(people) < min(fit.sizes):
        found = []
    elif block.question.kind == "pair":
        found = Search(fit, worth, people.waited, PAIRED, 0, lambda *_: None, fair=block.question.rules.fair).run().sets
    elif block.way == "fairer":
        found = Search(fit, worth, people.waited, FAIRER, 0, lambda *_: None, fair=True).raised(known)
    elif block.way == "priced" and 2 < max(fit.sizes) <= SIZABLE:
        found = priced(fit, worth, people.waited, known)
    else:
        found = cooled(fit, worth, people, known, block)
    stand = [group for group in found if len(group) in fit.sizes and may_sit_together(fit, group)]
    return Seated(
        tuple(sorted(tuple(people.ids[member] for member in sorted(group)) for group in stand)),
        math.fsum(value(worth, sorted(group)) for group in stand),
    )


def cooled(fit: Fit, worth: Worth, people: People, known: list[Set], block: Block) -> list[Set]:
    """Annealed from the sets as they are, or filled one by one; whoever is left out costs more than any gain."""
    table = read_table(fit, worth)
    unit, most = spread(table)
    dear = 20.0 * (unit + most) + worth.penalty * max(fit.sizes)
    below = table.size.copy()
    below[1 : min(fit.sizes)] -= dear * np.arange(min(fit.sizes) - 1, 0, -1)  # the nearer to a set, the better
    missing = dear * (1.0 + people.waited / (1.0 + float(people.waited.sum())))
    warm, cool = (unit * WARM * (COOL / WARM) ** behind for behind in block.heats)
    count = max(len(known), how_many(fit, table, len(people)))
    state = random.Random(block.seed).getrandbits(31) + 1
    steps = block.steps * len(people)
    return invited(table._replace(size=below), missing, count, max(fit.sizes), steps, (warm, cool), state, known).groups


def how_many(fit: Fit, table: Table, people: int) -> int:
    """How many sets so many people form, each as near to the best size as may be."""
    least, most = fit.sizes[0], fit.sizes[-1]
    best = max(fit.sizes, key=lambda size: (float(table.size[size]), size))
    return max(1, min(max(round(people / best), -(-people // most)), people // least))
