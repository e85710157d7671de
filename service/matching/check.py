"""The independent check of an answer: every rule once more, in plain Python, nothing borrowed from the search."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeGuard

import msgspec

from service.matching.question import Person, Question, input_hash
from service.matching.weighing import Apart, Scales

STATUSES = ("optimal", "feasible", "infeasible")


def check(question: Question, output: Mapping[str, Any]) -> list[str]:
    """Every broken rule and every wrong figure, a sentence each; an empty list says the answer holds."""
    if shape := misshapen(output):
        return shape
    if output["status"] == "infeasible":
        return of_no_answer(question, output)
    sets = [each["people"] for each in output["sets"]]
    if wrong := of_who(question, output, sets):
        return wrong + of_hashes(question, output)
    cast = {person.id: person for person in question.people}
    apart = Apart(question)
    for each in output["sets"]:
        wrong += of_set(question, cast, apart, each)
    wrong += of_sizes(question, [len(members) for members in sets])
    wrong += of_values(question, output)
    return wrong + of_bound(question, output) + of_hashes(question, output)


def misshapen(output: Any) -> list[str]:
    """What keeps the answer from being read at all."""

    def texts(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(text, str) for text in value)

    if not isinstance(output, Mapping):
        return ["The answer is not an object."]
    kinds: dict[str, Callable[[Any], bool]] = {
        "status": lambda value: value in STATUSES if isinstance(value, str) else False,
        "value": number,
        "upper_bound": lambda value: value is None or number(value),
        "gap": lambda value: value is None or number(value),
        "placed": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "sets": lambda value: isinstance(value, list) and all(isinstance(each, Mapping) for each in value),
        "unplaced": lambda value: isinstance(value, list) and all(isinstance(each, Mapping) for each in value),
        "clashing_rules": texts,
        "input_hash": lambda value: isinstance(value, str),
        "result_hash": lambda value: isinstance(value, str),
    }
    wrong = [
        f"`{name}` is missing or not of the right form."
        for name, fits in kinds.items()
        if name not in output or not fits(output[name])
    ]
    if wrong:
        return wrong
    for place, each in enumerate(output["sets"], 1):
        parts = each.get("terms")
        if not (texts(each.get("people")) and texts(each.get("slots")) and number(each.get("value"))):
            wrong.append(f"Set {place} has no readable people, slots and value.")
        elif not (isinstance(parts, Mapping) and all(map(number, map(parts.get, ("help", "together", "size"))))):
            wrong.append(f"Set {place} has no readable terms.")
        elif not isinstance(each.get("why"), list) or not all(isinstance(reason, Mapping) for reason in each["why"]):
            wrong.append(f"Set {place} has no readable reasons.")
    for each in output["unplaced"]:
        if not isinstance(each.get("person"), str) or not isinstance(each.get("because"), str):
            wrong.append("An unplaced person has no readable id and reason.")
    return wrong


def number(value: Any) -> TypeGuard[float]:
    """Whether this is a figure to reckon with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def of_no_answer(question: Question, output: Mapping[str, Any]) -> list[str]:
    """An answer that there is none names rules, and forms nothing."""
    wrong = []
    if not question.rules.place_everyone and question.group_sizes is None:
        wrong.append("The answer says infeasible, but placing nobody would satisfy every rule.")
    if output["sets"] or output["placed"] or output["value"] or output.get("floor") is not None:
        wrong.append("The answer says infeasible and still forms sets or has a value.")
    if not output["clashing_rules"] or len(set(output["clashing_rules"])) < len(output["clashing_rules"]):
        wrong.append("An infeasible answer names the rules that clash, each once.")
    return wrong + of_hashes(question, output)


def of_who(question: Question, output: Mapping[str, Any], sets: Sequence[Sequence[str]]) -> list[str]:
    """Everybody is known, in at most one set, and otherwise named as unplaced."""
    known = [person.id for person in question.people]
    often = Counter(id for members in sets for id in members)
    wrong = [f"{id!r} is in a set but not in the round." for id in sorted(set(often) - set(known))]
    wrong += [
        f"{id!r} is placed {count} times; everybody is in at most one set."
        for id, count in sorted(often.items())
        if count > 1
    ]
    named = Counter(each["person"] for each in output["unplaced"])
    left = set(known) - set(often)
    wrong += [f"{id!r} is neither in a set nor named as unplaced." for id in sorted(left - set(named))]
    wrong += [f"{id!r} is named as unplaced wrongly." for id in sorted(set(named) - left)]
    wrong += [f"{id!r} is named as unplaced {count} times." for id, count in sorted(named.items()) if count > 1]
    if output["placed"] != sum(often.values()):
        wrong.append(f"`placed` is {output['placed']}, but {sum(often.values())} people are in sets.")
    if question.rules.place_everyone and left:
        wrong.append(f"Everybody has to be placed, and {len(left)} are not.")
    if output["clashing_rules"]:
        wrong.append("Rules are named as clashing although there is an answer.")
    return wrong


