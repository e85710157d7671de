"""The days and months of moments in London, many at a time: its clock is whole hours from UTC."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from projections.columns import Column
from projections.counting import moment_of
from projections.month_ends import month_of
from service.domain.days import london_day

AN_HOUR = 3_600_000_000
"""In ticks."""


def days_of(ticked: Column) -> Column:
    """The day of each moment, counted from the first of the year one."""
    return _hour_by_hour(ticked, _day_of_hour)


def months_of(ticked: Column) -> Column:
    """The month of each moment, counted from the year nought."""
    return _hour_by_hour(ticked, _month_of_hour)


def _hour_by_hour(ticked: Column, told: Callable[[int], int]) -> Column:
    hours, place = np.unique(ticked // AN_HOUR, return_inverse=True)
    return np.array([told(hour) for hour in hours.tolist()], dtype=np.int64)[place]


@lru_cache(maxsize=100_000)
def _day_of_hour(hour: int) -> int:
    return london_day(moment_of(hour * AN_HOUR)).toordinal()


@lru_cache(maxsize=100_000)
def _month_of_hour(hour: int) -> int:
    return month_of(moment_of(hour * AN_HOUR))
