"""The floor before the sum: what the person who is helped least with their own problems gets, raised as far as found.

Only asked for by `fair`. Whoever brings no problem has none to be helped with, and is no part of the floor. Placing
and waiting come first: the same people stay placed, or as many who waited as long.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from service.matching.clashes import every_set
from service.matching.fits import Fit
from service.matching.master import Master, Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.pairs import best_pairs, gets_in_pairs, matching, served_in_pairs, serving, with_trio
from service.matching.people import Whole
from service.matching.wishes import Worth, served, value

FREED = (16, 20, 24)  # people freed at once to raise the floor
TRIES = 12  # neighbourhoods of the worst served for each second paid for
AFTER = 20  # the same for the sum, once the floor stands
EVEN = 1e-9  # points
LISTED, SURE = 6_000, 2.0  # sets listed, and deterministic seconds spent, to prove that no floor is higher


def floor(worth: Worth, sets: Sequence[Set]) -> float:
    """What the worst served of all gets."""
    return min((served(worth, members) for members in sets), default=float("inf"))


def raised_from_all(
    fit: Fit, worth: Worth, waited: Whole, sets: Sequence[Set], known: Sequence[Set], seconds: float, seed: int
) -> list[Set]:
    """The choice from all feasible sets with the highest floor, and of those the most value: by halving, within so many
    deterministic seconds in all."""
    floors = np.array([served(worth, members) for members in sets])
    levels = np.unique(floors[np.isfinite(floors) & (floors > floor(worth, known))])
    best, low, high = list(known), 0, len(levels)
    each = seconds / max(1, high.bit_length())
    while low < high:
        middle = (low + high) // 2
        rows = np.flatnonzero(floors >= levels[middle]).tolist()
        some = [sets[row] for row in rows]
        master = Master(fit, some, [value(worth, members) for members in some], range(len(fit)))
        chosen = master.best(waited.tolist(), each, seed)
        found = None if chosen is None or not chosen.possible else [some[place] for place in chosen.sets]
        if found is not None and standing(waited, found) >= standing(waited, known):
            best, low = found, int(np.searchsorted(levels, floor(worth, found), side="right"))
        else:
            high = middle
    return best


def raised_pairs(fit: Fit, worth: Worth, waited: Whole, known: Sequence[Set]) -> list[Set]:
    """The same for pairs, by matching: exactly, but that with a trio it is not shown that no floor is higher."""
    # Of three, each is helped by either of the others: any figure may be the floor then.
    gets = gets_in_pairs(worth) if fit.one_trio else served_in_pairs(worth)
    levels = np.unique(gets[fit.allowed & (gets > floor(worth, known)) & np.isfinite(gets)])
    best, low, high = list(known), 0, len(levels)
    while low < high:
        middle = (low + high) // 2
        found = seated(fit, worth, waited, float(levels[middle]))
        if standing(waited, found) >= standing(waited, known):
            best, low = found, max(middle + 1, int(np.searchsorted(levels, floor(worth, found), side="right")))
        else:
            high = middle
    if low == 0:
        return best
    dearest, _, _ = best_pairs(fit, worth, waited, float(levels[low - 1]))
    return max(
        best, dearest, key=lambda sets: (*standing(waited, sets), math.fsum(value(worth, each) for each in sets))
    )


def seated(fit: Fit, worth: Worth, waited: Whole, least: float) -> list[Set]:
    """As many in pairs, and one trio, as was found, everybody helped at least so much; whatever else they are worth."""
    n = len(fit)
    pairs = matching(serving(fit, worth, least), np.zeros((n, n)), waited)
    out = sorted(set(range(n)) - {person for pair in pairs for person in pair})
    return with_trio(fit, worth, waited, pairs, out, 0.0, least)[0] if fit.one_trio and out else pairs


def is_highest(fit: Fit, worth: Worth, waited: Whole, sets: Sequence[Set], seconds: float) -> bool:
    """Whether it is proven that no answer that places as many, who waited as long, has a higher floor.

    An answer in which nobody brings a problem has no floor: it is neither fairer than others nor less fair.
    """
    now = floor(worth, sets) + EVEN
    if not np.isfinite(now):
        return True
    if fit.sizes == (2,) and fit.groups is None:
        return standing(waited, seated(fit, worth, waited, now)) < standing(waited, sets)
    listed = every_set(fit, worth, LISTED)
    if listed is None:
        return False
    above = [members for members in listed if served(worth, members) > now]
    helped = [place for place, members in enumerate(above) if np.isfinite(served(worth, members))]
    if not helped:
        return True
    master = Master(fit, above, [0.0] * len(above), range(len(fit)))
    master.model.add_bool_or([master.taken[place] for place in helped])
    chosen = master.best(waited.tolist(), min(SURE, seconds), 0)
    if chosen is None or not chosen.proven:
        return False
    return not chosen.possible or standing(waited, [above[place] for place in chosen.sets]) < standing(waited, sets)


def raise_nearby(answer: Neighbourhoods, seconds: float, stop: Callable[[], bool]) -> None:
    """Puts the worst served and their neighbours into better sets while that is found; then the sum, floor held.

    Fewer who get no more than the floor are worth trying for, and worth nothing if it does not rise in the end.
    """

    def figures() -> tuple[float, float]:
        return floor(answer.worth, answer.groups), answer.worth_now()

    tries = max(TRIES, int(TRIES * seconds))
    best, reached = answer.groups, figures()
    for freed in FREED:
        left = tries
        while left and not stop() and answer.groups:
            worst = min(answer.groups, key=lambda group: (served(answer.worth, group), group))
            answer.floor = served(answer.worth, worst)
            if not np.isfinite(answer.floor):
                break
            left = tries if answer.once(freed, worst) else left - 1
            best, reached = max((best, reached), (answer.groups, figures()), key=lambda each: each[1])
    answer.put(best, answer.groups)
    if np.isfinite(reached[0]):
        answer.floor = reached[0] - EVEN
        answer.pool = []
        answer.improve(int(AFTER * seconds), 24, stop)


def standing(waited: Whole, sets: Sequence[Set]) -> tuple[int, int]:
    """The aims that come before the floor: placed, rounds waited by the placed."""
    inside = [person for members in sets for person in members]
    return len(inside), int(waited[inside].sum()) if inside else 0
