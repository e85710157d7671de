"""The cheapest way to put a few people into given sets, exactly: depth first, hardest person first.

Each set has a slack, at least 0: how far its value stays below what its people cost. Leaving a person out has one
too. Choosing sets of least total slack is choosing sets of most value, and a branch ends once its slack reaches
the best known.
"""

from collections.abc import Sequence

from service.matching.master import Set

NODES = 6000  # branches looked at before the search is given up with the best so far


class Cover:
    """Exact cover of `people` by sets, each person alone being a set as well (left out)."""

    def __init__(
        self, people: Sequence[int], sets: Sequence[Set], slacks: Sequence[float], out: Sequence[float]
    ) -> None:
        rank = {
            person: at for at, person in enumerate(sorted(people, key=lambda one: (sum(one in s for s in sets), one)))
        }
        self.everybody = (1 << len(people)) - 1
        self.with_first: list[list[tuple[float, int, int]]] = [[] for _ in people]
        for at, (members, slack) in enumerate(zip(sets, slacks, strict=True)):
            mask = sum(1 << rank[person] for person in members)
            self.with_first[(mask & -mask).bit_length() - 1].append((slack, at, mask))
        for person, slack in zip(people, out, strict=True):
            self.with_first[rank[person]].append((slack, -1, 1 << rank[person]))
        for options in self.with_first:
            options.sort()
        self.nodes = 0
        self.limit = 0.0
        self.found: list[int] | None = None
        self.chosen: list[int] = []

    def best(self, below: float) -> list[int] | None:
        """Places of the sets in the best cover of total slack under `below`; None if there is none."""
        self.limit, self.found = below, None
        self.search(self.everybody, 0.0)
        return self.found

    def search(self, left: int, slack: float) -> None:
        if not left:
            self.limit = slack
            self.found = [at for at in self.chosen if at >= 0]
            return
        self.nodes += 1
        if self.nodes > NODES:
            return
        for more, at, mask in self.with_first[(left & -left).bit_length() - 1]:
            if slack + more >= self.limit - 1e-9:
                break
            if mask & left == mask:
                self.chosen.append(at)
                self.search(left & ~mask, slack + more)
                self.chosen.pop()
