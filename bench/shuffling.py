"""Rivals that shuffle: swaps and moves from a greedy start, taken when they help, or now and then when they do not."""

import random
import time

from service.matching.fits import Fit
from service.matching.start import Annealing, Board, greedy
from service.matching.wishes import Worth

Groups = list[list[int]]


def shuffled(fit: Fit, worth: Worth, seed: int, seconds: float, warm: float = 1e-6, cool: float = 1e-6) -> Groups:
    """The best sets met in the time given, while the temperature falls from warm to cool, in points.

    How many steps fit in the time is measured first, so that the temperature has fallen when the time is up.
    """
    board, chance = Board(fit, worth), random.Random(seed)
    annealing = Annealing(board, greedy(board, range(board.n), chance), range(board.n), chance)
    started = time.monotonic()
    annealing.run(5_000, warm, warm, lambda: False)
    each = (time.monotonic() - started) / 5_000
    left = seconds - (time.monotonic() - started)
    annealing.run(max(1, int(left / each)), warm, cool, lambda: time.monotonic() - started > 1.2 * seconds)
    return [sorted(group) for group in annealing.groups]


def by_neighbours(fit: Fit, worth: Worth, seed: int, seconds: float) -> tuple[Groups, None]:
    """Two neighbours change places, or one moves over, whenever that is no worse."""
    return shuffled(fit, worth, seed, seconds), None


def by_annealing(fit: Fit, worth: Worth, seed: int, seconds: float) -> tuple[Groups, None]:
    """The same, and worse for a while with a chance that falls (Kirkpatrick et al. 1983); 40 to 1 points did best."""
    return shuffled(fit, worth, seed, seconds, 40.0, 1.0), None
