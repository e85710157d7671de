"""The right answer by other means: the contract's rules and sums on the bare question, and every way to divide.

Nothing here is borrowed from the workshop. Help and together have to be given, in whole numbers.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

PLACED, WAITED = 10**14, 10**10  # what one person, and one round waited, weigh beside points


class Oracle:
    """One question, answered by enumeration."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self.people = sorted(about["people"], key=lambda person: person["id"])
        self.ids = [person["id"] for person in self.people]
        self.n = len(self.ids)
        self.cast = {person["id"]: person for person in self.people}
        self.rules = {"max_per_organisation": 1, "cooldown_rounds": 6, "common_slots": 1} | about.get("rules", {})
        self.size = {"min": 4, "max": 6, "target": 5, "penalty": 20} | about.get("size", {})
        self.groups = about.get("group_sizes")
        self.help = {(helper, problem): points for helper, problem, points in about.get("help", ())}
        self.company = {frozenset((one, other)): points for one, other, points in about.get("together", ())}

    @cached_property
    def barred(self) -> set[frozenset[str]]:
        """Pairs that may not meet."""
        pairs = [frozenset(pair) for pair in self.about.get("avoid", ())]
        for meeting in self.about.get("past", ()):
            if meeting["rounds_ago"] <= self.rules["cooldown_rounds"]:
                pairs += map(frozenset, combinations(meeting["people"], 2))
        for person in self.people:
            seen, above = {person["id"]}, person.get("reports_to")
            while above in self.cast and above not in seen:
                pairs.append(frozenset((person["id"], above)))
                seen.add(above)
                above = self.cast[above].get("reports_to")
        return set(pairs)

    @property
    def trio(self) -> bool:
        return self.about.get("kind") == "pair" and self.n % 2 == 1 and self.size["min"] <= 3 <= self.size["max"]

    def sizes(self) -> list[int]:
        if self.groups is not None:
            return sorted({size for low, high in self.groups for size in range(low, high + 1)})
        if self.about.get("kind") == "pair":
            return [2, 3] if self.trio else [2]
        return list(range(self.size["min"], self.size["max"] + 1))

    def legal(self, members: Sequence[str]) -> bool:
        """Whether these people may be one set."""
        if any(frozenset(pair) in self.barred for pair in combinations(members, 2)):
            return False
        homes = [self.cast[id].get("organisation") for id in members]
        if any(homes.count(home) > self.rules["max_per_organisation"] for home in homes if home):
            return False
        diaries = [set(self.cast[id]["slots"]) for id in members if self.cast[id].get("slots")]
        return not diaries or len(set.intersection(*diaries)) >= self.rules["common_slots"]

    def terms(self, members: Sequence[str]) -> dict[str, int]:
        """What the set is worth, in the contract's three sums."""
        help = sum(
            max((self.help.get((other, problem["id"]), 0) for other in members if other != id), default=0)
            for id in members
            for problem in self.cast[id].get("problems", ())
        )
        company = sum(self.company.get(frozenset(pair), 0) for pair in combinations(members, 2))
        off = 0 if self.groups is not None else abs(len(members) - self.size["target"])
        return {"help": help, "together": company, "size": -self.size["penalty"] * off}

    def value(self, members: Sequence[str]) -> int:
        return sum(self.terms(members).values())

    @cached_property
    def sets(self) -> list[tuple[str, ...]]:
        """Every set the rules allow."""
        return [
            members
            for size in self.sizes()
            if size <= self.n
            for members in combinations(self.ids, size)
            if self.legal(members)
        ]

    def answers(self) -> Iterator[list[tuple[str, ...]]]:
        """Every answer the rules allow, people left out included. For nine people at most."""
        by_first: dict[str, list[tuple[str, ...]]] = {id: [] for id in self.ids}
        for members in self.sets:
            by_first[members[0]].append(members)

        def divide(left: list[str], chosen: list[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
            if not left:
                yield chosen
                return
            yield from divide(left[1:], chosen)
            for members in by_first[left[0]]:
                if set(members) <= set(left):
                    yield from divide([id for id in left if id not in members], [*chosen, members])

        for chosen in divide(self.ids, []):
            sizes = sorted(map(len, chosen))
            if self.groups is not None and not fill(sizes, [tuple(group) for group in self.groups]):
                continue
            if self.trio and sizes.count(3) > 1:
                continue
            if self.rules.get("place_everyone") and sum(sizes) < self.n:
                continue
            yield chosen

    def aims(self, chosen: Sequence[Sequence[str]]) -> tuple[int, int, int]:
        """The aims in their order: how many are placed, the rounds they waited, the value."""
        inside = [id for members in chosen for id in members]
        waited = sum(self.cast[id].get("waited_rounds", 0) for id in inside)
        return len(inside), waited, sum(map(self.value, chosen))

    def by_subsets(self, waited: bool) -> int:
        """The best answer's aims as one whole number, by dynamic programming over the people still free.

        Without `waited`, of the answers that place most, the one worth most. For sixteen people at most.
        """
        place = {id: at for at, id in enumerate(self.ids)}
        starting: list[list[tuple[int, int]]] = [[] for _ in self.ids]
        for members in self.sets:
            rounds = sum(self.cast[id].get("waited_rounds", 0) for id in members) if waited else 0
            points = PLACED * len(members) + WAITED * rounds + self.value(members)
            first, *rest = (place[id] for id in members)
            starting[first].append((sum(1 << (other - first - 1) for other in rest), points))
        best = np.zeros(1, dtype=np.int64)  # by mask of the people after `first` who are free
        for first in reversed(range(self.n)):
            masks = np.arange(len(best))
            chosen = best.copy()
            for others, points in starting[first]:
                within = masks[masks & others == others]
                chosen[within] = np.maximum(chosen[within], points + best[within & ~others])
            best = np.stack([best, chosen], axis=1).ravel()
        return int(best[-1])


def fill(sizes: list[int], groups: list[tuple[int, int]]) -> bool:
    """Whether the sizes fill exactly these groups, tried one way after another."""
    if len(sizes) != len(groups):
        return False
    if not sizes:
        return True
    return any(
        fill(sizes[1:], groups[:at] + groups[at + 1 :])
        for at, (low, high) in enumerate(groups)
        if low <= sizes[0] <= high
    )
