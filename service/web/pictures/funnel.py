"""From conversations to what lasted: a bar for each stage."""

from __future__ import annotations

from collections.abc import Sequence

from service.web.pictures.drawing import BLUE, WIDTH, Picture, counted, drawn


def draw_funnel(stages: Sequence[tuple[str, int]], *, id: str = "funnel") -> Picture:
    """How many conversations got as far as each stage, the first stage being all of them."""
    whole = stages[0][1] if stages else 0
    rows = [{"stage": stage, "count": count, "says": _share(count, whole)} for stage, count in stages]
    last = rows[-1] if rows else {"stage": "", "count": 0}
    title = "From conversation to outcome"
    description = (
        f"Of {counted(whole, 'conversation', 'conversations')}, {last['count']:,} got as far as: {last['stage']}."
    )
    svg = drawn(
        {
            "width": WIDTH - 150,
            "height": {"step": 34},
            "data": {"values": rows},
            "encoding": {
                "y": {"field": "stage", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False}},
                "x": {"field": "count", "type": "quantitative", "axis": None, "scale": {"domain": [0, max(whole, 1)]}},
            },
            "layer": [
                {"mark": {"type": "bar", "color": BLUE}},
                {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": {"text": {"field": "says"}}},
            ],
        },
        id=id,
        title=title,
        description=description,
    )
    table = [[str(row["stage"]), f"{row['count']:,}", _percent(row["count"], whole)] for row in rows]
    return Picture(
        title=title, description=description, svg=svg, columns=("Stage", "Conversations", "Of all"), rows=table
    )


def _share(count: int, whole: int) -> str:
    return f"{count:,}" if count == whole else f"{count:,} ({_percent(count, whole)})"


def _percent(count: object, whole: int) -> str:
    assert isinstance(count, int)
    return f"{count / whole:.0%}" if whole else "–"
