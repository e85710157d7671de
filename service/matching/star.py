"""The weak bound that is always at hand: everybody in the best company there is."""

from collections.abc import Sequence

import numpy as np

from service.matching.fits import Fit
from service.matching.master import Set
from service.matching.wishes import Worth

SIZABLE = 24  # people up to which sets are built from their parts; larger ones are only annealed, with this bound


def star(fit: Fit, worth: Worth, sets: Sequence[Set]) -> float:
    """What as many people can be worth at most if each had the best company: weak, and always true."""
    with np.errstate(invalid="ignore"):
        company = np.sort(np.where(fit.allowed, worth.together, -np.inf), axis=1)[:, ::-1]
    company = np.where(np.isfinite(company), company, 0.0)
    best = np.array(
        [
            sum(max(0.0, float(worth.help[fit.allowed[person], problem].max(initial=0.0))) for problem in problems)
            for person, problems in enumerate(worth.of)
        ]
    )
    sizes = fit.sizes
    each = np.max([best + company[:, : size - 1].sum(axis=1) / 2 + worth.size(size) / size for size in sizes], axis=0)
    return float(np.sort(each)[::-1][: sum(map(len, sets))].sum())
