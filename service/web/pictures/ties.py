"""Ties between organisations: who has worked with whom for the first time, again, or still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.web.pictures.drawing import BLUE, GREEN, INK, WIDTH, Picture, drawn


@dataclass(frozen=True, kw_only=True)
class Ties:
    """Of one period: pairs of people who met for the first time, after a long while, and once more."""

    period: str
    new: int
    renewed: int
    repeated: int


def draw_ties(periods: Sequence[Ties], *, id: str = "ties") -> Picture:
    """A bar for each period, new ties first."""
    kinds = ("new", "renewed", "repeated")
    values = [
        {"period": each.period, "kind": kind, "count": getattr(each, kind), "order": order}
        for each in periods
        for order, kind in enumerate(kinds)
    ]
    title = "Who has worked with whom"
    new, renewed, repeated = (sum(getattr(each, kind) for each in periods) for kind in kinds)
    description = f"{new:,} new ties, {renewed:,} renewed and {repeated:,} repeated."
    svg = drawn(
        {
            "width": WIDTH - 110,
            "height": {"step": 26},
            "data": {"values": values},
            "mark": {"type": "bar", "stroke": INK, "strokeWidth": 1},
            "encoding": {
                "y": {"field": "period", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False}},
                "x": {
                    "field": "count",
                    "type": "quantitative",
                    "title": "ties",
                    "axis": {"tickCount": 4, "format": "d", "tickMinStep": 1},
                },
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "sort": list(kinds),
                    "scale": {"domain": list(kinds), "range": [BLUE, GREEN, "#ffffff"]},
                },
                "order": {"field": "order"},
            },
        },
        id=id,
        title=title,
        description=description,
    )
    rows = [[each.period, f"{each.new:,}", f"{each.renewed:,}", f"{each.repeated:,}"] for each in periods]
    columns = ("Period", "New", "Renewed", "Repeated")
    return Picture(title=title, description=description, svg=svg, columns=columns, rows=rows)
