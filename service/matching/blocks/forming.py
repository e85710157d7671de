"""The sets of a large round as people may read them, a few at a time."""

import math
from collections.abc import Sequence

from service.matching.answer import FormedSet, formed, tidy
from service.matching.blocks.gathering import Gathering, among
from service.matching.fairness import floor
from service.matching.master import Set
from service.matching.people import read_people
from service.matching.wishes import read_worth

AT_ONCE = 30  # sets


def worded(whole: Gathering, groups: Sequence[Set]) -> tuple[tuple[FormedSet, ...], float | None]:
    """Every set with its slots, terms and reasons; and what whoever is helped least gets, None if nobody needs help."""
    sets: list[FormedSet] = []
    least = math.inf
    for start in range(0, len(groups), AT_ONCE):
        some = groups[start : start + AT_ONCE]
        part = among(whole, [member for members in some for member in members])
        people = read_people(part)
        worth = read_worth(part, people, whole.speech)
        ids = [whole.question.people[member].id for members in some for member in members]
        at = {
            member: people.index[id] for member, id in zip((m for members in some for m in members), ids, strict=True)
        }
        here = [tuple(sorted(at[member] for member in members)) for members in some]
        sets += [formed(part, people, worth, members) for members in here]
        least = min(least, floor(worth, here))
    return tuple(sets), tidy(least) if math.isfinite(least) else None
