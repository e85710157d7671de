"""An answer beside chance: sets of the same sizes, drawn from the same people by lot, with every rule kept."""

from collections.abc import Sequence
from itertools import combinations
from statistics import median

import msgspec
import numpy as np

from service.matching.fits import Fit, enough, read_fit
from service.matching.people import Flags, People, read_people
from service.matching.question import Question
from service.matching.wishes import Worth, best_helper, read_worth, value

DRAWS = 25
TRIES = 20
"""So often a set is begun with somebody else before it is left out of a draw."""


class Figures(msgspec.Struct, frozen=True):
    """What some sets come to, in a few figures.

    `helped` is how many get help with a problem they brought; `floor` what the worst served of those who brought
    one gets, None where nobody placed did; `new_ties` how many pairs have never met.
    """

    value: float
    placed: int
    helped: int
    floor: float | None
    new_ties: int


class Comparison(msgspec.Struct, frozen=True):
    """The answer, and the middle of each figure over so many draws; None where there is no set to draw."""

    answer: Figures
    by_chance: Figures | None
    draws: int


def compared(question: Question, sets: Sequence[Sequence[str]], seed: int, draws: int = DRAWS) -> Comparison:
    """These sets beside chance: the same question, seed and sets are compared in the same way."""
    people = read_people(question)
    fit, worth = read_fit(question, people), read_worth(question, people)
    groups = [sorted(people.index[id] for id in members) for members in sets]
    chance = np.random.default_rng(seed)
    sizes = sorted(map(len, groups), reverse=True)
    drawn = [figures(people, worth, draw(fit, sizes, chance)) for _ in range(draws if sizes else 0)]
    return Comparison(figures(people, worth, groups), middle(drawn) if drawn else None, len(drawn))


def figures(people: People, worth: Worth, groups: Sequence[Sequence[int]]) -> Figures:
    """What these sets come to."""
    served = [
        sum(best_helper(worth, members, problem)[1] for problem in worth.of[member])
        for members in groups
        for member in members
        if worth.of[member]
    ]
    pairs = (pair for members in groups for pair in combinations(members, 2))
    return Figures(
        value=round(sum(value(worth, members) for members in groups), 9),
        placed=sum(map(len, groups)),
        helped=sum(points > 0 for points in served),
        floor=round(min(served), 9) if served else None,
        new_ties=sum(not people.ever_met[pair] for pair in pairs),
    )


def draw(fit: Fit, sizes: Sequence[int], chance: np.random.Generator) -> list[list[int]]:
    """Sets of these sizes by lot; a set for which no people are found is left out, and they with it."""
    left = np.ones(len(fit), dtype=np.bool_)
    groups = []
    for size in sizes:
        for _ in range(TRIES):
            group = grown(fit, left, size, chance)
            if len(group) == size:
                groups.append(sorted(group))
                left[group] = False
                break
    return groups


def grown(fit: Fit, left: Flags, size: int, chance: np.random.Generator) -> list[int]:
    """A set to which whoever may still join is added by lot; smaller where nobody may."""
    group: list[int] = []
    may = left.copy()
    shared = np.full(fit.slots.shape[1], np.iinfo(np.uint64).max, dtype=np.uint64)
    while len(group) < size:
        candidates = np.flatnonzero(may & enough(shared & fit.slots, fit.common))
        if not len(candidates):
            break
        comer = int(chance.choice(candidates))
        group.append(comer)
        shared &= fit.slots[comer]
        may &= fit.allowed[comer]
        there = fit.organisation == fit.organisation[comer]
        if there[group].sum() >= fit.per_organisation:
            may &= ~there
    return group


def middle(drawn: Sequence[Figures]) -> Figures:
    """The middle of each figure by itself."""
    least = [each.floor for each in drawn if each.floor is not None]
    return Figures(
        value=median(each.value for each in drawn),
        placed=round(median(each.placed for each in drawn)),
        helped=round(median(each.helped for each in drawn)),
        floor=median(least) if least else None,
        new_ties=round(median(each.new_ties for each in drawn)),
    )
