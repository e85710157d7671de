"""Rivals that shuffle: swaps and moves, taken when they help, or now and then when they do not; compiled like ours."""

import time

import numpy as np

from service.matching.annealing import annealed
from service.matching.fits import Fit
from service.matching.start import groups_of
from service.matching.tables import read_table
from service.matching.wishes import Worth

Groups = list[list[int]]
TRIAL = 100_000  # steps by which the speed is first measured, and then by a tenth of the time


def shuffled(fit: Fit, worth: Worth, seed: int, seconds: float, warm: float, cool: float) -> Groups:
    """The best sets met in as many seconds of work while the temperature falls from warm to cool, in points.

    How many steps that is, is measured first, so that the temperature has fallen when the time is up. Whoever is out
    costs more than any set could gain, and so does whoever sits in a set too small.
    """
    table = read_table(fit, worth)
    sizes = np.array(groups_of(len(fit), fit.sizes, worth.size), dtype=np.int64)
    dear = 20.0 * float(np.abs(table.pair[table.allowed]).max(initial=1.0))
    below = table.size.copy()
    below[1 : min(fit.sizes)] -= dear * np.arange(min(fit.sizes) - 1, 0, -1)
    table = table._replace(size=below)
    bounds = np.zeros(len(sizes), dtype=np.int64), np.full(len(sizes), max(fit.sizes))
    missing = np.full(len(fit), dear)

    def run(steps: int) -> list[tuple[int, ...]]:
        return annealed(table, sizes, bounds, missing, steps, (warm, cool), seed, remember=0).groups

    def pace(steps: int) -> float:
        started = time.process_time()
        run(steps)
        return (time.process_time() - started) / steps

    run(1)
    each = pace(max(TRIAL, int(seconds / 10 / pace(TRIAL))))  # few steps are dearer: more of them are taken
    return [list(group) for group in run(max(TRIAL, int(seconds / each))) if len(group) in fit.sizes]


def by_neighbours(fit: Fit, worth: Worth, seed: int, seconds: float) -> tuple[Groups, None]:
    """Two people change places, or one moves over, whenever that is no worse."""
    return shuffled(fit, worth, seed, seconds, 1e-6, 1e-6), None


def by_annealing(fit: Fit, worth: Worth, seed: int, seconds: float) -> tuple[Groups, None]:
    """The same, and worse for a while with a chance that falls (Kirkpatrick et al. 1983); 20 to 2 points did best."""
    return shuffled(fit, worth, seed, seconds, 20.0, 2.0), None
