"""The conversations that were held in some time and not called off, with the cohorts they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from projections.cohorts import organisation_types
from projections.columns import NONE, Column, Facts, Mask
from projections.counting import By, Span


@dataclass(frozen=True)
class Held:
    """Each of them: its number, when it was held, its cohorts by their numbers, whether a seed was noted."""

    id: Column
    occurred: Column
    cohorts: dict[By, Column]
    seeded: Mask


def held(told: Facts, asked: Span) -> Held:
    """Those held from `since` to `as_of`, as far as was known at `known_at`."""
    happened = told.had_happened(asked)
    convened = told.last(told.are("convened"))
    off = told.last(happened & told.are("cancelled"))
    seeded = told.last(happened & told.are("seeded"))
    which = happened & told.are("held") & (told["occurred"] >= asked["since"])
    which &= (convened[told["id"]] != NONE) & (off[told["id"]] == NONE)
    id = told["id"][which]
    began = convened[id]
    return Held(
        id=id,
        occurred=told["occurred"][which],
        cohorts={
            "month": told["label"][which],
            "format": told["label"][began],
            "organisation_type": organisation_types(told, told["person"][began], told["position"][began]),
        },
        seeded=seeded[id] != NONE,
    )
