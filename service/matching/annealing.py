"""A first answer: sets filled around the people hardest to place, then annealing by swaps and moves.

Swaps and moves are accepted as in Kirkpatrick et al. (1983); every rule inside a set holds throughout, and whoever is
out costs more than any set could gain.
"""

from dataclasses import dataclass

import numpy as np

from service.matching.compiled import compiled
from service.matching.people import Real, Whole
from service.matching.tables import Table, help_within, may_join, share_slots, value_within

SEEN = 150_000  # sets met on the way that are kept


@compiled
def drawn(state: int) -> int:
    """The next number of a small generator (Marsaglia 2003, xorshift), the same everywhere; never 0."""
    state ^= (state << 13) & 0xFFFFFFFF
    state ^= state >> 17
    return state ^ ((state << 5) & 0xFFFFFFFF)


@compiled
def filled(table: Table, sizes: Whole, sets: Whole, counts: Whole) -> None:
    """Sets of about these sizes, each grown from whoever has fewest partners left by who adds most to it."""
    n = len(table.allowed)
    free = np.zeros(n, dtype=np.bool_)
    for person in range(n):
        free[person] = share_slots(table, table.slots[person], person)  # or nobody can sit with them, nor they alone
    partners = np.zeros(n, dtype=np.int64)
    for one in range(n):
        for other in range(n):
            if table.allowed[one, other]:
                partners[one] += 1
    shared = np.zeros(table.slots.shape[1], dtype=np.uint64)
    gain = np.zeros(n)
    for group in range(len(sizes)):
        seed = -1
        for person in range(n):
            if free[person] and (seed < 0 or partners[person] < partners[seed]):
                seed = person
        if seed < 0:
            break
        sets[group, 0], counts[group] = seed, 1
        free[seed] = False
        for word in range(len(shared)):
            shared[word] = table.slots[seed, word]
        gain[:] = table.pair[seed]
        while counts[group] < sizes[group]:
            best = -1
            for person in range(n):
                better = free[person] and (best < 0 or gain[person] > gain[best])
                if better and may_join(table, sets[group], counts[group], shared, person):
                    best = person
            if best < 0:
                break
            sets[group, counts[group]] = best
            counts[group] += 1
            free[best] = False
            gain += table.pair[best]
            for word in range(len(shared)):
                shared[word] &= table.slots[best, word]


@compiled
def may_stand(table: Table, sets: Whole, counts: Whole, group: int, without: int, person: int) -> bool:
    """Whether the person may join the group once the member at `without` has left it (-1: nobody leaves)."""
    same = 0
    for place in range(counts[group]):
        if place != without:
            member = sets[group, place]
            if not table.allowed[person, member]:
                return False
            if table.organisation[member] == table.organisation[person]:
                same += 1
    if same >= table.per_organisation:
        return False
    if table.common <= 0:
        return True
    shared = table.slots[person].copy()
    for place in range(counts[group]):
        if place != without:
            for word in range(len(shared)):
                shared[word] &= table.slots[sets[group, place], word]
    return share_slots(table, shared, person)


@compiled
def changed(
    table: Table, sets: Whole, counts: Whole, group: int, without: int, person: int, company: Real, room: Whole
) -> tuple[float, float]:
    """The group's value and company after the change; the new group is left in `room`."""
    count = 0
    together = company[group]
    leaver = sets[group, without] if without >= 0 else -1
    for place in range(counts[group]):
        if place != without:
            member = sets[group, place]
            if leaver >= 0:
                together -= table.together[member, leaver]
            if person >= 0:
                together += table.together[member, person]
            room[count] = member
            count += 1
    if person >= 0:
        room[count] = person
        count += 1
    if count == 0:
        return 0.0, 0.0
    return help_within(table, room, count) + together + table.size[count], together


@compiled
def take(sets: Whole, counts: Whole, group: int, room: Whole, count: int, home: Whole) -> None:
    """Makes the group what lies in `room`."""
    for place in range(count):
        sets[group, place] = room[place]
        home[room[place]] = group
    counts[group] = count


@compiled
def note(sets: Whole, counts: Whole, group: int, seen: Whole, met: int) -> int:
    """Writes the group down as (size, members…) over what was met longest ago; how many were met."""
    row = met % len(seen)
    seen[row, 0] = counts[group]
    for place in range(counts[group]):
        seen[row, place + 1] = sets[group, place]
    return met + 1


def noted(seen: Whole) -> list[tuple[int, ...]]:
    """The sets written down, each once."""
    found = {tuple(sorted(row[1 : row[0] + 1].tolist())) for row in np.unique(seen, axis=0)}
    return sorted(found - {()})