def of_set(question: Question, cast: Mapping[str, Person], apart: Apart, each: Mapping[str, Any]) -> list[str]:
    """The rules inside one set."""
    members, wrong = each["people"], []
    name = "The set " + ", ".join(members)
    for organisation, count in sorted(
        Counter(cast[id].organisation for id in members if cast[id].organisation).items()
    ):
        if count > question.rules.max_per_organisation:
            wrong.append(f"{name} holds {count} people from {organisation!r}.")
    for one, other in combinations(members, 2):
        if apart.avoided(one, other):
            wrong.append(f"{name} puts {one!r} and {other!r} together, of whom one avoids the other.")
        if other in line_above(cast, one) or one in line_above(cast, other):
            wrong.append(f"{name} holds {one!r} and {other!r}, who are on one reporting line.")
        if apart.met(one, other):
            wrong.append(f"{name} holds {one!r} and {other!r}, who met within the cooldown.")
    named = [set(cast[id].slots) for id in members if cast[id].slots]
    shared = sorted(set.intersection(*named)) if named else []
    if named and len(shared) < question.rules.common_slots:
        wrong.append(f"{name} shares {len(shared)} slots; the round asks for {question.rules.common_slots}.")
    if sorted(each["slots"]) != shared:
        wrong.append(f"{name} names the slots {each['slots']}, but shares {shared}.")
    return wrong


def line_above(cast: Mapping[str, Person], id: str) -> set[str]:
    """Everybody above a person, all the way up."""
    above: set[str] = set()
    manager = cast[id].reports_to
    while manager is not None and manager not in above:
        above.add(manager)
        manager = cast[manager].reports_to
    return above - {id}


def of_sizes(question: Question, sizes: Sequence[int]) -> list[str]:
    """Every set has a size the round allows, or every group its bounds."""
    if question.group_sizes is not None:
        left = sorted(sizes)
        for low, high in sorted(question.group_sizes, key=lambda bounds: (bounds[1], bounds[0])):
            fitting = [size for size in left if low <= size <= high]
            if fitting:
                left.remove(fitting[0])
        met = len(sizes) == len(question.group_sizes) and (not left or groups_match(sizes, question.group_sizes))
        return [] if met else [f"The groups have the sizes {sorted(sizes)}, which are not those asked for."]
    if question.kind == "pair":
        trio = len(question.people) % 2 == 1 and question.size.min <= 3 <= question.size.max
        wrong = [f"A set of {size} is not a pair." for size in sizes if size != 2 and not (size == 3 and trio)]
        return wrong + (["There is more than one trio."] if trio and sizes.count(3) > 1 else [])
    return [
        f"A set has {size} people; the round allows {question.size.min} to {question.size.max}."
        for size in sizes
        if not question.size.min <= size <= question.size.max
    ]


def groups_match(sizes: Sequence[int], groups: Sequence[tuple[int, int]]) -> bool:
    """Whether each size can fill a group of its own (augmenting paths)."""
    filled: dict[int, int] = {}

    def place(at: int, seen: set[int]) -> bool:
        for group, (low, high) in enumerate(groups):
            if low <= sizes[at] <= high and group not in seen:
                seen.add(group)
                if group not in filled or place(filled[group], seen):
                    filled[group] = at
                    return True
        return False

    return all(place(at, set()) for at in range(len(sizes)))


def of_values(question: Question, output: Mapping[str, Any]) -> list[str]:
    """Every figure is what the question makes it; every member has a reason that is true."""
    wrong = []
    scales, total = Scales(question), 0.0
    for each in output["sets"]:
        members = each["people"]
        name = "The set " + ", ".join(members)
        right = scales.terms(members)
        for term, points in right.items():
            if not close(each["terms"][term], points):
                wrong.append(f"{name} says {each['terms'][term]} for {term}; it is {points}.")
        if not close(each["value"], math.fsum(right.values())):
            wrong.append(f"{name} says its value is {each['value']}; it is {math.fsum(right.values())}.")
        total += math.fsum(right.values())
        wrong += of_reasons(scales, name, members, each["why"])
        wrong += of_mixing(scales.cast, name, members, each.get("mixing"))
    if not close(output["value"], total):
        wrong.append(f"`value` is {output['value']}; the sets are worth {total}.")
    floor = scales.floor([each["people"] for each in output["sets"]])
    said = output.get("floor", floor)
    if said is not floor and not (number(said) and floor is not None and close(said, floor)):
        wrong.append(f"`floor` is {said}; whoever is helped least gets {floor}.")
    return wrong


