"""The floor before the sum: what the person who is helped least with their own problems gets, raised as far as found.

Only asked for by `fair`. Whoever brings no problem has none to be helped with, and is no part of the floor. Placing
and waiting come first: the same people stay placed, or as many who waited as long.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from service.matching.clashes import every_set
from service.matching.fits import Fit
from service.matching.master import Master, Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.pairs import best_pairs
from service.matching.people import Whole
from service.matching.wishes import Worth, best_helper, value

FREED = (16, 20, 24)  # people freed at once to raise the floor
TRIES = 12  # neighbourhoods of the worst served for each second paid for
AFTER = 20  # the same for the sum, once the floor stands
LISTED, SURE = 6_000, 2.0  # sets listed, and deterministic seconds spent, to prove that no floor is higher


def served(worth: Worth, members: Sequence[int]) -> float:
    """What the worst served of a set gets: the best help with each of their problems, summed."""
    return min(
        (
            sum(best_helper(worth, members, problem)[1] for problem in worth.of[member])
            for member in members
            if worth.of[member]
        ),
        default=float("inf"),
    )


def floor(worth: Worth, sets: Sequence[Set]) -> float:
    """What the worst served of all gets."""
    return min((served(worth, members) for members in sets), default=float("inf"))


def raised_from_all(
    fit: Fit, worth: Worth, waited: Whole, sets: Sequence[Set], known: Sequence[Set], seconds: float, seed: int
) -> list[Set]:
    """The choice from all feasible sets with the highest floor, and of those the most value: by halving."""
    floors = np.array([served(worth, members) for members in sets])
    levels = np.unique(floors[np.isfinite(floors) & (floors > floor(worth, known))])
    best, low, high = list(known), 0, len(levels)
    while low < high:
        middle = (low + high) // 2
        rows = np.flatnonzero(floors >= levels[middle]).tolist()
        some = [sets[row] for row in rows]
        master = Master(fit, some, [value(worth, members) for members in some], range(len(fit)))
        chosen = master.best(waited.tolist(), seconds, seed)
        found = None if chosen is None or not chosen.possible else [some[place] for place in chosen.sets]
        if found is not None and standing(waited, found) >= standing(waited, known):
            best, low = found, int(np.searchsorted(levels, floor(worth, found), side="right"))
        else:
            high = middle
    return best


def raised_pairs(fit: Fit, worth: Worth, waited: Whole, known: Sequence[Set]) -> list[Set]:
    """The same for pairs, by matching."""
    n = len(fit)
    gets = np.zeros((n, n))  # what the second gets from the first
    for person, problems in enumerate(worth.of):
        gets[:, person] = worth.help[:, list(problems)].sum(axis=1) if problems else np.inf
    floors = np.minimum(gets, gets.T)
    levels = np.unique(floors[fit.allowed & (floors > floor(worth, known)) & np.isfinite(floors)])
    best, low, high = list(known), 0, len(levels)
    while low < high:
        middle = (low + high) // 2
        found, _, _ = best_pairs(replace(fit, allowed=fit.allowed & (floors >= levels[middle])), worth, waited)
        if standing(waited, found) >= standing(waited, known):
            best, low = found, max(middle + 1, int(np.searchsorted(levels, floor(worth, found), side="right")))
        else:
            high = middle
    return best


def is_highest(fit: Fit, worth: Worth, waited: Whole, sets: Sequence[Set]) -> bool:
    """Whether it is proven that no answer that places as many, who waited as long, has a higher floor."""
    if not np.isfinite(floor(worth, sets)):
        return True
    if fit.sizes == (2,) and fit.groups is None:
        return floor(worth, raised_pairs(fit, worth, waited, sets)) <= floor(worth, sets)
    listed = every_set(fit, worth, LISTED)
    if listed is None:
        return False
    above = [members for members in listed if served(worth, members) > floor(worth, sets)]
    if not above:
        return True
    chosen = Master(fit, above, [0.0] * len(above), range(len(fit))).best(waited.tolist(), SURE, 0)
    if chosen is None or not chosen.proven:
        return False
    return not chosen.possible or standing(waited, [above[place] for place in chosen.sets]) < standing(waited, sets)


def raise_nearby(answer: Neighbourhoods, seconds: float, stop: Callable[[], bool]) -> None:
    """Puts the worst served and their neighbours into better sets while that is found; then the sum, floor held."""
    tries = max(TRIES, int(TRIES * seconds))
    for freed in FREED:
        left = tries
        while left and not stop() and answer.groups:
            worst = min(answer.groups, key=lambda group: (served(answer.worth, group), group))
            answer.floor = served(answer.worth, worst)
            if not np.isfinite(answer.floor):
                return
            left = tries if answer.once(freed, worst) else left - 1
    answer.floor = floor(answer.worth, answer.groups) - 1e-9
    answer.pool = []
    answer.improve(int(AFTER * seconds), 24, stop)


def standing(waited: Whole, sets: Sequence[Set]) -> tuple[int, int]:
    """The aims that come before the floor: placed, rounds waited by the placed."""
    inside = [person for members in sets for person in members]
    return len(inside), int(waited[inside].sum()) if inside else 0
