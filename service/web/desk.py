"""The round desk: a convenor closes a round, has sets proposed, weighs the proposal, changes the terms, invites."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.refusals import Forbidden, NotFound
from service.web.asks import required
from service.web.going import to
from service.web.live import watch
from service.web.pages import Pages, Shows
from service.web.pictures import Moment, Picture, draw_solving
from service.web.rounds import KINDS, STATES, TERMS_ASKS, WEIGHTS, desk_of
from service.web.sets import SET_STATES
from service.web.visit import Visit

pages = Pages("round desk")

TERMS = {
    "help": "help with problems",
    "together": "people who suit one another",
    "size": "sets of another size than the best",
}
SETS = 20
"""So many proposed sets are on a page."""
SAID = {"invited": "not answered yet", "accepted": "accepted", "declined": "declined"}


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A proposal in a few figures. `terms` are worth points, `share` is of the best that is possible."""

    placed: int
    asked: int
    sets: int
    value: float
    terms: dict[str, float]
    share: float | None


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A proposal beside others, as a table; how many groupings were drawn by lot, and which round was the last."""

    columns: list[str]
    rows: list[list[str]]
    draws: int
    before: Any


ROWS: tuple[tuple[str, Callable[[Any, int], str]], ...] = (
    ("Points", lambda figures, asked: f"{figures.value:,.0f}"),
    ("People in a set", lambda figures, asked: f"{figures.placed:,} of {asked:,}"),
    ("People who get help with their problem", lambda figures, asked: f"{figures.helped:,}"),
    (
        "Points of help for whoever is helped least",
        lambda figures, asked: "–" if figures.floor is None else f"{figures.floor:,.0f}",
    ),
    ("Pairs who have not met before", lambda figures, asked: f"{figures.new_ties:,}"),
)


@pages.page("/rounds/{id}/desk", "rounds/desk.html")
async def desk(visit: Visit) -> Shows:
    """Everything about a round that its convenor decides on."""
    if not visit.has_role("convenor"):
        raise Forbidden("The round desk is for convenors. Your own place in the round is on the round's page.")
    round = await visit.get("/v1/rounds/{id}")
    proposal = await _proposal(visit)
    weighed = _weighed(proposal, round.taking_part) if round.answer == "proposal" else None
    proposed = await _proposed(visit) if weighed and not round.sets else None
    people = {person.id: person for person in await visit.every("/v1/directors")}
    sets = await _sets(visit, round)
    steps = (await visit.get("/v1/rounds/{id}/progress")).items if round.state in ("closed", "proposed") else []
    return {
        "round": round,
        "kind": KINDS[round.kind],
        "state": STATES[round.state],
        "proposal": proposal,
        "weighed": weighed,
        "shown": _numbered(proposed.items, proposal.sets) if proposed else [],
        "next": proposed and proposed.next,
        "is_first": "cursor" not in visit.request.query,
        "compared": _compared(await visit.get("/v1/rounds/{id}/comparison"), weighed) if weighed else None,
        "picture": await _picture(steps) if not weighed or any(step.value is not None for step in steps) else None,
        "terms": TERMS,
        "sets": sets,
        "answers": Counter(said for each in sets for said in each.invitations.values()),
        "said": SAID,
        "set_states": SET_STATES,
        "people": people,
        "names": {str(id): person.name for id, person in people.items()},
    }


@pages.form(
    "/rounds/{id}/revise",
    "rounds/revise.html",
    asks={"why": required, **TERMS_ASKS},
    says="The terms are changed, and sets are being found again.",
    then=lambda visit, answer: desk_of(answer),
)
async def revise(visit: Visit) -> Shows:
    """Other sizes, rules or weights, and why."""
    answer = await visit.answer("/v1/rounds/{id}")
    return {"round": answer.thing, "version": answer.version, "weights": WEIGHTS}


@pages.page("/rounds/{id}/cancelling", "rounds/cancelling.html")
async def cancelling(visit: Visit) -> Shows:
    """Whether the round is really not to go on."""
    await visit.must_be_theirs("/v1/rounds/{id}/cancel")
    return {"round": await visit.get("/v1/rounds/{id}")}


@pages.does("/rounds/{id}/close", says="The round is closed: nobody else can join. Sets are being found.")
async def close(visit: Visit) -> Shows:
    """Nobody else can join, and sets are found for those who are in."""
    closed = await visit.inside.post(visit.caller, "/v1/rounds/{id}/close", visit.ids)
    asked = await visit.inside.post(visit.caller, "/v1/rounds/{id}/propose", visit.ids)
    return to(visit, desk_of(closed), news="/rounds/{id}/close", position=asked.position)


@pages.page("/rounds/{id}/live", "rounds/desk.html")
async def live(visit: Visit) -> Shows:
    """Tells an open desk when the round has moved on, or the search has got further."""
    if not visit.has_role("convenor"):
        raise Forbidden("The round desk is for convenors.")

    async def look() -> Hashable:
        return (await visit.answer("/v1/rounds/{id}")).version

    async def searched() -> Hashable:
        """How far the search has got, which is remembered and not recorded."""
        return len((await visit.get("/v1/rounds/{id}/progress")).items)

    return await watch(visit, look, searched)


for command, says in {
    "propose": "Sets are being found.",
    "publish": "Everybody is invited to the set proposed for them.",
    "complete": "The round is complete. What nobody picked up is carried forward.",
    "cancel": "The round is cancelled.",
}.items():
    pages.button(f"/rounds/{{id}}/{command}", says=says, then=lambda visit, answer: desk_of(answer))


async def _picture(steps: Sequence[Any]) -> Picture | None:
    """How value and bound came to meet, while the service remembers."""
    moments = [
        Moment(seconds=(step.at - steps[0].at).total_seconds(), value=step.value, bound=step.bound) for step in steps
    ]
    return await asyncio.to_thread(draw_solving, moments) if moments else None


async def _proposal(visit: Visit) -> Any:
    try:
        return await visit.get("/v1/rounds/{id}/proposal", reasons="false")
    except NotFound:
        return None


async def _proposed(visit: Visit) -> Any:
    """As many of the proposed sets as fit on a page, each with why these people."""
    return await visit.get("/v1/rounds/{id}/proposal/sets", None, limit=str(SETS), **visit.asked("cursor"))


def _numbered(shown: Sequence[Any], every: Sequence[Any]) -> list[tuple[int, Any]]:
    """Those shown, with their places among all of them."""
    places = {tuple(each.people): place for place, each in enumerate(every, 1)}
    return [(places[tuple(each.people)], each) for each in shown]


async def _sets(visit: Visit, round: Any) -> list[Any]:
    """The sets people were invited to, once they were."""
    invited = set(round.sets or ())
    every = await visit.every("/v1/sets", None, round=str(round.id), reasons="false") if invited else []
    return [each for each in every if each.id in invited]


def _weighed(proposal: Any, asked: int) -> Weighed:
    return Weighed(
        placed=proposal.placed,
        asked=asked,
        sets=len(proposal.sets),
        value=proposal.value,
        terms=_summed([each.terms for each in proposal.sets]),
        share=proposal.value / proposal.upper_bound if proposal.upper_bound else None,
    )


def _compared(comparison: Any, weighed: Weighed) -> Compared | None:
    """The proposal beside chance and the last round; nothing where nothing was reckoned with it."""
    if comparison.proposal is None:
        return None
    before, draws = comparison.last_round, comparison.draws
    beside = [(comparison.proposal, weighed.asked)]
    beside += [(comparison.by_chance, weighed.asked)] if draws else []
    beside += [(before.figures, before.taking_part)] if before else []
    return Compared(
        columns=["", "This proposal", *(["By chance"] if draws else []), *(["Last round"] if before else [])],
        rows=[[says, *(said(figures, asked) if figures else "–" for figures, asked in beside)] for says, said in ROWS],
        draws=draws,
        before=before,
    )


def _summed(terms: Sequence[dict[str, float]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for each in terms:
        total.update(each)
    return dict(total)
