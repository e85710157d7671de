"""Kaplan and Meier's estimate: who still waits after so many days, when some have not waited that long yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec


class Case(NamedTuple):
    """Whole days until it happened; or, where it has not happened, until the day on which we looked."""

    days: int
    happened: bool


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the curve: who had waited that long, for how many it happened then, how many we know no more of, and
    what share is still waiting afterwards."""

    days: int
    at_risk: int
    happened: int
    censored: int
    waiting: float


def curve(cases: Iterable[Case]) -> tuple[Step, ...]:
    """The estimate, a step for each day on which something is known; what happens comes before what ends."""
    happened, ended = Counter[int](), Counter[int]()
    for case in cases:
        (happened if case.happened else ended)[case.days] += 1
    at_risk = happened.total() + ended.total()
    waiting, steps = Fraction(1), []
    for days in sorted(happened.keys() | ended.keys()):
        waiting *= 1 - Fraction(happened[days], at_risk)
        steps.append(
            Step(
                days=days,
                at_risk=at_risk,
                happened=happened[days],
                censored=ended[days],
                waiting=float(waiting),
            )
        )
        at_risk -= happened[days] + ended[days]
    return tuple(steps)


def median(steps: Sequence[Step]) -> int | None:
    """The day by which it has happened to half of all; None while it has not been seen for half."""
    return next((step.days for step in steps if step.waiting <= 0.5), None)
