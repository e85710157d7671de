"""The cheapest way to put a few people into given sets, exactly: depth first, hardest person first.

Each set has a slack, at least 0: how far its value stays below what its people cost. Leaving a person out has one
too. Choosing sets of least total slack is choosing sets of most value, and a branch ends once its slack, and the
least that everybody left must still bear, reaches the best known.
"""

import numpy as np

from service.matching.compiled import compiled
from service.matching.people import Real, Whole

NODES = 200_000  # branches looked at before the search is given up with the best so far
WORD = 62  # people in one whole number,
WIDEST = 2 * WORD  # and at once


@compiled
def cheapest(
    start: Whole, masks: Whole, slacks: Real, least: Real, people: int, below: float, nodes: int, chosen: Whole
) -> int:
    """How many rows of the cheapest cover under `below` are in `chosen`, -1 if there is none.

    `masks` (sets, 2): the people of a set, the first `WORD` of them in one whole number, the others in another.
    """
    left = np.zeros((people + 2, 2), dtype=np.int64)
    spent = np.zeros(people + 2)
    rest = np.zeros(people + 2)
    turn = np.zeros(people + 2, dtype=np.int64)
    pick = np.zeros(people + 2, dtype=np.int64)
    first = np.zeros(people + 2, dtype=np.int64)
    left[0, 0] = (1 << min(people, WORD)) - 1
    left[0, 1] = (1 << max(0, people - WORD)) - 1
    rest[0] = least.sum()
    needs = np.empty(len(slacks))  # what the people of a set must bear at least
    for at in range(len(slacks)):
        needs[at] = 0.0
        for person in range(people):
            if masks[at, person // WORD] >> (person % WORD) & 1:
                needs[at] += least[person]
    turn[0], first[0] = start[0], 0
    depth, found, limit, looked = 0, -1, below, 0
    while depth >= 0:
        at = turn[depth]
        if at == start[first[depth] + 1] or looked > nodes:
            depth -= 1
            continue
        turn[depth] += 1
        if spent[depth] + slacks[at] >= limit - 1e-9:
            depth -= 1  # the others are dearer still
            continue
        one, other = masks[at, 0], masks[at, 1]
        if one & left[depth, 0] != one or other & left[depth, 1] != other:
            continue
        looked += 1
        more = rest[depth] - needs[at]
        if spent[depth] + slacks[at] + more >= limit - 1e-9:
            continue
        pick[depth] = at
        depth += 1
        left[depth, 0] = left[depth - 1, 0] & ~one
        left[depth, 1] = left[depth - 1, 1] & ~other
        spent[depth] = spent[depth - 1] + slacks[at]
        rest[depth] = more
        if left[depth, 0] == 0 and left[depth, 1] == 0:
            limit = spent[depth]
            found = depth
            for place in range(depth):
                chosen[place] = pick[place]
            depth -= 1
            continue
        person = first[depth - 1] + 1
        while not left[depth, person // WORD] >> (person % WORD) & 1:
            person += 1
        first[depth] = person
        turn[depth] = start[person]
    return found


def best_cover(
    people: int, sets: list[Whole], slacks: list[Real], out: Real, below: float, nodes: int = NODES
) -> list[tuple[int, ...]] | None:
    """The sets of the best cover with total slack under `below`, each person alone being one as well (left out)."""
    often = np.zeros(people, dtype=np.int64)
    for kind in sets:
        often += np.bincount(kind.ravel(), minlength=people)
    rank = np.empty(people, dtype=np.int64)
    rank[np.lexsort((np.arange(people), often))] = np.arange(people)
    bits = np.zeros((people, 2), dtype=np.int64)
    bits[np.arange(people), rank // WORD] = np.left_shift(np.int64(1), rank % WORD)
    alone = np.arange(people)[:, None]
    mask = np.concatenate([bits[kind].sum(axis=1) for kind in (*sets, alone)])
    first = np.concatenate([rank[kind].min(axis=1) for kind in (*sets, alone)])
    slack = np.concatenate([*slacks, out])
    least = np.full(people, np.inf)
    for kind, each in zip([*sets, alone], [*slacks, out], strict=True):
        np.minimum.at(least, rank[kind].ravel(), np.repeat(each / kind.shape[1], kind.shape[1]))
    order = np.lexsort((np.arange(len(mask)), slack, first))
    start = np.searchsorted(first[order], np.arange(people + 2))
    chosen = np.zeros(people + 2, dtype=np.int64)
    count = cheapest(start, mask[order], slack[order], least, people, below, nodes, chosen)
    if count < 0:
        return None
    ends = np.cumsum([len(kind) for kind in sets])
    taken = []
    for row in order[chosen[:count]].tolist():
        which = int(np.searchsorted(ends, row, side="right"))
        if which < len(sets):
            first_row = int(ends[which - 1]) if which else 0
            taken.append(tuple(sets[which][row - first_row].tolist()))
    return taken
