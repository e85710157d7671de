"""Rounds of matching: which there are, taking part, the set somebody is invited to, and opening a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.inside import Answer
from service.web.asks import LEFT_OUT, Kind, Said, line, number, ticked
from service.web.forms import Choice
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("rounds")

KINDS: dict[str, str] = {
    "action_set": "Action sets",
    "trio": "Trios",
    "pair": "Pairs",
    "coaching_pair": "Coaching pairs",
}
ABOUT_KINDS: tuple[Choice, ...] = (
    ("action_set", "Action sets", "Four to six people from different organisations who help one another."),
    ("trio", "Trios", "Three people from different organisations."),
    ("pair", "Pairs", "Two people, or three where the number is odd."),
    ("coaching_pair", "Coaching pairs", "One coaches, the other is coached."),
)
STATES = {
    "open": "open to join",
    "closed": "closed, sets are being found",
    "proposed": "sets are proposed",
    "published": "invitations are out",
    "completed": "completed",
    "cancelled": "cancelled",
}
WEIGHTS = {
    "help": "Somebody in the set can help with a problem",
    "theme": "Problems about the same things",
    "profession": "Different professions",
    "region": "The same region",
    "new_tie": "People who have not met",
}


def weight(said: Said, name: str) -> Any:
    """A weight: a number, with a decimal point or without."""
    text = str(said.get(name, "")).strip()
    try:
        return float(text) if text else LEFT_OUT
    except ValueError:
        return text


SIZE_ASKS: Mapping[str, Kind] = {f"size.{each}": number for each in ("min", "target", "max")}
RULE_ASKS: Mapping[str, Kind] = {
    **{f"rules.{each}": number for each in ("max_per_organisation", "cooldown_rounds", "common_slots")},
    **{f"rules.{each}": ticked for each in ("place_everyone", "fair")},
}
WEIGHT_ASKS: Mapping[str, Kind] = {f"weights.{name}": weight for name in WEIGHTS}
TERMS_ASKS: Mapping[str, Kind] = {**SIZE_ASKS, **RULE_ASKS, **WEIGHT_ASKS}


@pages.page("/rounds", "rounds/list.html")
async def every(visit: Visit) -> Shows:
    """Every round there was and is, the newest first."""
    rounds = await visit.every("/v1/rounds")
    return {"rounds": rounds[::-1], "kinds": KINDS, "states": STATES}


@pages.form(
    "/rounds/new",
    "rounds/new.html",
    to="/v1/rounds",
    asks={"kind": line, **SIZE_ASKS, **RULE_ASKS},
    says="The round is open. Directors can join until you close it.",
    then=lambda visit, answer: desk_of(answer),
)
async def new(visit: Visit) -> Shows:
    """How sets are to be made in a new round."""
    return {"kinds": ABOUT_KINDS}


@pages.page("/rounds/{id}", "rounds/one.html")
async def one(visit: Visit) -> Shows:
    """One round as a director sees it: how to take part, and what came of it for them."""
    round = await visit.get("/v1/rounds/{id}")
    mine = await visit.get("/v1/rounds/{id}/mine")
    members = mine.set.members if mine.set else []
    return {
        "round": round,
        "mine": mine,
        "people": await visit.people(members),
        "kind": KINDS[round.kind],
        "state": STATES[round.state],
        "weights": WEIGHTS,
    }


pages.button("/rounds/{id}/opt-in", says="You are in. We will invite you to a set once the round has been matched.")
pages.button("/rounds/{id}/opt-out", says="You are out of this round. Join again whenever it is open.")


def desk_of(answer: Answer) -> str:
    """The desk of the round that a command was about."""
    return f"/rounds/{answer.id}/desk"