def of_reasons(scales: Scales, name: str, members: Sequence[str], why: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each member has a reason; each reason of help names the best help there is."""
    wrong = [
        f"{name} gives {id!r} no reason." for id in members if not any(reason.get("person") == id for reason in why)
    ]
    for reason in why:
        person, problem, helper = reason.get("person"), reason.get("problem"), reason.get("helped_by")
        if person not in members:
            wrong.append(f"{name} gives a reason for {person!r}, who is not in it.")
        elif helper is not None or problem is not None:
            if (
                not isinstance(problem, str)
                or not isinstance(helper, str)
                or scales.owner.get(problem) != person
                or helper not in members
                or helper == person
            ):
                wrong.append(f"{name} gives {person!r} a reason that names no problem of theirs or no other member.")
                continue
            best = scales.best(members, problem)
            points = reason.get("help")
            if not number(points) or not close(points, best) or not close(scales.help(helper, problem), best):
                wrong.append(f"{name} says {helper!r} helps {person!r} with {points}; the best help is {best}.")
    return wrong


def of_mixing(cast: Mapping[str, Person], name: str, members: Sequence[str], mixing: Any) -> list[str]:
    """Whoever challenges is of another profession than somebody; for each newcomer there is somebody who is none."""
    if mixing is None:
        return []
    if not isinstance(mixing, Mapping) or not isinstance(mixing.get("newcomers"), list):
        return [f"{name} has no readable mixing."]
    professions = {cast[id].profession for id in members} - {None}
    challenger, coach = mixing.get("challenger"), mixing.get("coach_first")
    wrong = []
    if challenger is not None and (challenger not in members or cast[challenger].profession is None):
        wrong.append(f"{name} has {challenger!r} to challenge, who is not in it or of no profession.")
    if (challenger is not None) != (len(members) > 2 and len(professions) > 1):
        wrong.append(f"{name} has nobody to challenge though it could, or somebody where all are of one profession.")
    told = [each if isinstance(each, Mapping) else {} for each in mixing["newcomers"]]
    new = [id for id in members if cast[id].newcomer]
    old: list[Any] = [id for id in members if not cast[id].newcomer] or [None]
    if [each.get("person") for each in told] != new or not all(each.get("with") in old for each in told):
        wrong.append(f"{name} does not say truly who is there for each newcomer.")
    if coach not in (members if len(members) == 2 else [None]):
        wrong.append(f"{name} has {coach!r} to coach first, who is none of the two.")
    return wrong


def of_bound(question: Question, output: Mapping[str, Any]) -> list[str]:
    """The bound is not below the value, the gap is what lies between, and optimal means what it says."""
    bound, value, gap = output["upper_bound"], output["value"], output["gap"]
    if bound is None:
        wrong = ["There is a gap without a bound."] if gap is not None else []
        return [*wrong, "The answer says optimal without a bound."] if output["status"] == "optimal" else wrong
    wrong = []
    if bound < value and not close(bound, value):
        wrong.append(f"The upper bound {bound} is below the value {value}.")
    if gap is None or abs(gap - max(0.0, bound - value) / max(abs(bound), 1e-9)) > 1e-6:
        wrong.append(f"The gap {gap} is not the bound less the value, over the bound.")
    paid = question.rules.fair and not math.isclose(bound, value, rel_tol=1e-5, abs_tol=1e-5)
    if paid and output["status"] == "optimal":
        wrong.append("The answer says optimal, and the worst served may have cost something.")
    return wrong


def of_hashes(question: Question, output: Mapping[str, Any]) -> list[str]:
    """The answer belongs to this question, and its own hash is right."""
    wrong = []
    if output["input_hash"] != input_hash(question):
        wrong.append("`input_hash` is that of another question.")
    sets = sorted([sorted(each["people"]), sorted(each["slots"])] for each in output["sets"])
    result = [sets, sorted(each["person"] for each in output["unplaced"]), float(output["value"])]
    try:
        right = hashlib.sha256(msgspec.json.encode(result)).hexdigest()
    except (UnicodeError, ValueError):
        right = None
    if output["result_hash"] != right:
        wrong.append("`result_hash` is not that of these sets, slots, unplaced and value.")
    return wrong


def close(one: float, other: float) -> bool:
    """The same but for rounding."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
