"""What would help when somebody is left out: each rule a convenor sets, a little less strict, and whom it lets in."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from ortools.sat.python import cp_model

from service.matching.answer import Relaxation
from service.matching.clashes import every_set, no_worth, placed_by_search, seating, settled
from service.matching.fits import Fit, read_fit
from service.matching.master import Master, Set
from service.matching.pairs import matching, with_trio
from service.matching.people import read_people
from service.matching.question import Question

SMALL, LISTED, WORK = 30, 2_000, 0.2  # people, sets of theirs, and deterministic seconds in which they are chosen from
SEATS = 2_000  # people times groups up to which groups of given sizes are seated anew
TRIED = 3  # steps of one rule; of the cooldown twice as many


def what_would_help(question: Question, sets: Sequence[Set] | None) -> tuple[Relaxation, ...]:
    """The relaxations that let in more people, each by itself; what places everybody first, then what asks least.

    `sets` is the answer at hand, or None where everybody was to be placed and cannot be. Every count was reached by
    an answer that keeps all other rules; more may be possible.
    """
    everybody = len(question.people)
    if sets is None:
        sets = placing(under(question, place_everyone=False), ())
    base = sum(map(len, sets))
    found: list[Relaxation] = []
    for rule, to, relaxed in relaxations(question):
        if any(each.rule == rule for each in found):
            continue
        able = sum(map(len, placing(under(relaxed, place_everyone=False), sets)))
        if able > base:
            found.append(Relaxation(rule, to, able, able - base))
    found.sort(key=lambda each: each.placed < everybody)
    if question.rules.place_everyone and base:
        found.append(Relaxation("everyone", 0, base, base))
    return tuple(found)


def relaxations(question: Question) -> Iterator[tuple[str, int, Question]]:
    """Each rule a convenor sets, less strict step by step, the mildest rule first."""
    size, rules = question.size, question.rules
    if question.group_sizes is None and question.kind == "action_set":
        yield "largest", size.max + 1, of_size(question, max=size.max + 1)
        if size.min > 2:
            yield "smallest", size.min - 1, of_size(question, min=size.min - 1)
    if question.group_sizes is None and question.kind == "pair" and len(question.people) % 2 and size.max < 3:
        yield "trio", 3, of_size(question, max=3)
    for to in range(rules.max_per_organisation + 1, rules.max_per_organisation + TRIED + 1):
        yield "organisation", to, under(question, max_per_organisation=to)
    for to in range(rules.common_slots - 1, max(-1, rules.common_slots - TRIED - 1), -1):
        yield "slots", to, under(question, common_slots=to)
    met = sorted({meeting.rounds_ago for meeting in question.past if 0 < meeting.rounds_ago <= rules.cooldown_rounds})
    for ago in met[::-1][: 2 * TRIED]:
        yield "cooldown", ago - 1, under(question, cooldown_rounds=ago - 1)


def under(question: Question, **changed: int) -> Question:
    """The question under other rules."""
    return msgspec.structs.replace(question, rules=msgspec.structs.replace(question.rules, **changed))


def of_size(question: Question, **changed: int) -> Question:
    """The question with sets of other sizes."""
    return msgspec.structs.replace(question, size=msgspec.structs.replace(question.size, **changed))


def placing(question: Question, sets: Sequence[Set]) -> list[Set]:
    """Sets that place as many as were found, never fewer than the sets at hand; what they are worth does not count."""
    people = read_people(question)
    fit = read_fit(question, people)
    n = len(fit)
    if not fit.sizes or n < min(fit.sizes):
        return []
    if (known := in_listed_sets(fit)) is not None:
        return known
    if fit.groups is not None:
        seats = seating(fit, everyone=False) if n * len(fit.groups) <= SEATS else None
        return max(list(seats or ()), list(sets), key=lambda found: sum(map(len, found)))
    if question.kind == "pair":
        return in_pairs(fit)
    able = int(np.count_nonzero(fit.allowed.sum(axis=1) >= min(fit.sizes) - 1))
    return placed_by_search(fit, sets) if able > sum(map(len, sets)) else list(sets)


def in_listed_sets(fit: Fit) -> list[Set] | None:
    """Sets that place as many as there can be, where every set is soon listed; None elsewhere."""
    n = len(fit)
    listed = every_set(fit, no_worth(n), LISTED) if n <= SMALL else None
    if not listed:
        return listed
    solver, master = cp_model.CpSolver(), Master(fit, listed, [0.0] * len(listed), range(n))
    status = settled(master.ask(solver, [len(members) for members in listed], WORK, 0, ()))
    if status is None:
        return None
    return [listed[place] for place in master.read(solver)] if status else []


def in_pairs(fit: Fit) -> list[Set]:
    """As many pairs as there can be, and a third person for one of them."""
    n = len(fit)
    nobody = np.zeros(n, dtype=np.int64)
    pairs = matching(fit, np.zeros((n, n)), nobody)
    out = sorted(set(range(n)) - {person for pair in pairs for person in pair})
    return with_trio(fit, no_worth(n), nobody, pairs, out, 0.0)[0] if fit.one_trio and out else pairs
