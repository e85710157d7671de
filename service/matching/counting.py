"""What counting shows to be impossible: no solver is asked, and nothing is looked for but one set for each person."""

from collections.abc import Iterator, Sequence

import numpy as np

from service.matching.fits import Fit, may_sit_together
from service.matching.people import Whole

FEW = 2_000  # looks for one set that holds a person
LOOKS = 400_000  # the same for everybody, but for a few each
LEAST = 50


def ruled_out(fit: Fit, everyone: bool) -> bool:
    """Whether counting shows that there is no way."""
    if too_few(fit, everyone):
        return True
    if not everyone or not len(fit):
        return False
    return (fit.groups is None and too_many_apart(fit)) or not all(able(fit))


def too_few(fit: Fit, everyone: bool) -> bool:
    """Whether counting people and organisations shows that there is no way."""
    n = len(fit)
    from_each = np.unique(fit.organisation, return_counts=True)[1]
    if fit.groups is not None:
        lows, highs = zip(*fit.groups, strict=True) if fit.groups else ((0,), (0,))
        sets, needed = len(fit.groups), sum(lows)
        if max(lows) > int(np.minimum(from_each, fit.per_organisation).sum()) or (everyone and sum(highs) < n):
            return True
    else:
        sets, needed = n // min(fit.sizes, default=1), n if everyone else 0
        if everyone and most_placed(fit.sizes, n) < n:
            return True
    able = min(n, int(np.minimum(from_each, fit.per_organisation * sets).sum()))
    return bool(needed > able)


def most_placed(sizes: Sequence[int], people: int) -> int:
    """The most of so many people whom sets can hold, of any size between the least and the largest."""
    return min(people, people // min(sizes) * max(sizes)) if sizes else 0


def too_many_apart(fit: Fit) -> bool:
    """Whether more people are found of whom no two may meet than there can be sets.

    They are gathered around whoever may meet fewest, one after another by whom fewest may meet.
    """
    apart = ~fit.allowed
    order = np.argsort(-apart.sum(axis=1), kind="stable")
    left, found = order, 0
    while len(left):
        found += 1
        left = left[1:][apart[left[0], left[1:]]]
    return found > len(fit) // min(fit.sizes)


def able(fit: Fit) -> Iterator[bool]:
    """Whether each person is in any set of the least size: given up as yes where that takes many looks."""
    looks = min(FEW, max(LEAST, LOOKS // max(1, len(fit))))
    return (in_some_set(fit, person, min(fit.sizes), looks) for person in range(len(fit)))


def in_some_set(fit: Fit, person: int, size: int, looks: int = 20_000) -> bool:
    """Whether the person is in any set of this size that satisfies the rules (depth first, given up as yes)."""
    left = looks

    def grow(members: tuple[int, ...], candidates: Whole) -> bool:
        nonlocal left
        if len(members) == size:
            return True
        for place in range(len(candidates) - (size - len(members)) + 1):
            left -= 1
            if left < 0:
                return True
            other = int(candidates[place])
            near = candidates[place + 1 :]
            near = near[fit.allowed[other, near]]
            if len(members) + 1 + len(near) < size or not may_sit_together(fit, (*members, other)):
                continue
            if grow((*members, other), near):
                return True
        return False

    return grow((person,), np.flatnonzero(fit.allowed[person]))
