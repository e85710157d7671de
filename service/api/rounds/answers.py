"""How a round and its proposal look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from projections import rounds as read
from service.api.because import Why, each_in_words
from service.api.routes import Visit
from service.api.sets import SetAnswer
from service.commands.wording import clash_in_words, help_in_words, left_out_in_words
from service.domain.words import Figures, Mixing, ProposedSet, Rules, Size


class WeightsChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of weights, open to everybody, with its reason."""

    before: dict[str, float]
    after: dict[str, float]
    why: str | None
    by: UUID | None
    at: datetime


class RoundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A round. Who is in it is for the convenor; how many, for everybody."""

    id: UUID
    kind: str
    state: str
    size: Size
    rules: Rules
    weights: dict[str, float]
    weights_changes: list[WeightsChange]
    opened_at: datetime
    closed_at: datetime | None
    answer: str
    taking_part: int
    i_am_in: bool
    members: list[UUID] | None
    left_out: dict[str, str] | None
    sets: list[UUID] | None


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody new, and who is there that is not; null where all are new."""

    person: UUID
    with_whom: UUID | None = msgspec.field(name="with")


class MixingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked to challenge, who is there for each newcomer, and who of two coaches first; no part of the value."""

    challenger: UUID | None
    newcomers: list[Newcomer]
    coach_first: UUID | None


class ProposedSetAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One set of a proposal; its terms add up to its value."""

    people: list[UUID]
    slots: list[str]
    value: float
    why: list[Why]
    terms: dict[str, float]
    mixing: MixingAnswer | None


class Unplaced(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody for whom there is no set in this proposal, and why."""

    person: UUID
    because: str


class ProposalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the matching found, how good it is, and how good anything could be.

    `floor` is what whoever is helped least gets, of those placed who bring a problem; null where nobody does.
    `settled` is false where nothing was found and nothing ruled out either; `status` is `infeasible` then too.
    """

    status: str
    settled: bool
    value: float
    upper_bound: float | None
    gap: float | None
    placed: int
    floor: float | None
    sets: list[ProposedSetAnswer]
    unplaced: list[Unplaced]
    clashing_rules: list[str]
    would_help: list[str]
    seed: int
    seconds: float
    cut_short: bool
    versions: dict[str, str]
    input_hash: str
    result_hash: str


class LastRound(msgspec.Struct, frozen=True, kw_only=True):
    """The round of its kind before this one whose sets people were invited to. What was not reckoned then is null."""

    round: UUID
    opened_at: datetime
    taking_part: int
    figures: Figures | None


class ComparisonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The proposal beside chance, and beside the last round.

    `by_chance` holds the middle of each figure over so many `draws`: sets of the same sizes, drawn by lot from the same
    people under the same rules. It was reckoned and recorded with the proposal; null where there is no set to draw.
    """

    proposal: Figures | None
    by_chance: Figures | None
    draws: int
    last_round: LastRound | None


class StepAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How far the matching was at a time: the value reached, the bound proven by then, and what it was doing."""

    at: datetime
    value: float | None
    bound: float | None
    phase: str


class MineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Your own set in this round and why; or why there is none."""

    round: UUID
    set: SetAnswer | None
    why: list[Why]
    because: str | None


def presented(view: read.View, visit: Visit) -> RoundAnswer:
    """The round as whoever asks may see it."""
    convenes = visit.has_role("convenor")
    left_out = {director: left_out_in_words(code) for director, code in view.left_out.items()}
    taking_part = view.opted_in if view.state == "open" else view.members
    return RoundAnswer(
        id=view.id,
        kind=view.kind,
        state=view.state,
        size=view.size,
        rules=view.rules,
        weights=view.weights,
        weights_changes=[
            WeightsChange(
                before=each.before, after=each.after, why=visit.rooms.unseal(each.why), by=each.by, at=each.at
            )
            for each in view.weighings
        ],
        opened_at=view.opened_at,
        closed_at=view.closed_at,
        answer=_answer(view),
        taking_part=len(taking_part),
        i_am_in=visit.viewer in taking_part,
        members=list(taking_part) if convenes else None,
        left_out=left_out if convenes else None,
        sets=list(view.sets) if convenes else None,
    )


def compared(proposal: read.Proposal, before: read.View | None) -> ComparisonAnswer:
    """The figures recorded with the proposal, and those of the round before."""
    found = proposal.comparison
    earlier = before.proposal.comparison if before and before.proposal else None
    return ComparisonAnswer(
        proposal=found.answer if found else None,
        by_chance=found.by_chance if found else None,
        draws=found.draws if found else 0,
        last_round=LastRound(
            round=before.id,
            opened_at=before.opened_at,
            taking_part=len(before.members),
            figures=earlier.answer if earlier else None,
        )
        if before
        else None,
    )


def _answer(view: read.View) -> str:
    """Where the question stands: not asked yet, waited for, a proposal, found impossible, or not settled."""
    if view.proposal:
        return "proposal"
    if view.impossible:
        return "impossible" if view.impossible.settled else "unsettled"
    return "awaited" if view.needs_answer else "none"


async def proposal_in_words(view: read.View, visit: Visit, *, reasons: bool) -> ProposalAnswer | None:
    """The answer, with its reasons in words if they are asked for, in the form of the matching files; None while there
    is none."""
    found = view.proposal or view.impossible
    if found is None:
        return None
    answer = view.proposal
    return ProposalAnswer(
        status=answer.status if answer else "infeasible",
        settled=answer is not None or (view.impossible is not None and view.impossible.settled),
        value=answer.value if answer else 0.0,
        upper_bound=answer.upper_bound if answer else None,
        gap=answer.gap if answer else None,
        placed=answer.placed if answer else 0,
        floor=answer.floor if answer else None,
        sets=await sets_in_words(answer.sets, visit, reasons=reasons) if answer else [],
        unplaced=[Unplaced(person=UUID(id), because=left_out_in_words(code)) for id, code in found.unplaced.items()],
        clashing_rules=[] if answer else clash_in_words(view.impossible.clashing_rules if view.impossible else ()),
        would_help=help_in_words(found.would_help),
        seed=found.seed,
        seconds=found.seconds,
        cut_short=answer.cut_short if answer else False,
        versions=found.versions,
        input_hash=found.input_hash,
        result_hash=found.result_hash,
    )


async def sets_in_words(
    proposed: Sequence[ProposedSet], visit: Visit, *, reasons: bool = True
) -> list[ProposedSetAnswer]:
    """Sets of a proposal, each with why these people."""
    whys = await each_in_words(visit, [each.why if reasons else () for each in proposed])
    return [
        ProposedSetAnswer(
            people=list(each.members),
            slots=list(each.slots),
            value=each.value,
            why=why,
            terms=each.terms,
            mixing=_mixing(each.mixing) if each.mixing else None,
        )
        for each, why in zip(proposed, whys, strict=True)
    ]


def _mixing(mixing: Mixing) -> MixingAnswer:
    return MixingAnswer(
        challenger=mixing.challenger,
        newcomers=[Newcomer(person=new, with_whom=old) for new, old in mixing.newcomers],
        coach_first=mixing.coach,
    )
