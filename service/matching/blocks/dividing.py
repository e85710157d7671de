"""How a large round is divided: sets of people in a line by slot and theme, cut into blocks, each time elsewhere."""

from collections.abc import Sequence
from typing import NamedTuple

from service.matching.blocks.gathering import Gathering


class Unit(NamedTuple):
    """People who stay together when the round is divided: a set, or somebody who is in none."""

    members: tuple[int, ...]
    slots: tuple[str, ...]  # that all of them share; none where all are always free
    themes: tuple[str, ...]  # that any of them asks for or offers


def unit(whole: Gathering, members: Sequence[int]) -> Unit:
    """These people, with the slots they share and the themes they name."""
    people = [whole.question.people[member] for member in sorted(members)]
    named = [set(person.slots) for person in people if person.slots]
    themes = {topic for person in people for problem in person.problems for topic in problem.topics}
    themes.update(topic for person in people if person.offers for topic in person.offers.topics)
    return Unit(
        tuple(sorted(members)),
        tuple(sorted(set.intersection(*named))) if named else (),
        tuple(sorted(themes)),
    )


def divided(units: Sequence[Unit], most: int, turn: int) -> list[list[Unit]]:
    """Blocks of at most about `most` people that hold every unit once.

    The first division lines the units up by slot, then theme; the next by theme, then slot; the third and fourth do so
    again with every border where the middle of a block was. The fifth is like the first, and so on.
    """
    units = sorted(units)
    slots, themes = dealt(units, [each.slots for each in units]), dealt(units, [each.themes for each in units])
    keys = (slots, themes) if turn % 2 == 0 else (themes, slots)
    line = sorted(range(len(units)), key=lambda at: (keys[0][at], keys[1][at], units[at].members))
    return cut([units[at] for at in line], most, (turn // 2) % 2 == 1)


def dealt(units: Sequence[Unit], choices: Sequence[Sequence[str]]) -> list[str]:
    """Each unit takes of its own choices the one fewest people have taken; those with least choice go first."""
    load = dict.fromkeys(sorted({choice for mine in choices for choice in mine}), 0)
    taken = [""] * len(units)
    for at in sorted(range(len(units)), key=lambda at: (len(choices[at]) or len(load), units[at].members)):
        if load:
            taken[at] = min(choices[at] or load, key=lambda choice: (load[choice], choice))
            load[taken[at]] += len(units[at].members)
    return taken


def cut(line: Sequence[Unit], most: int, shifted: bool) -> list[list[Unit]]:
    """The line, its ends joined, in blocks of nearly equal size; shifted by half a block if asked."""
    people = sum(len(each.members) for each in line)
    count = max(1, -(-people // most))
    blocks: list[list[Unit]] = [[] for _ in range(count)]
    before = 0
    for each in line:
        middle = before + len(each.members) / 2 + (people / count / 2 if shifted else 0)
        blocks[int(middle * count / max(1, people)) % count].append(each)
        before += len(each.members)
    return [block for block in blocks if block]
