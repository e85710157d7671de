"""Time to action: how many conversations had led to an action, day by day (Kaplan & Meier 1958)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.web.pictures.drawing import BLUE, WIDTH, Picture, counted, drawn


@dataclass(frozen=True, kw_only=True)
class Step:
    """By this day that share (0 to 1) had led to an action; so many were still waiting to be seen."""

    day: int
    acted: float
    at_risk: int


def draw_waiting(steps: Sequence[Step], median: int | None, *, id: str = "waiting") -> Picture:
    """The curve, which only rises; `median` is the day by which half had, None where it never came to half."""
    values = [{"day": 0, "acted": 0.0}, *({"day": step.day, "acted": step.acted} for step in steps)]
    title = "How soon conversations led to an action"
    reached = f"{steps[-1].acted:.0%} by day {steps[-1].day}" if steps else "none so far"
    half = f"Half had within {counted(median, 'day', 'days')}." if median is not None else "It has not come to half."
    description = f"The share of conversations that had led to an action rises to {reached}. {half}"
    svg = drawn(
        {
            "width": WIDTH - 60,
            "height": 180,
            "data": {"values": values},
            "mark": {"type": "line", "interpolate": "step-after", "color": BLUE, "strokeWidth": 3},
            "encoding": {
                "x": {
                    "field": "day",
                    "type": "quantitative",
                    "title": "days after the conversation",
                    "axis": {"grid": False, "tickCount": 5, "format": "d"},
                },
                "y": {
                    "field": "acted",
                    "type": "quantitative",
                    "title": None,
                    "scale": {"domain": [0, 1]},
                    "axis": {"format": "%", "tickCount": 5},
                },
            },
        },
        id=id,
        title=title,
        description=description,
    )
    rows = [[f"{step.day:,}", f"{step.acted:.0%}", f"{step.at_risk:,}"] for step in steps]
    columns = ("Days after", "Had led to an action", "Still open the day before")
    return Picture(title=title, description=description, svg=svg, columns=columns, rows=rows)
