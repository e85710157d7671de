"""Whether what callers saw of one stream could have happened one thing after another, each between its question and
its answer.

A stream counts, so every operation says where in that order it stands: what was recorded made a version, a look saw
one. An order exists exactly when nobody who asked after somebody was answered stands before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """One operation: when it was asked and answered, and the version it made or saw."""

    asked: float
    answered: float
    version: int
    made: bool

    @property
    def place(self) -> int:
        """Looks stand behind the version they saw, and before the next."""
        return 2 * self.version + (0 if self.made else 1)


def broken(operations: Sequence[Seen]) -> str | None:
    """The first thing that no order can explain; None when there is an order."""
    made = sorted(each.version for each in operations if each.made)
    if made != list(range(made[0], made[0] + len(made))) if made else False:
        return f"versions were made twice or skipped: {made}"
    finished = sorted(operations, key=lambda each: each.answered)
    furthest: Seen | None = None
    done = 0
    for each in sorted(operations, key=lambda each: each.asked):
        while done < len(finished) and finished[done].answered < each.asked:
            if furthest is None or finished[done].place > furthest.place:
                furthest = finished[done]
            done += 1
        if furthest and each.place < furthest.place:
            return f"{each} was asked after {furthest} was answered, and stands before it"
    return None
