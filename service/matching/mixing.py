"""Who challenges in a set, who is there for a newcomer, who of two coaches first: named, and no part of its value."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from service.matching.people import People
from service.matching.question import Question
from service.matching.wishes import Worth


class Mixing(msgspec.Struct, frozen=True):
    """`challenger` is somebody of another profession, in a set of three or more; None where all share one or tell none.

    `newcomers` says for each newcomer who is there that is none, or None; `coach` who of two coaches first.
    """

    challenger: str | None
    newcomers: tuple[tuple[str, str | None], ...]
    coach: str | None


def mixing(question: Question, people: People, worth: Worth, members: Sequence[int]) -> Mixing:
    """How a set is mixed."""
    new = [member for member in members if question.people[member].newcomer]
    known = [member for member in members if member not in new]
    challenger = challenges(people, members)
    coach = coaches(question, people, members) if len(members) == 2 else None
    return Mixing(
        challenger=None if challenger is None else people.ids[challenger],
        newcomers=tuple((people.ids[each], welcoming(people, worth, each, known)) for each in new),
        coach=None if coach is None else people.ids[coach],
    )


def welcoming(people: People, worth: Worth, newcomer: int, known: Sequence[int]) -> str | None:
    """Who of those who are no newcomers is the best company, the first among equals; None where there is nobody."""
    best = max(known, key=lambda other: (worth.together[newcomer, other], -other), default=None)
    return None if best is None else people.ids[best]


def challenges(people: People, members: Sequence[int]) -> int | None:
    """The member whose profession fewest others share, the first among equals; None where there is only one."""
    told = [member for member in members if people.profession[member] >= 0]
    shared = Counter(int(people.profession[member]) for member in told)
    if len(members) < 3 or len(shared) < 2:
        return None
    return min(told, key=lambda member: (shared[int(people.profession[member])], member))


def coaches(question: Question, people: People, members: Sequence[int]) -> int:
    """The first of the two, and the other whenever they have met an odd number of times before: so they change places,
    whatever either is stuck on by then."""
    ids = {people.ids[member] for member in members}
    return members[sum(ids <= set(meeting.people) for meeting in question.past) % 2]
