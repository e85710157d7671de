"""How a commitment is played: who promises what to whom, and every step of its plot on its day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from service.commands import Done, ShownBy
from service.demo.plots import PLOTS, Plot, Step
from service.demo.promises import Promise, promises
from service.demo.stage import Stage, acting, made
from service.demo.year import at, working_day
from service.domain.days import london_day
from service.domain.words import Origin

Topics = Callable[[UUID, UUID], Sequence[str]]
NO_EVIDENCE = "It was a conversation, and nobody took notes."


@dataclass(frozen=True, kw_only=True)
class Part:
    """Who does what for whom."""

    performer: UUID
    beneficiary: UUID
    promise: Promise


async def play(
    stage: Stage, name: str, origin: Origin, among: Sequence[UUID], *, performer: UUID | None = None
) -> None:
    """One of those who were there promises something to another, and it goes as the plot says."""
    plot = PLOTS[name]
    part = _cast(stage, plot, [id for id in among if id in stage.present()], performer)
    today = london_day(stage.calendar())
    done = await _begin(stage, plot, part, origin, today + timedelta(days=plot.due))
    id = made(done.id)
    stage.commitments[id] = (part.performer, part.beneficiary)
    earlier = stage.calendar()
    for step in plot.steps:
        day = working_day(today + timedelta(days=step.after))
        moment = max(at(day, stage.chance.randint(9, 16), stage.chance.randint(0, 59)), earlier + timedelta(hours=1))
        stage.calendar.plan(moment, partial(_take, stage, id, step, part, today + timedelta(days=plot.due)))
        earlier = moment


def _cast(stage: Stage, plot: Plot, among: list[UUID], performer: UUID | None) -> Part:
    """Somebody who can help, with somebody who needs it: those who have promised least, and words not used before."""
    able = [performer] if performer in among else among
    pairs = [(one, one if plot.kind == "pledge" else other) for one in able for other in among if one != other]
    topics = (lambda one, other: ("",)) if "pledge" in plot.kind else partial(_helps, stage)
    choices = (
        _parts(pairs, topics, stage.promises)
        # Where nobody can help with what another is stuck on, they help with what they can.
        or _parts(pairs, lambda one, other: stage.people[one].offers, stage.promises)
        or _parts(pairs, lambda one, other: stage.people[one].offers, promises())
    )
    part = min(choices, key=lambda part: (_burden(stage, part), stage.chance.random()))
    if part.promise in stage.promises:
        stage.promises.remove(part.promise)
    for person in {part.performer, part.beneficiary}:
        stage.burden[person] += 1
    return part


def _parts(pairs: Iterable[tuple[UUID, UUID]], topics: Topics, words: Iterable[Promise]) -> list[Part]:
    return [
        Part(performer=one, beneficiary=other, promise=promise)
        for one, other in pairs
        for promise in words
        if promise.topic in topics(one, other)
    ]


def _helps(stage: Stage, one: UUID, other: UUID) -> tuple[str, ...]:
    helper, helped = stage.people[one], stage.people[other]
    if helper.organisation == helped.organisation:
        return ()
    return tuple(topic for topic in helper.offers if topic == helped.stuck_on)


def _burden(stage: Stage, part: Part) -> int:
    return stage.burden[part.performer] + stage.burden[part.beneficiary]


async def _begin(stage: Stage, plot: Plot, part: Part, origin: Origin, due: date) -> Done:
    commitments, what = stage.house.commitments, part.promise.what
    by_performer, by_beneficiary = acting(part.performer), acting(part.beneficiary)
    if plot.kind == "request":
        return await commitments.request(
            call=by_beneficiary, performer=part.performer, origin=origin, what=what, due=due
        )
    if plot.kind in ("offer", "offer to the network"):
        whom = part.beneficiary if plot.kind == "offer" else None
        return await commitments.offer(call=by_performer, beneficiary=whom, origin=origin, what=what, due=due)
    witness = part.beneficiary if plot.kind == "witnessed pledge" else None
    return await commitments.pledge(call=by_performer, beneficiary=witness, origin=origin, what=what, due=due)


async def _take(stage: Stage, id: UUID, step: Step, part: Part, due: date) -> None:
    by = part.performer if step.who == "performer" else part.beneficiary
    if by in stage.gone:
        return
    if step.does == "resolve problem":
        if by in stage.given_up:
            return
        await stage.house.problems.resolve(stage.problems[by], call=acting(by), commitments=(id,))
        return
    command = getattr(stage.house.commitments, step.does)
    await command(id, call=acting(by), **_facts(step, part.promise, due))


def _facts(step: Step, promise: Promise, due: date) -> dict[str, Any]:
    """What is said with the command."""
    match step.does:
        case "take_action":
            return {"what": promise.action, "evidence": ()}
        case "declare_done" if step.says == "no evidence":
            return {"evidence": (), "no_evidence_because": NO_EVIDENCE}
        case "declare_done":
            return {"evidence": (_shown(promise),), "no_evidence_because": None}
        case "state_confidence":
            return {"confidence": step.says}
        case "propose_terms":
            days, why = step.says
            return {"due": due + timedelta(days=days), "conditions": None, "why": why}
        case "counter":
            return {"what": None, "due": due + timedelta(days=step.says)}
        case "send_back":
            return {"why": step.says}
        case "decline":
            return {"reason": step.says}
        case "admit_not_kept":
            return {"learning": step.says}
        case "report_outcome":
            scale, contribution = step.says
            return {"scale": scale, "contribution": contribution, "evidence": ()}
        case "review_outcome":
            return {"verdict": step.says}
        case "widen":
            return {"tier": step.says}
    return {}


def _shown(promise: Promise) -> ShownBy:
    if promise.kind == "link":
        return ShownBy(kind="link", ref=promise.evidence)
    return ShownBy(kind=promise.kind, text=promise.evidence)
