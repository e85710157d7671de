"""What had become of promises by some date: every promise as it stood then, from the columns of what was told of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projections.columns import NONE, Column, Facts, Mask, Names
from projections.counting import Span

BECAME = ("released_before_due", "in_time", "kept", "unknown", "not_kept")
OPEN = ("promised", "returned", "declared", "unconfirmed")


@dataclass(frozen=True)
class Promises:
    """Each promise as it stood then: its dates, its state and since when, the day it was declared done, or NONE."""

    row: Column
    first: Column
    latest: Column
    state: Column
    since: Column
    done_on: Column


def promises_of(facts: Facts, asked: Span) -> Promises:
    """What was promised by then, with what was told of it afterwards."""
    happened, promised = facts.had_happened(asked), facts.are("promised")
    begun = facts.last(happened & promised)[facts["id"]]
    later = happened & (begun != NONE) & (np.arange(len(begun)) > begun)
    row = np.unique(begun[begun != NONE])
    renegotiated, declared = later & facts.are("renegotiated"), later & facts.are("declared")

    def told(which: Mask, column: str, before: Column) -> Column:
        """What the last of these says of each promise; what was so before, where there is none."""
        at = facts.last(which)[facts["id"][row]]
        return np.where(at == NONE, before, facts[column][at])

    first, nothing = facts["due"][row], np.full(len(row), NONE)
    stands = later & ~renegotiated
    return Promises(
        row=row,
        first=first,
        latest=told(renegotiated, "due", first),
        state=told(stands, "what", facts["what"][row]),
        since=told(stands, "day", nothing),
        done_on=told(declared, "day", nothing),
    )


def became(promises: Promises, due: Column, names: Names) -> Column:
    """What had become of each, held against one of its dates: the place in BECAME."""
    released, kept = (promises.state == names.number(state) for state in ("released", "kept"))
    in_time = (promises.done_on != NONE) & (promises.done_on <= due)
    is_open = np.isin(promises.state, [names.number(state) for state in OPEN])
    return np.select([released & (promises.since <= due), kept & in_time, kept, is_open], range(4), 4)
