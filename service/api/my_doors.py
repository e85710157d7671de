"""What opens my door: API tokens, and sessions of pages I signed in on. I see them all, and end any of them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from service.access import Session, Token
from service.access.tokens import Scope
from service.api.answers import Page, page
from service.api.fields import Filters, Moment, Nothing
from service.api.routes import Ask, Question, Routes, Visit
from service.domain.refusals import NotFound

routes = Routes("me")


class HeldToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token that opens, or opened, one's own door: not the token itself."""

    id: UUID
    issued_by: UUID | None
    issued_via: str
    scope: Scope
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None


class HeldSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session in which I am, or was, signed in: not the cookie itself. `is_this` is the one I ask in."""

    id: UUID
    how: str
    began_at: Moment
    seen_at: Moment
    ends_at: Moment
    ended_at: Moment | None
    is_open: bool
    is_this: bool


@routes.get("/v1/me/tokens")
async def tokens(question: Question[Filters]) -> Page[HeldToken]:
    """The tokens that open my door, and who issued them."""
    theirs = await question.rooms.tokens.of(question.by)
    begin = question.after or 0
    end = begin + question.limit
    return page([held(token) for token in theirs[begin:end]], end if end < len(theirs) else None)


def held(token: Token) -> HeldToken:
    """What is said of a token to whose it is."""
    return HeldToken(
        id=token.id,
        issued_by=token.issued_by,
        issued_via=token.issued_via,
        scope=token.scope,
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
    )


@routes.delete("/v1/me/tokens/{id}")
async def revoke_token(ask: Ask[Nothing]) -> None:
    """Revoke one of my tokens."""
    if not await ask.rooms.tokens.revoke(ask.id, ask.by, now=ask.rooms.clock()):
        raise NotFound("You have no such token.")


@routes.get("/v1/me/sessions")
async def sessions(question: Question[Filters]) -> Page[HeldSession]:
    """Where I am signed in, and was in the last weeks."""
    mine = await question.rooms.sessions.of(question.by)
    begin = question.after or 0
    end = begin + question.limit
    return page([kept(question, each) for each in mine[begin:end]], end if end < len(mine) else None)


def kept(visit: Visit, session: Session) -> HeldSession:
    """What is said of a session to whose it is."""
    return HeldSession(
        id=session.id,
        how=session.how,
        began_at=session.began_at,
        seen_at=session.seen_at,
        ends_at=session.ends_at,
        ended_at=session.ended_at,
        is_open=session.is_open(visit.rooms.clock()),
        is_this=visit.caller is not None and visit.caller.session == session.id,
    )


@routes.delete("/v1/me/sessions")
async def end_sessions(ask: Ask[Nothing]) -> None:
    """Sign out everywhere."""
    await ask.rooms.sessions.end_all(ask.by, now=ask.rooms.clock())


@routes.delete("/v1/me/sessions/{id}")
async def end_session(ask: Ask[Nothing]) -> None:
    """Sign out in one place."""
    if not await ask.rooms.sessions.end(ask.id, ask.by, now=ask.rooms.clock()):
        raise NotFound("You have no such session.")
