"""The search for a proposal: the best answer so far, and the most that any answer could reach, as they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.web.pictures.drawing import BLUE, INK, WIDTH, Picture, drawn

VALUE, BOUND = "best so far", "the most that is possible"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """After so many seconds, the best value found and the bound proven; None where there is none yet."""

    seconds: float
    value: float | None
    bound: float | None


def draw_solving(moments: Sequence[Moment], *, id: str = "solving") -> Picture:
    """Two lines that come together; the bound is dashed."""
    values = [
        {"seconds": moment.seconds, "what": what, "points": points}
        for moment in moments
        for what, points in ((VALUE, moment.value), (BOUND, moment.bound))
        if points is not None
    ]
    title = "How close the proposal is to the best possible"
    description = _says(moments)
    svg = drawn(
        {
            "width": WIDTH - 70,
            "height": 180,
            "data": {"values": values},
            "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 3, "point": {"size": 40}},
            "encoding": {
                "x": {
                    "field": "seconds",
                    "type": "quantitative",
                    "title": "seconds",
                    "axis": {"grid": False, "tickCount": 5},
                },
                "y": {
                    "field": "points",
                    "type": "quantitative",
                    "title": None,
                    "scale": {"zero": False},
                    "axis": {"tickCount": 5, "format": "~s"},
                },
                "color": {
                    "field": "what",
                    "type": "nominal",
                    "scale": {"domain": [BOUND, VALUE], "range": [INK, BLUE]},
                    "legend": {"symbolType": "stroke", "symbolSize": 700, "symbolStrokeWidth": 3},
                },
                "strokeDash": {
                    "field": "what",
                    "type": "nominal",
                    "scale": {"domain": [BOUND, VALUE], "range": [[6, 4], [1, 0]]},
                },
            },
        },
        id=id,
        title=title,
        description=description,
    )
    rows = [[f"{moment.seconds:.1f}", _points(moment.value), _points(moment.bound)] for moment in moments]
    columns = ("Seconds", VALUE.capitalize(), BOUND.capitalize())
    return Picture(title=title, description=description, svg=svg, columns=columns, rows=rows)


def _says(moments: Sequence[Moment]) -> str:
    last = moments[-1] if moments else None
    if last is None or last.value is None:
        return "There is no answer yet."
    if last.bound is None:
        return f"The best answer so far is worth {last.value:,.0f}; nothing is proven about it yet."
    away = (last.bound - last.value) / last.bound if last.bound else 0.0
    return f"The best answer so far is worth {last.value:,.0f}, at most {away:.1%} away from the best possible."


def _points(points: float | None) -> str:
    return "–" if points is None else f"{points:,.0f}"
