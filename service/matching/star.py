"""The bound that is always at hand: everybody in the best company there is, where having somebody is paid for.

Whatever people pay each other for keeping them company cancels out within every set. So a set is worth what its
members' stars are worth, payments included, and as many people as were placed are worth no more than the dearest of
everybody's best stars. The payments are made by turns (Held & Karp 1971): whoever has somebody in their best company
who has not got them in theirs pays them a little more for it, in ever smaller steps. Any payments prove a bound.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from service.matching.chains import CORES
from service.matching.fits import Fit
from service.matching.people import Flags, Masks, Real, Whole
from service.matching.stars import Grains, Near, Stars, look, nearest, settle
from service.matching.wishes import Worth

SIZABLE = 24  # people up to which sets are built from their parts; larger ones are only annealed, with this bound
TURNS = 300  # in which people pay, at most
CELLS = 3_000_000  # pairs of people looked at for each second paid for
FIRST, LAST = 0.015, 0.0002  # of what a star is worth: what is paid at first, and in the end
NEAR = 256  # people whose stars are looked for among those who were near,
AGAIN = 15  # until everybody is looked at again
SLICE = 500  # rows rounded at once
SLOTS = 128  # more of them are not told apart
EXACT = ((6, 3), (12, 2), (SIZABLE, 1))  # up to so many people in a set, problems whose helpers are chosen exactly


def star(fit: Fit, worth: Worth, sets: Sequence[Sequence[int]], seconds: float, stop: Callable[[], bool]) -> float:
    """What as many people as are in these sets can be worth at most; `seconds` buys work that makes it lower."""
    return lowest(read_stars(fit, worth), sum(map(len, sets)), seconds, stop)


def read_stars(fit: Fit, worth: Worth) -> Stars:
    """What the stars of a round are made of."""
    help = rounded_up(worth.help.T)
    return stars_of(fit, help, rounded_up(worth.together, 0.5), [len(problems) for problems in worth.of], worth.size)


def stars_of(fit: Fit, help: Grains, half: Grains, problems: Sequence[int], size: Callable[[int], float]) -> Stars:
    """The same, from what is rounded up already."""
    most = max(fit.sizes)
    exactly = next((count for people, count in EXACT if most <= people), 0)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.array(problems, dtype=np.int64))])
    rest = np.zeros(len(fit))
    for person in range(len(fit)):
        for problem in range(start[person] + exactly, start[person + 1]):
            rest[person] += float(help[problem, fit.allowed[person]].max(initial=-np.inf))
    return Stars(
        allowed=fit.allowed,
        free=free_at(fit.slots, fit.common),
        organisation=np.arange(len(fit)) if fit.counts_organisations else fit.organisation,
        half=half,
        help=help,
        start=start,
        exact=np.minimum(np.diff(start), exactly),
        rest=rest,
        sizes=np.array(fit.sizes, dtype=np.int64),
        term=np.array([size(people) for people in range(most + 1)]),
    )


def rounded_up(points: Real, part: float = 1.0) -> Grains:
    """The same, or so much of each, as 32-bit figures that are no less."""
    found = np.empty(points.shape, dtype=np.float32)
    for first in range(0, len(points), SLICE):
        exact = points[first : first + SLICE] * part
        near = exact.astype(np.float32)
        found[first : first + SLICE] = np.where(near < exact, np.nextafter(near, np.float32(np.inf)), near)
    return found


def free_at(slots: Masks, common: int) -> Flags:
    """(n, slots) who is free when, where it matters: one slot that suits everybody stands for any."""
    whole = np.ones((len(slots), 1), dtype=np.bool_)
    if not common:
        return whole
    free = np.unpackbits(slots.view(np.uint8), axis=1).astype(np.bool_)
    kinds = np.unique(free[:, free.any(axis=0)], axis=1)
    return np.ascontiguousarray(kinds) if 0 < kinds.shape[1] <= SLOTS else whole


def lowest(stars: Stars, placed: int, seconds: float, stop: Callable[[], bool]) -> float:
    """What so many people can be worth at most, by the best payments found."""
    n = len(stars.allowed)
    everybody = Near(np.arange(n)[None, :], np.array([n]))
    sparing = n > 2 * NEAR
    turns = int(min(TURNS, CELLS * seconds / (n * (n / AGAIN + NEAR if sparing else n))))
    paid = np.zeros((n, n), dtype=np.float32)
    near, least, unit = everybody, np.inf, 0.0
    for turn in range(turns + 1):
        if turn and stop():
            break
        again = turn in (0, turns) or not sparing or turn % AGAIN == 0
        best, size, company = looked(stars, paid, everybody if again else near)
        dearest = np.argsort(-best, kind="stable")[:placed]
        if again:  # else those who are not near were passed over
            least = min(least, float(best[dearest].sum()))
        if again and sparing:
            near = drawn_near(stars, paid)
        unit = unit or float(np.abs(best[np.isfinite(best)]).mean())
        among = np.zeros(n, dtype=np.bool_)
        among[dearest] = True
        settle(paid, among, size, company, unit * FIRST * (LAST / FIRST) ** (turn / max(1, turns)))
    return least


def looked(stars: Stars, paid: Grains, near: Near) -> tuple[Real, Whole, Whole]:
    """Everybody's best star among those near: what it is worth, its size, its company."""
    n = len(stars.allowed)
    best, size = np.empty(n), np.ones(n, dtype=np.int64)
    company = np.zeros((n, max(1, int(stars.sizes[-1]) - 1)), dtype=np.int64)
    with ThreadPoolExecutor(CORES) as threads:
        list(threads.map(lambda first: look(stars, paid, near, first, CORES, best, size, company), range(CORES)))
    return best, size, company


def drawn_near(stars: Stars, paid: Grains) -> Near:
    """The people of whom each person's best star will consist before long."""
    n = len(stars.allowed)
    near = Near(np.empty((n, NEAR), dtype=np.int64), np.empty(n, dtype=np.int64))
    with ThreadPoolExecutor(CORES) as threads:
        list(threads.map(lambda first: nearest(stars, paid, first, CORES, near), range(CORES)))
    return near
