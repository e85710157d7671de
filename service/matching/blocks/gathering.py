"""A large round, looked up person by person: any few of its people as a question of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from service.matching.question import Meeting, Person, Question
from service.matching.relevance import Speech, heard


@dataclass(frozen=True, eq=False)
class Gathering:
    """What the question says of each person, by their place in it; nothing here grows with the pairs of people."""

    question: Question
    speech: Speech | None  # how all of them speak; None where help is given
    place: dict[str, int]
    met: tuple[tuple[int, ...], ...]  # the meetings each person was at
    avoided: tuple[tuple[int, ...], ...]  # the lines of `avoid` that name the person
    helped: tuple[tuple[int, ...], ...]  # the lines of `help` in which the person helps
    company: tuple[tuple[int, ...], ...]  # the lines of `together` that name the person first
    owner: dict[str, int]  # who brings each problem

    def __len__(self) -> int:
        return len(self.question.people)


def gathering(question: Question) -> Gathering:
    """The round, looked up once."""
    place = {person.id: at for at, person in enumerate(question.people)}

    def lines(named: Iterable[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
        found: list[list[int]] = [[] for _ in place]
        for line, ids in enumerate(named):
            for id in ids:
                found[place[id]].append(line)
        return tuple(map(tuple, found))

    return Gathering(
        question=question,
        speech=heard(question) if question.help is None else None,
        place=place,
        met=lines(meeting.people for meeting in question.past),
        avoided=lines(question.avoid),
        helped=lines((helper,) for helper, _, _ in question.help or ()),
        company=lines((one,) for one, _, _ in question.together or ()),
        owner={problem.id: at for at, person in enumerate(question.people) for problem in person.problems},
    )


def among(whole: Gathering, members: Sequence[int], trio: bool = False) -> Question:
    """The question these people would ask by themselves, every rule and wish between any two of them as it was.

    Whom somebody reports to is the nearest above them who is there, so that lines hold through people who are not. A
    part is not asked to place everybody, nor for a number of groups; nor for a trio among pairs, unless with `trio`.
    """
    question, inside = whole.question, sorted(members)
    ids = {question.people[member].id for member in inside}
    brought = {problem.id for member in inside for problem in question.people[member].problems}
    there: dict[int, list[str]] = {}
    for member in inside:
        for line in whole.met[member]:
            there.setdefault(line, []).append(question.people[member].id)
    past = sorted((tuple(met), question.past[line].rounds_ago) for line, met in there.items() if len(met) > 1)
    avoid = [question.avoid[line] for line in sorted({line for member in inside for line in whole.avoided[member]})]
    largest = 2 if question.kind == "pair" and not trio else question.size.max
    return msgspec.structs.replace(
        question,
        people=tuple(in_part(whole, question.people[member], ids) for member in inside),
        past=tuple(Meeting(met, ago) for met, ago in past),
        avoid=tuple(pair for pair in avoid if ids.issuperset(pair)),
        help=question.help
        and tuple(
            question.help[line]
            for member in inside
            for line in whole.helped[member]
            if question.help[line][1] in brought
        ),
        together=question.together
        and tuple(
            question.together[line]
            for member in inside
            for line in whole.company[member]
            if question.together[line][1] in ids
        ),
        size=msgspec.structs.replace(question.size, max=largest, min=min(question.size.min, largest)),
        rules=msgspec.structs.replace(question.rules, place_everyone=False),
        group_sizes=None,
        ignored=0,
    )


def in_part(whole: Gathering, person: Person, ids: set[str]) -> Person:
    """The person, reporting to the nearest above them who is among these."""
    if person.reports_to is None or person.reports_to in ids:
        return person
    seen: set[str] = {person.id}
    above: str | None = person.reports_to
    while above is not None and above not in ids and above not in seen:
        seen.add(above)
        above = whole.question.people[whole.place[above]].reports_to
    return msgspec.structs.replace(person, reports_to=above if above in ids and above != person.id else None)
