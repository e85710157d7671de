"""Everybody's best company, one star at a time: the inner loop of the bound that is always at hand.

A person's star is the company they keep: who it is, not what those are to each other. The star of i with company C, at
one slot that all of them are free at and with as few from one organisation as the round allows, is worth the best help
C gives with the problems of i, half of i's points together with each of C, what i is paid for each of C, and i's part
of the term for the size.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.matching.compiled import compiled
from service.matching.people import Flags, Real, Whole

Grains = NDArray[np.float32]

ROLES = 8  # a helper helps with any of three problems
WAYS = np.array(  # how one, two or three problems fall to helpers: bits, no problem to two of them
    [
        [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[3, 0, 0], [1, 2, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[7, 0, 0], [1, 6, 0], [2, 5, 0], [4, 3, 0], [1, 2, 4]],
    ]
)
MANY_WAYS = np.array([1, 1, 2, 5])


class Stars(NamedTuple):
    """What stars are made of, for n people; nothing is rounded down."""

    allowed: Flags  # (n, n) who may sit with whom
    free: Flags  # (n, slots)
    organisation: Whole  # (n,) no two of one company from the same
    half: Grains  # (n, n) of what two are worth together
    help: Grains  # (problems, n)
    start: Whole  # (n + 1,) where each person's problems start
    exact: Whole  # (n,) how many of them are helped by the company itself;
    rest: Real  # (n,) what the others get from whoever helps best, in the company or not
    sizes: Whole  # ascending
    term: Real  # (largest + 1,) of each size


class Near(NamedTuple):
    """Who is near: a row for each person, or one for everybody."""

    who: Whole
    many: Whole  # of each row


class Lists(NamedTuple):
    """The best company for each role, best first, one of each organisation; role 0 helps with nothing."""

    points: Real  # (roles, largest company)
    who: Whole
    organisation: Whole
    length: Whole  # (roles,)


@compiled
def put(lists: Lists, role: int, points: float, person: int, organisation: int) -> None:
    """Lists the person for the role, in place of the other one from their organisation if better."""
    value, who, of = lists.points[role], lists.who[role], lists.organisation[role]
    place = lists.length[role]
    for at in range(lists.length[role]):
        if of[at] == organisation:
            place = at
    if place < lists.length[role]:
        if points <= value[place]:
            return
    elif place < len(value):
        lists.length[role] += 1
    else:
        place -= 1
    while place > 0 and value[place - 1] < points:
        value[place], who[place], of[place] = value[place - 1], who[place - 1], of[place - 1]
        place -= 1
    value[place], who[place], of[place] = points, person, organisation


@compiled
def listed(stars: Stars, paid: Grains, person: int, slot: int, near: Whole, many: int, lists: Lists) -> None:
    """Lists the best of those near who are free at the slot."""
    exact, start = stars.exact[person], stars.start[person]
    points = np.empty(ROLES)
    lists.length[:] = 0
    lists.points[:] = -np.inf
    for place in range(many):
        other = near[place]
        if not stars.allowed[person, other] or not stars.free[other, slot]:
            continue
        points[0] = np.float64(stars.half[person, other]) + np.float64(paid[person, other])
        for problem in range(exact):
            for role in range(1 << problem):
                points[role + (1 << problem)] = points[role] + stars.help[start + problem, other]
        for role in range(1 << exact):
            if points[role] > lists.points[role, -1]:
                put(lists, role, points[role], other, stars.organisation[other])


@compiled
def companions(stars: Stars, lists: Lists, most: Real) -> None:
    """What those who help with nothing, and the size, add at most to so many helpers."""
    for helpers in range(len(most)):
        most[helpers] = -np.inf
        total, came = 0.0, 0
        for size in stars.sizes:
            while came < size - 1 - helpers and came < lists.length[0]:
                total += lists.points[0, came]
                came += 1
            if came == size - 1 - helpers:
                most[helpers] = max(most[helpers], total + stars.term[size] / size)


@compiled
def weighed(stars: Stars, lists: Lists, roles: Whole, pick: Whole, company: Whole) -> tuple[float, int]:
    """What a star is worth at most, and its size, if these of the lists help; fills in the company, the helpers first.

    Less than anything if two of them are from one organisation, or too few may come.
    """
    total, helpers = 0.0, 0
    one, two, three = -1, -1, -1
    while helpers < 3 and roles[helpers]:
        role, place = roles[helpers], pick[helpers]
        of = lists.organisation[role, place]
        if of in (one, two):
            return -np.inf, 1
        one, two, three = of, one, two
        company[helpers] = lists.who[role, place]
        total += lists.points[role, place]
        helpers += 1
    best, best_size = -np.inf, 1
    came, place = helpers, 0
    for size in stars.sizes:
        if size == 1 or size <= helpers:
            continue
        while came < size - 1 and place < lists.length[0]:
            of = lists.organisation[0, place]
            if of != one and of != two and of != three:
                company[came] = lists.who[0, place]
                total += lists.points[0, place]
                came += 1
            place += 1
        if came < size - 1:
            break
        worth = total + stars.term[size] / size
        if worth > best:
            best, best_size = worth, size
    return best, best_size


@compiled
def best_of(
    stars: Stars, lists: Lists, roles: Whole, least: float, most: Real, company: Whole, trial: Whole, pick: Whole
) -> tuple[float, int]:
    """The best star of those in which the problems fall to helpers like this, if it is worth more than `least`."""
    best, best_size, helpers, picks = least, 0, 0, 1
    for role in roles:
        if role:
            helpers += 1
            picks *= lists.length[role]
    for number in range(picks):
        left, could = number, most[helpers]
        for place in range(helpers):
            pick[place] = left % lists.length[roles[place]]
            left //= lists.length[roles[place]]
            could += lists.points[roles[place], pick[place]]
        if could > best:
            worth, size = weighed(stars, lists, roles, pick, trial)
            if worth > best:
                best, best_size = worth, size
                company[: size - 1] = trial[: size - 1]
    return best, best_size


@compiled
def look(
    stars: Stars, paid: Grains, near: Near, first: int, step: int, best: Real, size: Whole, company: Whole
) -> None:
    """The best star of each step-th person from the first, among those near: what it is worth, its size, its company.

    Whoever has no star is worth less than anything.
    """
    lists = Lists(
        np.empty((ROLES, company.shape[1])),
        np.zeros((ROLES, company.shape[1]), dtype=np.int64),
        np.zeros((ROLES, company.shape[1]), dtype=np.int64),
        np.zeros(ROLES, dtype=np.int64),
    )
    trial = np.zeros(company.shape[1], dtype=np.int64)
    pick = np.zeros(3, dtype=np.int64)
    most = np.empty(4)
    for person in range(first, len(best), step):
        best[person], size[person] = -np.inf, 1
        row = min(person, len(near.many) - 1)
        for slot in range(stars.free.shape[1]):
            if not stars.free[person, slot]:
                continue
            listed(stars, paid, person, slot, near.who[row], near.many[row], lists)
            companions(stars, lists, most)
            for way in range(MANY_WAYS[stars.exact[person]]):
                roles = WAYS[stars.exact[person], way]
                worth, people = best_of(stars, lists, roles, best[person], most, company[person], trial, pick)
                if people:
                    best[person], size[person] = worth, people
        best[person] += stars.rest[person]
        if stars.sizes[0] == 1 and stars.term[1] > best[person]:
            best[person], size[person] = stars.term[1], 1


@compiled
def settle(paid: Grains, among: Flags, size: Whole, company: Whole, step: float) -> None:
    """Whoever has somebody in their company pays them for it: what one pays, the other is paid."""
    for person in range(len(size)):
        if among[person]:
            for place in range(size[person] - 1):
                other = company[person, place]
                paid[person, other] -= np.float32(step)
                paid[other, person] = -paid[person, other]


@compiled
def nearest(stars: Stars, paid: Grains, first: int, step: int, near: Near) -> None:
    """Fills in who is near each step-th person from the first: half of them for what they are worth and paid alone,

    the others for that and all their help.
    """
    n, half = len(stars.allowed), near.who.shape[1] // 2
    bare, full = np.empty(n), np.empty(n)
    for person in range(first, n, step):
        for other in range(n):
            bare[other] = full[other] = -np.inf
            if stars.allowed[person, other]:
                bare[other] = np.float64(stars.half[person, other]) + np.float64(paid[person, other])
                full[other] = bare[other]
                for problem in range(stars.start[person], stars.start[person + 1]):
                    full[other] += max(0.0, np.float64(stars.help[problem, other]))
        least, least_full = np.partition(bare, n - half)[n - half], np.partition(full, n - half)[n - half]
        near.many[person] = 0
        for other in range(n):
            if (bare[other] > least or full[other] > least_full) and near.many[person] < near.who.shape[1]:
                near.who[person, near.many[person]] = other
                near.many[person] += 1