@compiled
def anneal(
    table: Table,
    sets: Whole,
    counts: Whole,
    low: Whole,
    high: Whole,
    missing: Real,
    steps: int,
    warm: float,
    cool: float,
    state: int,
    seen: Whole,
    best_sets: Whole,
    best_counts: Whole,
) -> tuple[int, int]:
    """`steps` proposals while the temperature falls; leaves the best answer met in `best_sets` and says what it saw."""
    n, groups = len(missing), len(counts)
    value = np.zeros(groups)
    company = np.zeros(groups)
    home = np.full(n, -1, dtype=np.int64)
    total = 0.0
    for group in range(groups):
        for place in range(counts[group]):
            home[sets[group, place]] = group
            for other in range(place):
                company[group] += table.together[sets[group, place], sets[group, other]]
        if counts[group]:
            value[group] = value_within(table, sets[group], counts[group])
        total += value[group]
    for person in range(n):
        if home[person] < 0:
            total -= missing[person]
    best = total
    best_sets[:] = sets
    best_counts[:] = counts
    width = sets.shape[1]
    first, second = np.zeros(width + 1, dtype=np.int64), np.zeros(width + 1, dtype=np.int64)
    met = 0
    heat, fall = warm, (cool / warm) ** (1000.0 / max(1, steps))
    changed_since = False
    for step in range(steps):
        if step % 1000 == 0:
            heat *= fall
        if step % (4 * n) == 0 and changed_since:
            changed_since = False
            if total > best + 1e-9:
                best = total
                best_sets[:] = sets
                best_counts[:] = counts
        state = drawn(state)
        person = state % n
        state = drawn(state)
        group = state % groups
        here = home[person]
        if group == here:
            continue
        state = drawn(state)
        into = state % (counts[group] + 1)  # whose place is taken; the last: nobody's
        swap = into < counts[group]
        at = -1
        if here >= 0:
            for place in range(counts[here]):
                if sets[here, place] == person:
                    at = place
        if not swap:
            into = -1
            if counts[group] >= high[group]:
                continue
            if here >= 0 and counts[here] <= low[here]:
                continue
        if not may_stand(table, sets, counts, group, into, person):
            continue
        other = sets[group, into] if swap else -1
        if swap and here >= 0 and not may_stand(table, sets, counts, here, at, other):
            continue
        new, new_company = changed(table, sets, counts, group, into, person, company, first)
        gain = new - value[group]
        old, old_company = 0.0, 0.0
        if here >= 0:
            old, old_company = changed(table, sets, counts, here, at, other, company, second)
            gain += old - value[here]
        else:
            gain += missing[person]
            if swap:
                gain -= missing[other]
        state = drawn(state)
        if gain < 0.0 and state / 4294967296.0 >= np.exp(gain / heat):
            continue
        total += gain
        changed_since = True
        take(sets, counts, group, first, counts[group] + (0 if swap else 1), home)
        value[group], company[group] = new, new_company
        if here >= 0:
            take(sets, counts, here, second, counts[here] - (0 if swap else 1), home)
            value[here], company[here] = old, old_company
        elif swap:
            home[other] = -1
        if len(seen) and 3 * step > steps:
            met = note(sets, counts, group, seen, met)
            if here >= 0:
                met = note(sets, counts, here, seen, met)
    if total > best + 1e-9:
        best_sets[:] = sets
        best_counts[:] = counts
    return state, met


@dataclass
class Annealed:
    """Sets, and sets met on the way to them."""

    groups: list[tuple[int, ...]]
    seen: list[tuple[int, ...]]


def annealed(
    table: Table,
    sizes: Whole,
    bounds: tuple[Whole, Whole],
    missing: Real,
    steps: int,
    heats: tuple[float, float],
    seed: int,
    groups: list[tuple[int, ...]] | None = None,
    remember: int = SEEN,
) -> Annealed:
    """From the groups given, or from sets filled one by one, to better ones."""
    low, high = bounds
    width = int(max(high.max(initial=1), sizes.max(initial=1)))
    sets = np.zeros((len(sizes), width), dtype=np.int64)
    counts = np.zeros(len(sizes), dtype=np.int64)
    if groups is None:
        filled(table, sizes, sets, counts)
    else:
        for place, group in enumerate(groups):
            sets[place, : len(group)], counts[place] = group, len(group)
    kept, kept_counts = sets.copy(), counts.copy()
    seen = np.zeros((remember, width + 1), dtype=np.int64)
    met = 0
    if len(sizes) and len(missing) > 1:
        state = (seed * 2654435761 + 12345) % 4294967295 + 1
        _, met = anneal(table, sets, counts, low, high, missing, max(1, steps), *heats, state, seen, kept, kept_counts)
    rows = [kept[group, : kept_counts[group]] for group in range(len(sizes)) if kept_counts[group]]
    return Annealed(sorted(tuple(sorted(row.tolist())) for row in rows), noted(seen[: min(met, remember)]))
