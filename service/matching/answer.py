"""What the workshop hands back: an answer in codes and ids, and the same answer in words."""

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any, Literal

import msgspec

from service.matching.fits import CLASHES
from service.matching.mixing import Mixing, mixing
from service.matching.people import People
from service.matching.question import Offers, Problem, Question
from service.matching.wishes import Worth, best_helper, terms
from service.matching.words import UNPLACED, because, would_help

VERSIONS = {name: version(name) for name in ("ortools", "numpy", "rustworkx")}


class Reason(msgspec.Struct, frozen=True):
    """Why a person is in their set: who helps with their problem, or, as `kind` says, another tie.

    Of the kind "helps", the problem is that of the other, whom this person helps most.
    """

    person: str
    problem: str | None
    helped_by: str | None
    help: float
    kind: str = "help"
    with_whom: str | None = None


class Terms(msgspec.Struct, frozen=True):
    help: float
    together: float
    size: float


class FormedSet(msgspec.Struct, frozen=True):
    people: tuple[str, ...]
    slots: tuple[str, ...]
    value: float
    why: tuple[Reason, ...]
    terms: Terms
    mixing: Mixing


class Unplaced(msgspec.Struct, frozen=True):
    person: str
    code: str


class Progress(msgspec.Struct, frozen=True):
    """How far the work has come."""

    value: float | None
    bound: float | None
    phase: str


class Relaxation(msgspec.Struct, frozen=True):
    """A rule, what it would be instead, how many people could be placed then, and how many more than as it stands."""

    rule: str
    to: int
    placed: int
    more: int


class Unsettled(Exception):
    """In place of an answer: no way to keep every rule was found, and none ruled out; and what would help."""

    def __init__(self, would_help: tuple[Relaxation, ...] = ()) -> None:
        super().__init__(
            "No way to keep every rule was found in the time given, and it is not ruled out that there is one: "
            "give it more time, or ask for less."
        )
        self.would_help = would_help


class Answer(msgspec.Struct, frozen=True):
    """Sets by their first member, people by id; `upper_bound` is proven or None.

    `floor` is what whoever is helped least gets, of those placed who bring a problem; None where nobody does.
    """

    status: Literal["optimal", "feasible", "infeasible"]
    value: float
    upper_bound: float | None
    gap: float | None
    placed: int
    sets: tuple[FormedSet, ...]
    unplaced: tuple[Unplaced, ...]
    clashing_rules: tuple[str, ...]
    seed: int
    seconds: float
    cut_short: bool
    input_hash: str
    result_hash: str
    versions: dict[str, str]
    would_help: tuple[Relaxation, ...] = ()
    floor: float | None = None


def result_hash(sets: Iterable[tuple[Sequence[str], Sequence[str]]], unplaced: Iterable[str], value: float) -> str:
    """Over sets with their slots, unplaced and value: the same for the same result."""
    result = [sorted([sorted(people), sorted(slots)] for people, slots in sets), sorted(unplaced), float(value)]
    return hashlib.sha256(msgspec.json.encode(result)).hexdigest()


def formed(question: Question, people: People, worth: Worth, members: Sequence[int]) -> FormedSet:
    """A set with its slots, terms and a reason for every member."""
    ids = tuple(people.ids[member] for member in members)
    named = [set(question.people[member].slots) for member in members if question.people[member].slots]
    help, together, size = (tidy(term) for term in terms(worth, members))
    return FormedSet(
        people=ids,
        slots=tuple(sorted(set.intersection(*named))) if named else (),
        value=tidy(help + together + size),
        why=tuple(reason for member in members for reason in reasons(question, people, worth, members, member)),
        terms=Terms(help, together, size),
        mixing=mixing(question, people, worth, members),
    )


def tidy(points: float) -> float:
    """Points without the dust of binary fractions."""
    return round(points, 9) + 0.0


