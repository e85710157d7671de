"""Which cohort something belongs to: the type of the organisation somebody belonged to then, or a format."""

from __future__ import annotations

import numpy as np

from projections.columns import NONE, Column, Facts

UNKNOWN, ELSEWHERE = "unknown", "elsewhere"


def organisation_types(told: Facts, person: Column, position: Column) -> Column:
    """For each person, the number of the type of organisation they belonged to just before that position."""
    belongs = told.are("belongs")
    places = told["person"][belongs] << 32 | told["position"][belongs]
    order = np.argsort(places)
    labels = told["label"][belongs][order]
    found = np.searchsorted(places[order], person << 32 | position) - 1
    theirs = (found >= 0) & (person != NONE)
    theirs[theirs] = places[order][found[theirs]] >> 32 == person[theirs]
    types = np.full(len(person), told.names.number(UNKNOWN))
    types[theirs] = labels[found[theirs]]
    return types


def formats(told: Facts, conversation: Column) -> Column:
    """For each conversation, the number of its format; where there is none, that of elsewhere."""
    convened = told.last(told.are("convened"))
    row = np.where(conversation == NONE, NONE, convened[conversation])
    return np.where(row == NONE, told.names.number(ELSEWHERE), told["label"][row])
