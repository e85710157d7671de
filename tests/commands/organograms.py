"""Organograms as departments publish them, made up row by row."""

from __future__ import annotations

import csv
import io
from typing import Any

HEADING = (
    "snapshot", "parent_department", "organisation", "unit", "post_ref", "grade", "job_title", "function",
    "reports_to", "profession", "fte", "holder", "valid",
)  # fmt: skip

USUAL = {
    "snapshot": "2011-09-30",
    "parent_department": "HM Treasury",
    "organisation": "Debt Management Office",
    "unit": "Policy",
    "post_ref": "1",
    "grade": "SCS2",
    "job_title": "Director of Debt",
    "function": "Sells gilts.",
    "reports_to": "XX",
    "profession": "Finance",
    "fte": "1",
    "holder": "named",
    "valid": "",
}


def post(**said: str) -> dict[str, str]:
    """One row; what is not said is as usual."""
    return USUAL | said


def organogram(*rows: dict[str, str] | list[str], heading: tuple[str, ...] = HEADING) -> bytes:
    """A file of these rows under that heading; a list is a row as it stands, too short or too long."""
    return table([row if isinstance(row, list) else [row[name] for name in heading] for row in rows], heading)


def table(rows: list[Any], heading: tuple[str, ...]) -> bytes:
    """CSV in UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue().encode()
