"""The cheapest way to put a few people into given sets, exactly: depth first, hardest person first.

Each set has a slack, at least 0: how far its value stays below what its people cost. Leaving a person out has one
too. Choosing sets of least total slack is choosing sets of most value, and a branch ends once its slack, and the
least that everybody left must still bear, reaches the best known.
"""

import numpy as np

from service.matching.compiled import compiled
from service.matching.people import Real, Whole

NODES = 200_000  # branches looked at before the search is given up with the best so far
WIDEST = 62  # people at once: their masks are whole numbers


@compiled
def cheapest(
    start: Whole, masks: Whole, slacks: Real, least: Real, people: int, below: float, nodes: int, chosen: Whole
) -> int:
    """How many rows of the cheapest cover under `below` are in `chosen`, -1 if there is none."""
    everybody = (1 << people) - 1
    left = np.zeros(people + 2, dtype=np.int64)
    spent = np.zeros(people + 2)
    rest = np.zeros(people + 2)
    turn = np.zeros(people + 2, dtype=np.int64)
    pick = np.zeros(people + 2, dtype=np.int64)
    first = np.zeros(people + 2, dtype=np.int64)
    left[0] = everybody
    rest[0] = least.sum()
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
        mask = masks[at]
        if mask & left[depth] != mask:
            continue
        looked += 1
        more = rest[depth]
        for person in range(people):
            if mask >> person & 1:
                more -= least[person]
        if spent[depth] + slacks[at] + more >= limit - 1e-9:
            continue
        pick[depth] = at
        depth += 1
        left[depth] = left[depth - 1] & ~mask
        spent[depth] = spent[depth - 1] + slacks[at]
        rest[depth] = more
        if left[depth] == 0:
            limit = spent[depth]
            found = depth
            for place in range(depth):
                chosen[place] = pick[place]
            depth -= 1
            continue
        person = first[depth - 1] + 1
        while not left[depth] >> person & 1:
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
    masks = [np.left_shift(np.int64(1), rank[kind]).sum(axis=1) for kind in sets] + [np.left_shift(np.int64(1), rank)]
    mask, slack = np.concatenate(masks), np.concatenate([*slacks, out])
    least = np.full(people, np.inf)
    for kind, each in zip([*sets, np.arange(people)[:, None]], [*slacks, out], strict=True):
        np.minimum.at(least, rank[kind].ravel(), np.repeat(each / kind.shape[1], kind.shape[1]))
    first = np.log2((mask & -mask).astype(np.float64)).astype(np.int64)
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
