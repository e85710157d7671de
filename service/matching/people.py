"""The people of a round as arrays, in the order of their ids: what the rules and wishes read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.matching.question import Question

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Masks = NDArray[np.uint64]

ALWAYS = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@dataclass(frozen=True, eq=False)
class People:
    """n people; pairwise arrays are (n, n), symmetric and False on the diagonal unless said otherwise."""

    ids: tuple[str, ...]
    index: dict[str, int]
    organisation: Whole  # (n,) a number per organisation; people without one have a number of their own
    profession: Whole  # (n,) -1 where unknown
    region: Whole  # (n,) -1 where unknown
    slots: Masks  # (n, words) one bit a slot; all ones for people who are always free
    slot_names: tuple[str, ...]
    waited: Whole  # (n,) rounds
    avoiding: Flags
    same_line: Flags
    met_within: Flags  # met within the cooldown
    ever_met: Flags
    owner: Whole  # (problems,) who brings each problem, ascending
    problems: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


def read_people(question: Question) -> People:
    """The question's people as arrays."""
    ids = tuple(person.id for person in question.people)
    index = {id: place for place, id in enumerate(ids)}
    recent, ever = meetings(question, index)
    brought = [(place, problem.id) for place, person in enumerate(question.people) for problem in person.problems]
    names = sorted({slot for person in question.people for slot in person.slots})
    return People(
        ids=ids,
        index=index,
        organisation=numbered([person.organisation for person in question.people], unknown_alone=True),
        profession=numbered([person.profession for person in question.people]),
        region=numbered([person.region for person in question.people]),
        slots=slot_masks([person.slots for person in question.people], names),
        slot_names=tuple(names),
        waited=np.array([person.waited_rounds for person in question.people], dtype=np.int64),
        avoiding=pairs(len(ids), [(index[one], index[other]) for one, other in question.avoid]),
        same_line=on_one_line([index.get(person.reports_to or "", -1) for person in question.people]),
        met_within=recent,
        ever_met=ever,
        owner=np.array([place for place, _ in brought], dtype=np.int64),
        problems=tuple(problem for _, problem in brought),
    )


def numbered(names: Sequence[str | None], unknown_alone: bool = False) -> Whole:
    """A number for each name; -1, or a number nobody else has, for None."""
    order = {name: place for place, name in enumerate(sorted({name for name in names if name is not None}))}
    alone = len(order)
    return np.array(
        [order[name] if name is not None else (alone + at if unknown_alone else -1) for at, name in enumerate(names)],
        dtype=np.int64,
    )


def slot_masks(slots: Sequence[Sequence[str]], names: Sequence[str]) -> Masks:
    """(n, words) bits in the order of `names`; all ones where a person named no slot, and nowhere else."""
    bit = {name: divmod(place, 64) for place, name in enumerate(names)}
    masks = np.zeros((len(slots), len(names) // 64 + 1), dtype=np.uint64)
    for person, named in enumerate(slots):
        if not named:
            masks[person] = ALWAYS
        for name in named:
            word, place = bit[name]
            masks[person, word] |= np.uint64(1 << place)
    return masks


def pairs(n: int, of: Sequence[tuple[int, int]]) -> Flags:
    """(n, n) True both ways for each of the pairs named."""
    flags = np.zeros((n, n), dtype=np.bool_)
    for one, other in of:
        flags[one, other] = flags[other, one] = one != other
    return flags


def on_one_line(manager: Sequence[int]) -> Flags:
    """(n, n) True both ways for each person and everybody above them, all the way up; -1 is nobody's place.

    In a line that runs in a circle, everybody is above everybody.
    """
    n = len(manager)
    above = np.zeros((n, n), dtype=np.bool_)
    known = np.zeros(n, dtype=np.bool_)
    for person in range(n):
        path: dict[int, None] = {}
        at = person
        while at >= 0 and not known[at] and at not in path:
            path[at] = None
            at = manager[at]
        up = list(path)
        known[up] = True
        if at in path:
            up, circle = up[: up.index(at)], up[up.index(at) :]
            above[np.ix_(circle, circle)] = True
        for one in reversed(up):
            if manager[one] >= 0:
                above[one] = above[manager[one]]
                above[one, manager[one]] = True
    np.fill_diagonal(above, False)
    return np.asarray(above | above.T)


def meetings(question: Question, index: dict[str, int]) -> tuple[Flags, Flags]:
    """Who met within the cooldown, and who ever met."""
    n = len(index)
    recent, ever = np.zeros((n, n), dtype=np.bool_), np.zeros((n, n), dtype=np.bool_)
    for meeting in question.past:
        there = np.array([index[id] for id in meeting.people])
        ever[np.ix_(there, there)] = True
        if meeting.rounds_ago <= question.rules.cooldown_rounds:
            recent[np.ix_(there, there)] = True
    np.fill_diagonal(recent, False)
    np.fill_diagonal(ever, False)
    return recent, ever
