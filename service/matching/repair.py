"""Somebody declined: the smallest mend of their set, and of no other."""

from collections.abc import Sequence

import msgspec
import numpy as np

from service.matching.fits import may_sit_together, read_fit
from service.matching.people import read_people
from service.matching.question import Question
from service.matching.wishes import read_worth, value


class Repair(msgspec.Struct, frozen=True):
    """Who is in the set now, or None if it lapses, and who joined it."""

    members: tuple[str, ...] | None
    joined: str | None = None


def repair(
    question: Question, sets: Sequence[Sequence[str]], set_index: int, gone: str, spare: Sequence[str]
) -> Repair:
    """The rest as it is, or with the best fitting spare person, whichever is worth more; nobody else moves.

    Somebody joins whenever the rest alone is no set any more, or is worth less alone than with them.
    """
    people = read_people(question)
    fit, worth = read_fit(question, people), read_worth(question, people)
    rest = sorted(people.index[id] for id in sets[set_index] if id != gone and id in people.index)
    sizes = [len(each) for place, each in enumerate(sets) if place != set_index]
    seated = {id for each in sets for id in each}
    free = sorted(people.index[id] for id in set(spare) - {gone} - seated if id in people.index)

    def stands(size: int) -> bool:
        if fit.groups is not None:
            return any(low <= size <= high for low, high in fit.groups)
        return size in fit.sizes and not (fit.one_trio and size == 3 and 3 in sizes)

    ways: list[tuple[float, int, int | None]] = []
    if stands(len(rest)) and may_sit_together(fit, rest):
        ways.append((value(worth, rest), 1, None))
    if stands(len(rest) + 1) and rest:
        may = np.flatnonzero(fit.allowed[rest].all(axis=0)).tolist()
        ways += [
            (value(worth, sorted([*rest, other])), 0, other)
            for other in free
            if other in may and may_sit_together(fit, [*rest, other])
        ]
    if not ways:
        return Repair(None)
    _, _, other = max(ways, key=lambda way: (way[0], way[1], -(way[2] if way[2] is not None else -1)))
    members = tuple(people.ids[member] for member in sorted([*rest, *([] if other is None else [other])]))
    return Repair(members, None if other is None else people.ids[other])
