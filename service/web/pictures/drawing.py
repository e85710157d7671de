"""How every picture is drawn: a title, a description, shapes that need no colour, and the same facts as a table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import Any

import vl_convert

INK, QUIET, BLUE, GREEN = "#0b0c0c", "#505a5f", "#1d70b8", "#00703c"
LINE = 16  # units from one line of a name to the next
WIDTH = 320  # units across, so that on the narrowest phone a letter of 14 is still about as tall as small print

Spec = Mapping[str, Any]
"""A Vega-Lite picture, as https://vega.github.io/schema/vega-lite/v5.json describes it."""

# What Vega says of its own parts to screen readers: the picture speaks as one, with its title and description.
_INNER = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_ROOT = re.compile(r"<svg[^>]* width=\"([\d.]+)\" height=\"([\d.]+)\" [^>]*>")

# Letters XML 1.0 has no place for (section 2.2). The drawing library ends the whole process at the first of them.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PLACE = re.compile("\ue000([0-9]+)\ue001")

_LETTERS = {"labelFontSize": 14, "titleFontSize": 14, "labelColor": INK, "titleColor": INK, "titleFontWeight": "normal"}
_STYLE = {
    "font": "Arial",
    "view": {"stroke": None},
    "axis": {**_LETTERS, "domainColor": QUIET, "gridColor": "#dbdde0", "tickColor": QUIET, "labelLimit": 160},
    "legend": {**_LETTERS, "orient": "bottom", "title": None, "columns": 1, "labelLimit": 0},
    "text": {"fontSize": 14, "color": INK},
}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture and what it shows: `svg` is the drawing, `columns` and `rows` the same facts to read."""

    title: str
    description: str
    svg: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def drawn(spec: Spec, *, id: str, title: str, description: str) -> str:
    """The picture as SVG that fills the width it is given, without scripts or styles of its own. `id` is the only one
    like it on its page. ValueError when the spec is none."""
    svg = _lines(json.dumps(_of_xml(spec)))
    root = _ROOT.match(svg)
    assert root is not None
    width, height = root.groups()
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-labelledby="{id}-title {id}-description" focusable="false">'
        f'<title id="{id}-title">{_said(title)}</title><desc id="{id}-description">{_said(description)}</desc>'
    )
    return opening + svg[root.end() :]


@lru_cache(maxsize=512)
def _lines(spec: str) -> str:
    """What Vega makes of it, which takes some 15 ms, and is the same each time: kept for the pictures drawn lately. No
    name and no word of anybody stands in a spec; they are put in afterwards."""
    full = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": "white", "config": _STYLE}
    return _INNER.sub("", vl_convert.vegalite_to_svg({**full, **json.loads(spec)}))


@cache
def ready_to_draw() -> None:
    """The library that draws is there. It takes half a second to load, and nobody else gets a turn meanwhile."""
    vl_convert.vegalite_to_svg({"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x"}}})


def _said(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def with_names(svg: str, names: Sequence[Sequence[str]]) -> str:
    """The drawing, where each `place_of` a name holds that name, on one line or on two around its middle."""
    said = [_on_lines([escape(_NOT_XML.sub("\ufffd", line), quote=False) for line in name]) for name in names]
    return _PLACE.sub(lambda place: said[int(place[1])], svg)


def _on_lines(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return lines[0]
    return "".join(f'<tspan x="0" dy="{dy}">{line}</tspan>' for line, dy in zip(lines, (-LINE / 2, LINE), strict=True))


def place_of(number: int) -> str:
    """What stands in a spec in place of a name."""
    return f"\ue000{number}\ue001"


def _of_xml(part: Any) -> Any:
    """The same, with � for every letter that XML has no place for."""
    match part:
        case str():
            return _NOT_XML.sub("\ufffd", part)
        case Mapping():
            return {name: _of_xml(each) for name, each in part.items()}
        case list() | tuple():
            return [_of_xml(each) for each in part]
    return part


def counted(number: int, one: str, many: str) -> str:
    """So many of something, in words that agree."""
    return f"{number:,} {one if number == 1 else many}"
