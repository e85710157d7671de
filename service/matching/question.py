"""The question a round asks: who is there, which rules hold, what is wished for; checked whole, put in one order."""

import codecs
import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from service.matching.said_twice import said_twice

TOO_LARGE = 200_000_000  # bytes
MOST_PEOPLE = 200_000  # for whom even the least work takes some ten minutes
LONGEST = 300  # characters of a refusal; what it quotes may be a megabyte
MANY = 1_000_000_000  # of anything that is counted


class UnreadableQuestion(Exception):
    """One sentence for the person who sent the question: what is wrong, and what would be right; on one short line."""

    def __init__(self, sentence: str) -> None:
        line = "".join(each if each.isprintable() else " " for each in sentence)
        half = LONGEST // 2
        super().__init__(line if len(line) <= LONGEST else f"{line[:half]} … {line[-half:]}")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of the question; a field nobody knows is refused rather than ignored."""


class Size(Part, frozen=True):
    min: int = 4
    max: int = 6
    target: int = 5
    penalty: float = 20.0


class Rules(Part, frozen=True):
    max_per_organisation: int = 1
    cooldown_rounds: int = 6
    common_slots: int = 1
    place_everyone: bool = False
    fair: bool = False  # the worst served member before the sum


class Weights(Part, frozen=True):
    help: float = 60.0
    theme: float = 5.0
    profession: float = 3.0
    region: float = 2.0
    new_tie: float = 3.0


class Problem(Part, frozen=True):
    id: str
    topics: tuple[str, ...] = ()
    text: str | None = None


class Offers(Part, frozen=True):
    topics: tuple[str, ...] = ()
    text: str | None = None


class Person(Part, frozen=True):
    id: str
    organisation: str | None = None
    profession: str | None = None
    region: str | None = None
    reports_to: str | None = None
    slots: tuple[str, ...] = ()
    waited_rounds: int = 0
    newcomer: bool = False
    problems: tuple[Problem, ...] = ()
    offers: Offers | None = None


class Meeting(Part, frozen=True):
    people: tuple[str, ...]
    rounds_ago: int


class Asked(Part, frozen=True):
    """The question as it arrives: lists in any order, sizes perhaps left out."""

    people: tuple[Person, ...]
    kind: Literal["action_set", "pair"] = "action_set"
    size: dict[str, float] = {}
    rules: Rules = Rules()
    weights: Weights = Weights()
    past: tuple[Meeting, ...] = ()
    avoid: tuple[tuple[str, str], ...] = ()
    help: tuple[tuple[str, str, float], ...] | None = None
    together: tuple[tuple[str, str, float], ...] | None = None
    group_sizes: tuple[tuple[int, int], ...] | None = None


class Question(Part, frozen=True):
    """The question in its one order: people by id, every list sorted, every id known, every default filled in."""

    kind: Literal["action_set", "pair"]
    size: Size
    rules: Rules
    weights: Weights
    people: tuple[Person, ...]
    past: tuple[Meeting, ...]
    avoid: tuple[tuple[str, str], ...]
    help: tuple[tuple[str, str, float], ...] | None
    together: tuple[tuple[str, str, float], ...] | None
    group_sizes: tuple[tuple[int, int], ...] | None
    ignored: int = 0  # ids of people outside the round, in reports_to, past and avoid


def read_question(raw: bytes | Mapping[str, Any]) -> Question:
    """The question, or `UnreadableQuestion`; the order of its lists makes no difference."""
    if isinstance(raw, bytes) and len(raw) >= TOO_LARGE:
        raise UnreadableQuestion(f"The question has {len(raw):,} bytes; files of 200 MB and more are not read.")
    if isinstance(raw, bytes):
        raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        asked = msgspec.json.decode(raw, type=Asked) if isinstance(raw, bytes) else msgspec.convert(raw, Asked)
        msgspec.json.encode(asked)
    except msgspec.ValidationError as error:
        raise UnreadableQuestion(f"The question does not have the agreed form: {error}.") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnreadableQuestion(f"The question is not valid JSON in UTF-8: {error}.") from None
    if len(asked.people) > MOST_PEOPLE:
        raise UnreadableQuestion(
            f"The question names {len(asked.people):,} people; up to {MOST_PEOPLE:,} are seated in one round."
        )
    if isinstance(raw, bytes) and (name := said_twice(raw)) is not None:
        raise UnreadableQuestion(f"The question names the field {name!r} twice in one object; it has to be once.")
    refuse_wrong_numbers(asked)
    refuse_doubles(
        [person.id for person in asked.people],
        "The person {!r} is listed twice; every person needs an id of their own.",
    )
    problems = [problem.id for person in asked.people for problem in person.problems]
    refuse_doubles(problems, "The problem {!r} is listed twice; every problem needs an id of its own.")
    if not all(person.id for person in asked.people) or not all(problems):
        raise UnreadableQuestion("A person or problem has an empty id; every id needs at least one character.")
    return in_order(asked)


def input_hash(question: Question) -> str:
    """The same for the same question, whatever order its lists came in."""
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(question, ignored=0))).hexdigest()


def in_order(asked: Asked) -> Question:
    """The canonical form of what was asked."""
    known = {person.id for person in asked.people}
    strangers = 0
    people = []
    for person in sorted(asked.people, key=lambda person: person.id):
        manager = person.reports_to
        if manager is not None and manager not in known:
            strangers, manager = strangers + 1, None
        people.append(person_in_order(person, manager))
    past, avoid = set(), set()
    for meeting in asked.past:
        met = tuple(sorted(known.intersection(meeting.people)))
        strangers += len(set(meeting.people) - known)
        if len(met) > 1:
            past.add((met, meeting.rounds_ago))
    for one, other in asked.avoid:
        strangers += len({one, other} - known)
        if one != other and one in known and other in known:
            avoid.add((min(one, other), max(one, other)))
    return Question(
        kind=asked.kind,
        size=read_size(asked),
        rules=asked.rules,
        weights=asked.weights,
        people=tuple(people),
        past=tuple(Meeting(met, ago) for met, ago in sorted(past)),
        avoid=tuple(sorted(avoid)),
        help=None if asked.help is None else said_once(asked.help, known, asked.people),
        together=None if asked.together is None else paired_once(asked.together, known),
        group_sizes=None if asked.group_sizes is None else tuple(sorted(asked.group_sizes)),
        ignored=strangers,
    )


def person_in_order(person: Person, manager: str | None) -> Person:
    """Slots and topics sorted, each once; topics without capitals; an empty organisation is none."""
    offers = person.offers or Offers()
    return msgspec.structs.replace(
        person,
        organisation=person.organisation or None,
        profession=person.profession or None,
        region=person.region or None,
        reports_to=None if manager == person.id else manager,
        slots=tuple(sorted(set(person.slots))),
        problems=tuple(
            Problem(problem.id, plain(problem.topics), problem.text or "")
            for problem in sorted(person.problems, key=lambda problem: problem.id)
        ),
        offers=Offers(plain(offers.topics), offers.text or ""),
    )


def plain(topics: Iterable[str]) -> tuple[str, ...]:
    """Topics as they are compared: trimmed, without capitals, each once."""
    return tuple(sorted({topic.strip().casefold() for topic in topics} - {""}))


def read_size(asked: Asked) -> Size:
    """The sizes of the round; a pair round that names only a largest size starts at two."""
    given = dict(asked.size)
    if unknown := sorted(set(given) - {"min", "max", "target", "penalty"}):
        raise UnreadableQuestion(f"`size` has no field {unknown[0]!r}; it has min, max, target and penalty.")
    if asked.kind == "pair" and "max" in given:
        given.setdefault("min", min(2, given["max"]))
    for name in ("min", "max", "target"):
        if name in given and given[name] != int(given[name]):
            raise UnreadableQuestion(f"`size.{name}` is {given[name]}; it has to be a whole number.")
    size = Size(
        int(given.get("min", 4)), int(given.get("max", 6)), int(given.get("target", 5)), given.get("penalty", 20.0)
    )
    if size.min < 1 or size.target < 0 or size.penalty < 0:
        raise UnreadableQuestion("`size` needs min of at least 1, and a target and penalty that are not negative.")
    if size.min > size.max:
        raise UnreadableQuestion(f"`size.min` is {size.min} and `size.max` is {size.max}; min may not be above max.")
    return size


def said_once(
    help: Iterable[tuple[str, str, float]], known: set[str], people: Iterable[Person]
) -> tuple[tuple[str, str, float], ...]:
    """Every helper and problem exists, every figure is said once; help for oneself counts for nothing."""
    owner = {problem.id: person.id for person in people for problem in person.problems}
    said: list[tuple[str, str, float]] = []
    for each in sorted(help):
        helper, problem, worth = each
        if helper not in known:
            raise UnreadableQuestion(f"`help` names {helper!r}, who is not among the people; every helper has to be.")
        if problem not in owner:
            raise UnreadableQuestion(
                f"`help` names the problem {problem!r}, which nobody brings; every problem has to be listed."
            )
        if not said or said[-1][:2] != (helper, problem):
            said.append(each)
        elif said[-1][2] != worth:
            raise UnreadableQuestion(
                f"`help` gives two figures for {helper!r} with problem {problem!r}; it has to be one."
            )
    return tuple(each for each in said if owner[each[1]] != each[0])


def paired_once(together: Iterable[tuple[str, str, float]], known: set[str]) -> tuple[tuple[str, str, float], ...]:
    """Every pair is of two people who exist, and has one figure."""
    said: dict[tuple[str, str], float] = {}
    for one, other, worth in together:
        for name in (one, other):
            if name not in known:
                raise UnreadableQuestion(f"`together` names {name!r}, who is not among the people; both have to be.")
        if one == other:
            raise UnreadableQuestion(f"`together` pairs {one!r} with themselves; it needs two different people.")
        if said.setdefault((min(one, other), max(one, other)), worth) != worth:
            raise UnreadableQuestion(f"`together` gives two figures for {one!r} with {other!r}; it has to be one.")
    return tuple((one, other, worth) for (one, other), worth in sorted(said.items()))


def refuse_wrong_numbers(asked: Asked) -> None:
    """Every figure is finite, no larger than 1e9, and not negative where it counts something."""
    for name, given in (
        ("size", asked.size.values()),
        ("weights", msgspec.structs.astuple(asked.weights)),
        ("help", (worth for _, _, worth in asked.help or ())),
        ("together", (worth for _, _, worth in asked.together or ())),
    ):
        for value in given:
            if not math.isfinite(value) or abs(value) > 1e9:
                raise UnreadableQuestion(f"`{name}` holds {value}; every figure has to lie between -1e9 and 1e9.")
    counts = {
        "rules.max_per_organisation": (asked.rules.max_per_organisation, 1),
        "rules.cooldown_rounds": (asked.rules.cooldown_rounds, 0),
        "rules.common_slots": (asked.rules.common_slots, 0),
        "waited_rounds": (min((person.waited_rounds for person in asked.people), default=0), 0),
        "past.rounds_ago": (min((meeting.rounds_ago for meeting in asked.past), default=0), 0),
    }
    for name, (value, least) in counts.items():
        if value < least:
            raise UnreadableQuestion(f"`{name}` is {value}; it has to be {least} or more.")
        if value > MANY:
            raise UnreadableQuestion(f"`{name}` is {value}; it has to be {MANY:,} or less.")
    if (longest := max((person.waited_rounds for person in asked.people), default=0)) > 1_000_000:
        raise UnreadableQuestion(f"`waited_rounds` is {longest}; nobody waits for more than a million rounds.")
    for low, high in asked.group_sizes or ():
        if not 1 <= low <= high <= MANY:
            raise UnreadableQuestion(
                f"`group_sizes` holds [{low}, {high}]; each has to be [least, most] with 1 ≤ least ≤ most ≤ {MANY:,}."
            )


def refuse_doubles(ids: Iterable[str], sentence: str) -> None:
    """Raises the sentence for the first id, in order, that stands twice."""
    seen: set[str] = set()
    for id in sorted(ids):
        if id in seen:
            raise UnreadableQuestion(sentence.format(id))
        seen.add(id)
