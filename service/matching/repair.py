"""Somebody declined: the smallest mend of their set. Only where it would lapse does somebody come from another one."""

from collections.abc import Collection, Mapping, Sequence

import msgspec
import numpy as np

from service.matching.fits import Fit, may_sit_together, read_fit
from service.matching.people import People, read_people
from service.matching.question import Meeting, Question
from service.matching.relevance import heard
from service.matching.wishes import read_worth, value

LENDERS = 16  # people, from the largest sets, of whom one may be moved


class Repair(msgspec.Struct, frozen=True):
    """Who is in the set now, or None if it lapses; who joined it; and the place of the set they left, if they did."""

    members: tuple[str, ...] | None
    joined: str | None = None
    left: int | None = None


def repair(
    question: Question,
    sets: Sequence[Sequence[str]],
    set_index: int,
    gone: str,
    spare: Sequence[str],
    movable: Collection[str] = (),
) -> Repair:
    """The rest as it is, or with the best fitting spare person, whichever is worth more; nobody else moves.

    Somebody joins whenever the rest alone is no set any more, or is worth less alone than with them. Where the set
    would lapse, the one of those `movable` joins who adds most here less what they take from the set they leave, which
    has to be large enough without them.
    """
    people = read_people(question)
    fit = read_fit(question, people)
    rest = sorted(people.index[id] for id in sets[set_index] if id != gone and id in people.index)
    sizes = [len(each) for place, each in enumerate(sets) if place != set_index]
    seated = {id for each in sets for id in each}
    free = sorted(people.index[id] for id in set(spare) - {gone} - seated if id in people.index)

    def stands(size: int) -> bool:
        if fit.groups is not None:
            return any(low <= size <= high for low, high in fit.groups)
        return size in fit.sizes and not (fit.one_trio and size == 3 and 3 in sizes)

    ways: list[tuple[tuple[int, ...], int | None]] = []
    if stands(len(rest)) and may_sit_together(fit, rest):
        ways.append((tuple(rest), None))
    if stands(len(rest) + 1) and rest:
        may = set(np.flatnonzero(fit.allowed[rest].all(axis=0)).tolist())
        ways += [
            (tuple(sorted([*rest, other])), other)
            for other in free
            if other in may and may_sit_together(fit, [*rest, other])
        ]
    if not ways:
        if not rest or not stands(len(rest) + 1) or fit.groups is not None:
            return Repair(None)
        lenders = {at: each for at, each in enumerate(sets) if at != set_index and stands(len(each) - 1)}
        return borrowed(question, people, fit, rest, lenders, set(movable) - {gone})
    points = worth_of_each(question, [[people.ids[member] for member in members] for members, _ in ways])
    # Of ways worth the same, the one without anybody new, then the one whose new member comes first by id.
    best = max(range(len(ways)), key=lambda way: (points[way], ways[way][1] is None, -(ways[way][1] or 0)))
    members, other = ways[best]
    return Repair(tuple(people.ids[member] for member in members), None if other is None else people.ids[other])


def borrowed(
    question: Question,
    people: People,
    fit: Fit,
    rest: Sequence[int],
    lenders: Mapping[int, Sequence[str]],
    movable: Collection[str],
) -> Repair:
    """The set with whoever of those movable is best to ask away from one of the lenders; None in it if nobody fits."""
    may = np.flatnonzero(fit.allowed[np.array(rest)].all(axis=0)).tolist()
    able = [
        (place, id)
        for place in sorted(lenders, key=lambda place: (-len(lenders[place]), place))
        for id in sorted(set(lenders[place]) & set(movable) & {people.ids[other] for other in may})
        if may_sit_together(fit, [*rest, people.index[id]])
    ][:LENDERS]
    here = [[*(people.ids[member] for member in rest), id] for _, id in able]
    there = [lenders[place] for place, _ in able]
    without = [[other for other in lenders[place] if other != id] for place, id in able]
    points = np.array(worth_of_each(question, [*here, *there, *without])).reshape(3, -1)
    if not able:
        return Repair(None)
    best = int(np.argmax(points[0] - points[1] + points[2]))
    return Repair(tuple(sorted(here[best])), able[best][1], able[best][0])


def worth_of_each(question: Question, sets: Sequence[Sequence[str]]) -> list[float]:
    """What each of these sets is worth in this round; nobody else's company and help is reckoned."""
    part = among(question, {id for members in sets for id in members})
    people = read_people(part)
    worth = read_worth(part, people, heard(question) if question.help is None else None)
    return [value(worth, sorted(people.index[id] for id in members)) for members in sets]


def among(question: Question, some: Collection[str]) -> Question:
    """The question with only some of its people: what they are worth to each other, not what rules part them."""
    keep = [person for person in question.people if person.id in some]
    brought = {problem.id for person in keep for problem in person.problems}
    met = ((tuple(id for id in meeting.people if id in some), meeting.rounds_ago) for meeting in question.past)
    return msgspec.structs.replace(
        question,
        people=tuple(msgspec.structs.replace(person, reports_to=None) for person in keep),
        past=tuple(Meeting(there, ago) for there, ago in met if len(there) > 1),
        avoid=(),
        help=question.help and tuple(each for each in question.help if each[0] in some and each[1] in brought),
        together=question.together and tuple(each for each in question.together if {each[0], each[1]} <= set(some)),
    )
