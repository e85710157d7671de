"""What the directors promise one another: what, what was done about it, and what shows that it was."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple


class Promise(NamedTuple):
    """One promise in words. `topic` is empty where somebody promises it to themselves."""

    topic: str
    what: str
    action: str
    kind: str
    """Of the evidence."""
    evidence: str


def promises() -> list[Promise]:
    """All there are, in `promises.csv`."""
    text = files(__package__).joinpath("promises.csv").read_text(encoding="utf-8")
    return [Promise(**row) for row in csv.DictReader(text.splitlines())]
