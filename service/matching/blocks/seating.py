"""The work on one block, a plain function of plain values: sets in, better sets out, wherever it runs.

Annealing (Kirkpatrick et al. 1983) among a few hundred people who are free at the same time reaches as much as
annealing the whole round for twice as long, since whoever is proposed to whom can more often say yes.
"""

import math
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np

from service.matching.annealing import annealed
from service.matching.chains import CORES
from service.matching.fits import Fit, may_sit_together, read_fit
from service.matching.master import Set
from service.matching.people import People, Real, Whole, read_people
from service.matching.question import Question
from service.matching.relevance import Speech
from service.matching.search import Search
from service.matching.tables import Table, read_table, table_of
from service.matching.wishes import Worth, read_worth, value

ROOM = 500  # people who are annealed together
WARM, COOL = 0.9, 0.13  # how hot it is first and last, in usual differences between pairs
PAIRED, FAIRER = 0.1, 0.1  # seconds paid for pairing a block, and for making one fairer


class Block(msgspec.Struct, frozen=True):
    """Some people as a question of their own, the sets they are in, and the work to do on them."""

    question: Question
    speech: Speech | None
    groups: tuple[tuple[str, ...], ...]
    heats: tuple[float, float] | None  # how much of the way from warm to cool is behind; None: only made fairer
    passes: int
    steps: int  # proposals for each person in each pass
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
    elif block.heats is None:
        found = Search(fit, worth, people.waited, FAIRER, 0, lambda *_: None, fair=True).raised(known)
    else:
        found = cooled(fit, worth, people, known, block.heats, block)
    stand = [group for group in found if len(group) in fit.sizes and may_sit_together(fit, group)]
    return Seated(
        tuple(sorted(tuple(people.ids[member] for member in sorted(group)) for group in stand)),
        math.fsum(value(worth, sorted(group)) for group in stand),
    )


def cooled(
    fit: Fit, worth: Worth, people: People, known: list[Set], heats: tuple[float, float], block: Block
) -> list[Set]:
    """Annealed room by room, each pass in other rooms and a little cooler."""
    table = read_table(fit, worth)
    points = np.abs(table.pair[table.allowed])
    unit = float(np.std(points)) + 1e-9 if points.size else 1.0
    dear = 20.0 * (unit + float(points.max(initial=0.0))) + worth.penalty * max(fit.sizes)
    below = table.size.copy()
    below[1 : min(fit.sizes)] -= dear * np.arange(min(fit.sizes) - 1, 0, -1)  # the nearer to a set, the better
    table = table._replace(size=below)
    missing = dear * (1.0 + people.waited / (1.0 + float(people.waited.sum())))
    chance = random.Random(block.seed)
    groups = known or [(person,) for person in range(len(people))]
    first, last = heats
    for turn in range(block.passes):
        ends = [first + (last - first) * (turn + end) / block.passes for end in (0, 1)]
        warm, cool = (unit * WARM * (COOL / WARM) ** end for end in ends)
        rooms = in_rooms(fit, groups, len(people), chance)
        work = [(room, chance.getrandbits(30)) for room in rooms]

        def one(each: tuple[list[Set], int], heats: tuple[float, float] = (warm, cool)) -> list[Set]:
            return room_cooled(table, missing, fit, each[0], block.steps, heats, each[1])

        with ThreadPoolExecutor(CORES) as threads:
            groups = [group for groups in threads.map(one, work) for group in groups]
    return groups


def in_rooms(fit: Fit, groups: Sequence[Set], people: int, chance: random.Random) -> list[list[Set]]:
    """The sets, and everybody who is in none, in rooms of about `ROOM` people, by one slot of theirs each."""
    inside = {person for group in groups for person in group}
    units = sorted([*groups, *((person,) for person in range(people) if person not in inside)])
    places = []
    for group in units:
        shared = np.bitwise_and.reduce(fit.slots[list(group)], axis=0)
        bits = np.flatnonzero(np.unpackbits(shared.view(np.uint8), bitorder="little"))
        places.append((int(bits[int(chance.random() * len(bits))]) if len(bits) else 0, chance.random()))
    order = sorted(range(len(units)), key=lambda at: places[at])
    count = max(1, round(people / ROOM))
    rooms: list[list[Set]] = [[] for _ in range(count)]
    before = 0
    for at in order:
        rooms[min(count - 1, before * count // max(1, people))].append(units[at])
        before += len(units[at])
    return rooms


def room_cooled(
    table: Table, missing: Real, fit: Fit, groups: list[Set], steps: int, heats: tuple[float, float], seed: int
) -> list[Set]:
    """The people of one room in sets of any size up to the largest; whoever is alone may be left out."""
    at: Whole = np.array(sorted(person for group in groups for person in group), dtype=np.int64)
    place = {person: number for number, person in enumerate(at.tolist())}
    formed = [tuple(place[person] for person in group) for group in groups if len(group) > 1 or fit.sizes[0] == 1]
    most = max(fit.sizes)
    count = max(len(formed), how_many(fit, table, len(at)))
    sizes = np.full(count, max(1, min(most, round(len(at) / count))), dtype=np.int64)
    bounds = np.zeros(count, dtype=np.int64), np.full(count, most)
    found = annealed(
        table_of(table, at), sizes, bounds, missing[at], steps * len(at), heats, seed, formed or None, remember=0
    )
    return [tuple(int(at[member]) for member in group) for group in found.groups]


def how_many(fit: Fit, table: Table, people: int) -> int:
    """How many sets so many people form, each as near to the best size as may be."""
    least, most = fit.sizes[0], fit.sizes[-1]
    best = max(fit.sizes, key=lambda size: (float(table.size[size]), size))
    return max(1, min(max(round(people / best), -(-people // most)), people // least))
