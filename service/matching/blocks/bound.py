"""What a large round can be worth at most: everybody's best star; of very many, everybody's best help and best company.

Every set is worth the best help with its members' problems, its pairs, and a term for its size. So no set is worth more
than its members together, if each counts for the best help anybody free at the same time and from elsewhere gives with
their problems, half of the best company, and their part of the size. This holds for any set of the whole round, and
therefore adds up; bounds of blocks do not, for a better answer may mix people of several blocks.
"""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import numpy as np

from service.matching.blocks.gathering import Gathering
from service.matching.fits import enough, read_fit
from service.matching.people import Masks, Real, Whole, numbered, read_people, slot_masks
from service.matching.relevance import relevance
from service.matching.star import lowest, rounded_up, stars_of
from service.matching.stars import Grains, Stars
from service.matching.wishes import read_together, size_term, to_thousandths

SLICE = 400  # people whose problems are looked at together
DENSE = 6_000  # people up to whom the best stars are looked for, everybody beside everybody
EXACT = 8_000  # people up to whom help is looked up between any two of them


def most_worth(
    whole: Gathering, sizes: Sequence[int], placed: int, seconds: float, stop: Callable[[], bool]
) -> float | None:
    """What as many people as were placed can be worth at most; None if that was stopped, or is not looked up."""
    if not placed or not sizes:
        return 0.0
    if len(whole) <= DENSE:
        stars = stars_of_all(whole, stop)
        return None if stars is None else lowest(stars, placed, seconds, stop)
    help = most_help(whole, stop)
    if help is None:
        return None
    size, company = whole.question.size, most_company(whole, max(sizes))
    each = np.max(
        [help + company[:, few - 1] / 2 + size_term(size.target, size.penalty, few) / few for few in sizes], axis=0
    )
    return float(np.sort(each)[::-1][:placed].sum())


def stars_of_all(whole: Gathering, stop: Callable[[], bool]) -> Stars | None:
    """What the stars of the round are made of; None if that was stopped."""
    question = whole.question
    help = help_of_all(whole, stop)
    if help is None:
        return None
    people = read_people(question)
    half = rounded_up(read_together(question, people), 0.5)
    problems = [len(person.problems) for person in question.people]
    term = partial(size_term, question.size.target, question.size.penalty)
    return stars_of(read_fit(question, people), help, half, problems, term)


def help_of_all(whole: Gathering, stop: Callable[[], bool]) -> Grains | None:
    """(problems, n) what each person's help with each problem is worth, rounded up; None if that was stopped."""
    question, n = whole.question, len(whole)
    if question.help is not None:
        row = {problem: at for at, problem in enumerate(whole.owner)}
        given = np.zeros((len(row), n))
        for helper, problem, worth in question.help:
            given[row[problem], whole.place[helper]] = worth
        return rounded_up(given)
    parts = [np.zeros((0, n), dtype=np.float32)]
    for start in range(0, n, SLICE):
        if stop():
            return None
        parts.append(rounded_up(points_of(whole, range(start, min(n, start + SLICE))).T))
    return np.concatenate(parts)


def most_company(whole: Gathering, largest: int) -> Real:
    """(n, largest) what the best so many others are worth to each person as company, at most."""
    question, n = whole.question, len(whole)
    found = np.zeros((n, largest))
    if question.together is None:
        weights = question.weights
        each = sum(max(0.0, weight) for weight in (weights.theme, weights.profession, weights.region, weights.new_tie))
        return found + each * np.arange(largest)
    points: list[list[float]] = [[] for _ in range(n)]
    for one, other, worth in question.together:
        if worth > 0:
            points[whole.place[one]].append(worth)
            points[whole.place[other]].append(worth)
    for person, mine in enumerate(points):
        best = sorted(mine, reverse=True)[: largest - 1]
        found[person, 1:] = np.cumsum([*best, *[0.0] * (largest - 1 - len(best))])
    return found


def most_help(whole: Gathering, stop: Callable[[], bool]) -> Real | None:
    """(n,) what each person can be helped with their own problems at most, each by whoever helps best with it."""
    question, n = whole.question, len(whole)
    found = np.zeros(n)
    if question.help is not None:
        best: dict[str, float] = {}
        for _, problem, worth in question.help:
            best[problem] = max(best.get(problem, 0.0), worth)
        for problem, worth in best.items():
            found[whole.owner[problem]] += worth
        return found
    if n > EXACT:
        return None
    organisation = numbered([person.organisation for person in question.people], unknown_alone=True)
    slots = slot_masks(
        [person.slots for person in question.people], sorted({slot for each in question.people for slot in each.slots})
    )
    for start in range(0, n, SLICE):
        if stop():
            return None
        found[start : start + SLICE] = helped(whole, range(start, min(n, start + SLICE)), organisation, slots)
    return found


def helped(whole: Gathering, some: range, organisation: Whole, slots: Masks) -> Real:
    """The same for a few people, by everybody."""
    question = whole.question
    points = points_of(whole, some)
    owner = np.array([at for at in some for _ in question.people[at].problems], dtype=np.int64)
    may = enough(slots[:, None, :] & slots[None, some.start : some.stop, :], question.rules.common_slots)
    if question.rules.max_per_organisation == 1:
        may &= organisation[:, None] != organisation[None, some.start : some.stop]
    best = np.where(may[:, owner - some.start], points, 0.0).max(axis=0, initial=0.0)
    found = np.zeros(len(some))
    np.add.at(found, owner - some.start, np.maximum(best, 0.0))
    return found


def points_of(whole: Gathering, some: range) -> Real:
    """(n, problems) what everybody's help with the problems of a few people is worth."""
    question = whole.question
    asking = msgspec.structs.replace(
        question,
        people=tuple(
            person if at in some else msgspec.structs.replace(person, problems=())
            for at, person in enumerate(question.people)
        ),
    )
    return to_thousandths(question.weights.help * relevance(asking, whole.speech))
