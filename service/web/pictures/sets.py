"""A set and why it fits: who can help whom, as lines from one to the other."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

from service.web.pictures.drawing import BLUE, WIDTH, Picture, counted, drawn, place_of, with_names

COLUMNS = 12  # of a name, beside the lines; the table has all of it
LEFT, RIGHT = 116, WIDTH - 116
STEP = 38


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Somebody who can help somebody, and the sentence saying how."""

    person: str
    helped_by: str
    because: str


def draw_set(members: Sequence[str], fits: Sequence[Fit], *, id: str = "set") -> Picture:
    """On the left whoever is stuck, on the right whoever can help: members by name, each on a line of their own."""
    height = {name: place * STEP + STEP / 2 for place, name in enumerate(members)}
    helps = dict.fromkeys((height[fit.person], height[fit.helped_by]) for fit in fits)
    lines = [{"x": LEFT, "y": person, "x2": RIGHT, "y2": helper} for person, helper in sorted(helps)]
    names: list[dict[str, Any]] = [{"name": place_of(n), "y": y} for n, y in enumerate(height.values())]
    title = "Why this set"
    helped = len({fit.person for fit in fits})
    description = f"{counted(helped, 'member', 'members')} of {len(members)} can be helped by another of the set."
    svg = drawn(
        {
            "width": WIDTH,
            "autosize": "none",
            "padding": 0,
            "height": STEP * len(members) + 24,
            "encoding": {
                "x": {"type": "quantitative", "axis": None, "scale": {"domain": [0, WIDTH], "nice": False}},
                "y": {
                    "type": "quantitative",
                    "axis": None,
                    "scale": {"domain": [-24, STEP * len(members)], "reverse": True, "nice": False},
                },
            },
            "layer": [
                _words([{"name": "is stuck", "y": -12}, *names], LEFT - 8, "right"),
                _words([{"name": "can help", "y": -12}, *names], RIGHT + 8, "left"),
                {
                    "data": {"values": lines},
                    "mark": {"type": "rule", "color": BLUE, "strokeWidth": 3},
                    "encoding": {
                        "x": {"field": "x"},
                        "y": {"field": "y"},
                        "x2": {"field": "x2"},
                        "y2": {"field": "y2"},
                    },
                },
                _dots(sorted({line["y"] for line in lines}), LEFT),
                _dots(sorted({line["y2"] for line in lines}), RIGHT),
            ],
        },
        id=id,
        title=title,
        description=description,
    )
    rows = [[fit.person, fit.helped_by, fit.because] for fit in fits]
    columns = ("Who is stuck", "Who can help", "Why")
    svg = with_names(svg, [written(name) for name in height])
    return Picture(title=title, description=description, svg=svg, columns=columns, rows=rows)


def written(name: str) -> list[str]:
    """A name as it stands beside the lines: where there is no room for all of it, its last word below the others."""
    first, _, last = name.rpartition(" ")
    return [cut(first), cut(last)] if first and last and cut(name) != name else [cut(name)]


def cut(name: str) -> str:
    """As much of a name as there is room for, where wide letters take two columns (Unicode Annex 11)."""
    # Not by the drawing library: it cuts letters beyond U+FFFF in half, and fails.
    ends = list(accumulate(2 if east_asian_width(letter) in "WF" else 1 for letter in name))
    if not ends or ends[-1] <= COLUMNS:
        return name
    return name[: bisect(ends, COLUMNS - 1)].rstrip() + "…"


def _words(names: list[dict[str, Any]], x: int, align: str) -> dict[str, Any]:
    return {
        "data": {"values": names},
        "mark": {"type": "text", "align": align, "baseline": "middle"},
        "encoding": {"x": {"datum": x}, "y": {"field": "y"}, "text": {"field": "name"}},
    }


def _dots(heights: list[float], x: int) -> dict[str, Any]:
    return {
        "data": {"values": [{"y": height} for height in heights]},
        "mark": {"type": "circle", "color": BLUE, "size": 90, "opacity": 1},
        "encoding": {"x": {"datum": x}, "y": {"field": "y"}},
    }
