"""A few of the people by themselves: the same rules and wishes, numbered anew."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from service.matching.fits import Fit
from service.matching.wishes import Worth


def fit_of(fit: Fit, people: Sequence[int]) -> Fit:
    """The rules among these people, numbered in their order; how many groups there are is not asked of a part."""
    at = np.array(people, dtype=np.int64)
    return replace(
        fit,
        allowed=fit.allowed[np.ix_(at, at)],
        slots=fit.slots[at],
        organisation=fit.organisation[at],
        sizes=tuple(size for size in fit.sizes if size <= len(people)),
        groups=None,
    )


def worth_of(worth: Worth, people: Sequence[int]) -> Worth:
    """The worth of these people to each other, numbered in their order."""
    at = np.array(people, dtype=np.int64)
    problems = [problem for person in people for problem in worth.of[person]]
    of, start = [], 0
    for person in people:
        of.append(tuple(range(start, start + len(worth.of[person]))))
        start += len(worth.of[person])
    place = {person: number for number, person in enumerate(people)}
    return Worth(
        help=worth.help[np.ix_(at, np.array(problems, dtype=np.int64))],
        owner=np.array([place[int(worth.owner[problem])] for problem in problems], dtype=np.int64),
        of=tuple(of),
        together=worth.together[np.ix_(at, at)],
        target=worth.target,
        penalty=worth.penalty,
    )
