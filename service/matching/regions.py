"""A better answer region by region: the people of some sets by themselves, priced exactly, and a dive for them anew.

Where a region's program is worth no more than its sets are, the region is done with: nothing in it can be better.
"""

from collections.abc import Callable, Sequence

import numpy as np

from service.matching.chains import Chains
from service.matching.dive import dive
from service.matching.duals import Program, generate
from service.matching.master import Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.people import Whole

PEOPLE = 130  # of a region, about
ROUNDS = 12  # of pricing it
REST = 40  # whoever the dive leaves is seated by an exact look, if no more than so many


def improve_regions(
    answer: Neighbourhoods, chains: Chains, may_look: float, stop: Callable[[], bool]
) -> dict[Set, float]:
    """Regions are taken where there is most to gain, until `may_look` looks are spent; the answer only gets better.

    The sets met on the way, with their value.
    """
    met: dict[Set, float] = {}
    while may_look > 0.0 and answer.groups and not stop():
        chosen = answer.near(min(PEOPLE, 2 * len(answer.fit) // 3), answer.out)
        people = np.array(sorted({*answer.out, *(person for group in chosen for person in group)}), dtype=np.int64)
        region = chains.among(people)
        region.may_look = may_look
        better = dived(answer, region, people, chosen, stop, met)
        may_look -= region.looked + len(people) ** 2
        if better is not None:
            answer.put(better, chosen)
    return met


def dived(
    answer: Neighbourhoods,
    region: Chains,
    people: Whole,
    now: Sequence[Set],
    stop: Callable[[], bool],
    met: dict[Set, float],
) -> list[Set] | None:
    """Better sets for the people of a region than those they are in now, None if none were found.

    `met` gains the sets of the region's program.
    """
    place = {person: at for at, person in enumerate(people.tolist())}
    program = Program(len(people), len(people))
    program.begin((tuple(place[person] for person in group), answer.values[group]) for group in now)
    generate(region, program, ROUNDS, stop)
    worth, cost = program.costs()
    if worth <= sum(answer.values[group] for group in now) + 1e-6:
        return None
    found = [tuple(people[list(members)].tolist()) for members in dive(region, program, cost, stop)]
    met.update((tuple(people[list(members)].tolist()), points) for members, points in program.pool.items())
    seated = {person for group in found for person in group}
    rest = [person for person in people.tolist() if person not in seated]
    if rest and len(rest) <= REST:
        found += answer.best_among(rest, ()) or []
    return found if answer.better(found, now) else None
