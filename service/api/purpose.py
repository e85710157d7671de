"""/v1/purpose: what the network is for, for anybody to read and for every director to challenge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from projections import directors
from projections import purpose as read
from service.api.answers import Shown
from service.api.fields import Body, Text
from service.api.me import Me, own_page
from service.api.routes import Ask, Routes, Visit
from service.api.seeing import at
from service.commands import Done
from service.domain.words import PURPOSE

routes = Routes("purpose")

Wording = Annotated[int, Meta(ge=1, le=1_000_000, description="which wording is meant, counted from one")]


class StatePurpose(Body, frozen=True, kw_only=True):
    text: Text


class ChallengePurpose(Body, frozen=True, kw_only=True):
    """Which wording it is about, and what is held against it."""

    wording: Wording
    text: Text


class RevisePurpose(Body, frozen=True, kw_only=True):
    """Which wording is replaced, by what, and why."""

    wording: Wording
    text: Text
    why: Text


class AgreeToPurpose(Body, frozen=True, kw_only=True):
    wording: Wording


class ChallengeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody holds against a wording."""

    by: UUID | None
    at: datetime
    text: str | None


class WordingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How it reads or read. Whose words they are, why, and what was held against them is for the network."""

    wording: int
    text: str | None
    at: datetime
    by: UUID | None
    why: str | None
    challenges: list[ChallengeAnswer]


class PurposeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The purpose as it stands, null while nobody has stated it; how it read before; whether I have agreed."""

    stands: WordingAnswer | None
    earlier: list[WordingAnswer]
    i_agreed: bool


def presented(number: int, wording: read.Wording, visit: Visit) -> WordingAnswer:
    """One wording; to strangers without names and without what was held against it."""
    unseal, is_member = visit.rooms.unseal, visit.viewer is not None
    return WordingAnswer(
        wording=number,
        text=unseal(wording.text),
        at=wording.at,
        by=wording.by if is_member else None,
        why=unseal(wording.why) if is_member else None,
        challenges=[
            ChallengeAnswer(by=each.by, at=each.at, text=unseal(each.text))
            for each in (wording.challenges if is_member else ())
        ],
    )


async def purpose(visit: Visit, id: UUID, upto: int | None) -> Shown[PurposeAnswer]:
    """The purpose as it stood at a position."""
    there = at(visit, id)
    view = await there.as_of(read.fold, PURPOSE, upto)
    if view is None:
        return Shown(PurposeAnswer(stands=None, earlier=[], i_agreed=False), 0)
    me = await visit.as_of(directors.fold, visit.viewer) if visit.viewer else None
    told = [presented(number, each, visit) for number, each in enumerate(view.wordings, 1)]
    agreed = me is not None and me.agreed_to == len(told)
    return Shown(PurposeAnswer(stands=told[-1], earlier=told[:-1], i_agreed=agreed), view.version)


@routes.get("/v1/purpose")
async def one(visit: Visit) -> Shown[PurposeAnswer]:
    """What the network is for."""
    return await purpose(visit, PURPOSE, None)


@routes.create("/v1/purpose", shows=purpose, made_at="/v1/purpose")
async def state(ask: Ask[StatePurpose]) -> Done:
    """Say what the network is for, where nobody has."""
    return await ask.rooms.purposes.state(call=ask.call, text=ask.body.text)


@routes.post("/v1/purpose/challenge", shows=purpose)
async def challenge(ask: Ask[ChallengePurpose]) -> Done:
    """Say what you hold against it; it stands beside that wording."""
    return await ask.rooms.purposes.challenge(call=ask.call, wording=ask.body.wording, text=ask.body.text)


@routes.post("/v1/purpose/revise", shows=purpose)
async def revise(ask: Ask[RevisePurpose]) -> Done:
    """Put it otherwise, and say why; the earlier wordings stay to be read."""
    body = ask.body
    return await ask.rooms.purposes.revise(call=ask.call, wording=body.wording, text=body.text, why=body.why)


async def myself(visit: Visit, id: UUID, upto: int) -> Shown[Me]:
    """My page, as of a position."""
    return await own_page(visit, id, upto)


@routes.post("/v1/me/agree", shows=myself)
async def agree(ask: Ask[AgreeToPurpose]) -> Done:
    """Agree to what the network is for, in the wording I have read."""
    return await ask.rooms.purposes.agree(call=ask.call, wording=ask.body.wording)
