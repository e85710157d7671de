"""From the fractional answer to a whole one: take the sets it is surest of, price again for whoever is left, repeat."""

from collections.abc import Callable, Mapping
from random import Random

from service.matching.chains import Chains
from service.matching.duals import Program, generate
from service.matching.fits import Fit
from service.matching.master import Set
from service.matching.parts import fit_of, worth_of
from service.matching.wishes import Worth

LAST = 36  # this few people are left to one exact look at all their sets
SURE = 0.8  # sets the fractional answer takes at least this much of are all taken at once


def dive(
    fit: Fit, worth: Worth, pool: Mapping[Set, float], chance: Random, rounds: int, stop: Callable[[], bool]
) -> list[Set]:
    """Disjoint sets for all but the last few people."""
    left = list(range(len(fit)))
    taken: list[Set] = []
    while len(left) > LAST and not stop():
        chosen = surest(fit, worth, pool, left, chance, rounds, stop)
        if not chosen:
            break
        taken.extend(chosen)
        gone = {person for members in chosen for person in members}
        left = [person for person in left if person not in gone]
    return sorted(taken)


def surest(
    fit: Fit,
    worth: Worth,
    pool: Mapping[Set, float],
    left: list[int],
    chance: Random,
    rounds: int,
    stop: Callable[[], bool],
) -> list[Set]:
    """The sets to take next among the people left: disjoint, at least one if there is any."""
    place = {person: at for at, person in enumerate(left)}
    inside = [(members, points) for members, points in pool.items() if all(person in place for person in members)]
    program = Program(len(left), len(left))
    program.begin((tuple(place[person] for person in members), points) for members, points in inside)
    chains = Chains(fit_of(fit, left), worth_of(worth, left))
    generate(chains, program, rounds if len(left) < len(fit) else 0, stop, widest=250, most=0)
    program.costs()
    shares = sorted(program.shares().items(), key=lambda share: (-share[1] - 0.1 * chance.random(), share[0]))
    chosen: list[Set] = []
    for members, share in shares:
        if chosen and share < SURE:
            break
        if not any(person in taken for taken in chosen for person in members):
            chosen.append(members)
    return [tuple(left[person] for person in members) for members in chosen]