def reasons(question: Question, people: People, worth: Worth, members: Sequence[int], member: int) -> list[Reason]:
    """Help with each of a member's problems; without any, the strongest other tie."""
    me = people.ids[member]
    found = []
    for problem in worth.of[member]:
        helper, points = best_helper(worth, members, problem)
        if helper is not None and points > 0:
            found.append(Reason(me, people.problems[problem], people.ids[helper], points))
    if found:
        return found
    others = [other for other in members if other != member]
    helped = [
        (float(worth.help[member, problem]), -problem)
        for other in others
        for problem in worth.of[other]
        if best_helper(worth, members, problem)[0] == member and worth.help[member, problem] > 0
    ]
    if helped:
        points, problem = max(helped)
        owner = people.ids[int(worth.owner[-problem])]
        return [Reason(me, people.problems[-problem], None, 0.0, "helps", owner)]
    return [tie(question, people, me, member, others)]


def tie(question: Question, people: People, me: str, member: int, others: Sequence[int]) -> Reason:
    """What else ties a member to somebody in the set."""
    mine = themes(question, member)
    for other in others:
        if mine & themes(question, other):
            return Reason(me, None, None, 0.0, "theme", people.ids[other])
    for other in others:
        if people.region[other] == people.region[member] >= 0:
            return Reason(me, None, None, 0.0, "region", people.ids[other])
    for other in others:
        if people.profession[member] >= 0 <= people.profession[other]:
            return Reason(me, None, None, 0.0, "profession", people.ids[other])
    return Reason(me, None, None, 0.0, "set")


def themes(question: Question, person: int) -> set[str]:
    """The topics of somebody's problems."""
    return {topic for problem in question.people[person].problems for topic in problem.topics}


def output(answer: Answer, question: Question) -> dict[str, Any]:
    """The answer in the shape and words of the contract."""
    cast = {person.id: person for person in question.people}
    problems = {problem.id: problem for person in question.people for problem in person.problems}

    def words(reason: Reason) -> str:
        me = cast[reason.person]
        other = cast.get(reason.helped_by or reason.with_whom or "")
        if other is None:
            return because((), (), False, kind=reason.kind)
        same = me.profession is not None and me.profession == other.profession
        offers = other.offers or Offers()
        problem = problems.get(reason.problem or "", Problem(""))
        if reason.kind == "help":
            return because(problem.topics, offers.topics, same)
        if reason.kind == "helps":
            return because(problem.topics, (me.offers or Offers()).topics, same, kind="helps")
        mine, theirs = ([topic for problem in each.problems for topic in problem.topics] for each in (me, other))
        return because(mine, theirs, same, kind=reason.kind)

    sets = [
        {
            "people": list(each.people),
            "slots": list(each.slots),
            "value": each.value,
            "why": [
                {
                    "person": reason.person,
                    "problem": reason.problem if reason.kind == "help" else None,
                    "helped_by": reason.helped_by,
                    "help": reason.help,
                    "because": words(reason),
                }
                for reason in each.why
            ],
            "terms": msgspec.structs.asdict(each.terms),
            "mixing": {
                "challenger": each.mixing.challenger,
                "newcomers": [{"person": new, "with": old} for new, old in each.mixing.newcomers],
                "coach_first": each.mixing.coach,
            },
        }
        for each in answer.sets
    ]
    return {
        "status": answer.status,
        "value": answer.value,
        "upper_bound": answer.upper_bound,
        "gap": answer.gap,
        "placed": answer.placed,
        "floor": answer.floor,
        "sets": sets,
        "unplaced": [{"person": each.person, "because": UNPLACED[each.code]} for each in answer.unplaced],
        "clashing_rules": [CLASHES[code] for code in answer.clashing_rules],
        **(
            {"would_help": helping}
            if (helping := [would_help(*msgspec.structs.astuple(each)) for each in answer.would_help])
            else {}
        ),
        "seed": answer.seed,
        "seconds": answer.seconds,
        **({"cut_short": True} if answer.cut_short else {}),
        "input_hash": answer.input_hash,
        "result_hash": answer.result_hash,
    }
