"""Why a round is impossible, and why a person is not placed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from service.matching.annealing import annealed
from service.matching.chains import Chains
from service.matching.counting import in_some_set, most_placed, ruled_out, too_few
from service.matching.fits import Fit, enough, may_sit_together, read_fit, with_wholes
from service.matching.master import Master, Set
from service.matching.people import ALWAYS, People, numbered
from service.matching.question import Question
from service.matching.start import groups_of
from service.matching.tables import read_table
from service.matching.wishes import Worth

AT_MOST = 40_000  # feasible sets up to which possibility is decided by listing them all
LOOKS = 2_000_000  # at parts of sets of one size, while they are listed, however few may be found
USUAL = 8  # people in a set up to which a look takes as long as usual
WORK = 4.0  # deterministic seconds one question of possibility may take
STEPS, ALL_STEPS = 4_000, 500_000  # proposals of annealing for each person, and in all
LARGE = 4_000_000  # truth values and clauses up to which a seating is asked for


def every_set(fit: Fit, worth: Worth, at_most: int = AT_MOST) -> list[Set] | None:
    """Every feasible set, or None if there are more than `at_most`."""
    if not fit.sizes:
        return []
    free = np.full(
        len(fit), -1e9 * (1.0 + float(np.abs(worth.help).max(initial=0)) + float(np.abs(worth.together).max(initial=0)))
    )
    table, sets = read_table(fit, worth), list[Set]()
    for size in fit.sizes:
        one = Chains(replace(fit, sizes=(size,)), table, np.zeros(len(table.given)))
        looks = int(max(LOOKS, 60 * at_most) * min(1.0, (USUAL / size) ** 2))  # each takes longer the larger the sets
        found = one.above(free, 0.0, most=at_most, may_look=looks)
        sets += [tuple(members) for members in found.sets[0].tolist()]
        if not found.complete or len(sets) > at_most:
            return None
    return sorted(sets)


def possible(
    question: Question, people: People, worth: Worth, without: Collection[str], work: float = WORK
) -> bool | None:
    """Whether all rules but those in `without` can hold at once; None if that was not settled."""
    fit = read_fit(question, people, without)
    everyone = question.rules.place_everyone and "everyone" not in without
    if not everyone and fit.groups is None:
        return True
    n = len(fit)
    if ruled_out(fit, everyone):
        return False
    if fit.groups is None and 1 in fit.sizes and all(may_sit_together(fit, [person]) for person in range(n)):
        return True
    if n == 0 and fit.groups is None:
        return True
    if everyone and fit.groups is None and not fit.one_trio and sum(map(len, placed_by_search(fit, ()))) == n:
        return True
    sets = every_set(fit, worth)
    if sets is None:
        seats = seating(fit, everyone, work)
        return None if seats is None else bool(seats)
    if not sets:
        return not fit.groups and (n == 0 or not everyone)
    master = Master(fit, sets, [0.0] * len(sets), range(n), all=everyone)
    status = master.ask(cp_model.CpSolver(), [0] * len(sets), work, 0, ())
    return settled(status)


def settled(status: int) -> bool | None:
    """What the solver's word means for possibility; None if it ran out of work."""
    if status == cp_model.INFEASIBLE:
        return False
    return True if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def seating(fit: Fit, everyone: bool, work: float = WORK) -> list[Set] | None:
    """Any sets that satisfy every rule, where there are too many to list: who sits in which, as truth values.

    No sets at all if that was proven impossible; None if it was not settled.
    """
    n = len(fit)
    if too_few(fit, everyone):
        return []
    bounds = fit.groups or [(min(fit.sizes), max(fit.sizes))] * (n // min(fit.sizes))
    counted = np.equal(fit.organisation[:, None], fit.organisation[None, :]) & (fit.per_organisation == 1)
    barred = np.argwhere(np.triu(~fit.allowed & ~counted, 1)).tolist()
    if (n + len(barred)) * len(bounds) > LARGE:
        return None
    model = cp_model.CpModel()
    sits = [[model.new_bool_var("") for _ in bounds] for _ in range(n)]
    used = [model.new_bool_var("") for _ in bounds]
    for person in range(n):
        (model.add_exactly_one if everyone else model.add_at_most_one)(sits[person])
    for group, (low, high) in enumerate(bounds):
        size = sum(sits[person][group] for person in range(n))
        model.add(size >= low * used[group])
        model.add(size <= high * used[group])
        if fit.groups is not None:
            model.add(used[group] == 1)
        for one, other in barred:
            model.add_bool_or(~sits[one][group], ~sits[other][group])
    if fit.common:
        agree(model, fit, sits)
    for number in np.flatnonzero(np.bincount(fit.organisation) > fit.per_organisation).tolist():
        members = np.flatnonzero(fit.organisation == number).tolist()
        for group in range(len(bounds)):
            model.add(sum(sits[person][group] for person in members) <= fit.per_organisation)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 4 * work
    known = settled(int(solver.solve(model)))
    if not known:
        return [] if known is False else None
    seats = [
        tuple(person for person in range(n) if solver.boolean_value(sits[person][group]))
        for group in range(len(bounds))
    ]
    return sorted(members for members in seats if members)


def placed_by_search(fit: Fit, sets: Sequence[Set]) -> list[Set]:
    """What an annealing places, from the sets at hand on, where nothing but being placed counts."""
    n, largest = len(fit), max(fit.sizes)
    none = no_worth(n)
    table = read_table(fit, none)
    short = table.size.copy()
    short[1 : min(fit.sizes)] -= np.arange(1, min(fit.sizes))  # whoever sits in a set too small is out
    wanted = groups_of(n, fit.sizes, none.size)
    groups = [tuple(members) for members in sets if len(members) <= largest]
    sizes = np.array([*wanted, *([min(fit.sizes)] * (len(groups) - len(wanted)))], dtype=np.int64)
    bounds = (np.zeros(len(sizes), dtype=np.int64), np.full(len(sizes), largest))
    steps = min(ALL_STEPS, STEPS * n)
    found = annealed(
        table._replace(size=short), sizes, bounds, np.ones(n), steps, (1.0, 0.1), 0, groups or None, remember=1
    )
    best = [group for group in found.groups if len(group) in fit.sizes]
    return max(best, groups, key=lambda each: sum(map(len, each)))


def agree(model: cp_model.CpModel, fit: Fit, sits: Sequence[Sequence[cp_model.IntVar]]) -> None:
    """Each set chooses as many slots as it has to share, and holds only people free then."""
    bits = np.unpackbits(fit.slots.view(np.uint8), axis=1, bitorder="little").astype(bool)
    always = np.asarray(bits.all(axis=1))
    real = np.flatnonzero(bits[~always].any(axis=0)) if (~always).any() else np.zeros(0, dtype=np.int64)
    if not len(real):
        return
    for group in range(len(sits[0])):
        chosen = [model.new_bool_var("") for _ in real]
        tied = [person for person in range(len(fit)) if not always[person]]
        busy = model.new_bool_var("")
        for person in tied:
            model.add_implication(sits[person][group], busy)
            for slot, picked in zip(real, chosen, strict=True):
                if not bits[person, slot]:
                    model.add_bool_or(~sits[person][group], ~picked)
        model.add(sum(chosen) >= fit.common).only_enforce_if(busy)


def clashing(question: Question, people: People, worth: Worth, seconds: float) -> tuple[str, ...] | None:
    """A smallest set of rules that cannot all hold; None unless it is proven that they cannot."""
    work = min(WORK, max(1.0, seconds / 4))
    return none_to_spare(question, lambda without: possible(question, people, worth, without, work))


def clashing_by_count(question: Question, people: People | None) -> tuple[str, ...] | None:
    """The same as far as counting shows; without looking at any two people where they are not given."""
    everyone = question.rules.place_everyone
    organisation = numbered([person.organisation for person in question.people], unknown_alone=True)
    n = len(organisation)
    anybody, always = np.broadcast_to(np.True_, (n, n)), np.broadcast_to(ALWAYS, (n, 1))

    def way(without: Collection[str]) -> bool:
        for_all = everyone and "everyone" not in without
        if people is not None:
            return not ruled_out(read_fit(question, people, without), for_all)
        return not too_few(with_wholes(question, anybody, organisation, always, without), for_all)

    return none_to_spare(question, way)


def none_to_spare(question: Question, way: Callable[[Collection[str]], bool | None]) -> tuple[str, ...] | None:
    """Rules that cannot all hold: each in turn is left out, for good unless the rest then can; None if all may hold.

    `way` says whether all but some can; where it does not know, a rule is not left out for good.
    """
    if way(()) is not False:
        return None
    rules = ["sizes", "organisation", "line", "avoid", "cooldown", "slots"]
    if question.group_sizes is not None:
        rules[0] = "groups"
    if question.rules.place_everyone:
        rules.append("everyone")
    spared: list[str] = []
    for rule in [
        "line",
        "avoid",
        "cooldown",
        "organisation",
        "slots",
        rules[0],
        *(["everyone"] if "everyone" in rules else []),
    ]:
        if way([*spared, rule]) is False:
            spared.append(rule)
    return tuple(rule for rule in rules if rule not in spared)


def why_unplaced(fit: Fit, people: People, question: Question, left: Sequence[int]) -> list[str]:
    """The code of the reason each of these is not placed; whom somebody avoids or has met is never it."""
    if not left:
        return []
    n, smallest = len(fit), min(fit.sizes, default=question.size.min)
    whole = n
    if question.group_sizes is None and n >= smallest and fit.sizes:
        whole = most_placed(fit.sizes, n)
    return [reason(fit, people, question, person, "sizes" if whole < n else "others") for person in left]


def reason(fit: Fit, people: People, question: Question, person: int, otherwise: str) -> str:
    """Why this person is in no set at all; `otherwise` if there is one they could be in."""
    n = len(fit)
    smallest = min(fit.sizes, default=question.size.min)
    if n < smallest or not fit.sizes:
        return "few"
    elsewhere = (people.organisation != people.organisation[person]) & ~people.same_line[person]
    elsewhere[person] = False
    if question.rules.max_per_organisation == 1 and not elsewhere.any() and smallest > 1:
        return "organisation"
    shares = elsewhere & enough(fit.slots & fit.slots[person], fit.common)
    if not shares.any() and smallest > 1:
        return "slots"
    return otherwise if in_some_set(fit, person, smallest) else "wishes"


def no_worth(n: int) -> Worth:
    """People who are worth nothing to each other, when only sizes matter."""
    none = np.zeros((n, 0))
    return Worth(none, np.zeros(0, dtype=np.int64), ((),) * n, np.zeros((n, n)), 0, 0.0)
