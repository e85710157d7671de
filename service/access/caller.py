"""Who is asking, with which roles and by which door."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from service.access.sessions import Session
from service.access.tokens import Token
from service.domain.refusals import Refused

FRESH = timedelta(hours=1)
"""A session this young has just shown who somebody is."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has shown who they are."""

    id: UUID
    roles: frozenset[str]
    via: str = "api"
    may_write: bool = True
    session: UUID | None = None
    """The session it is asked in, on a page."""
    since: datetime | None = None
    """When that began; a token never signed in."""
    token: UUID | None = None
    """The token that was shown, by a program."""


def caller(shown: Token | Session, roles: frozenset[str]) -> Caller:
    """Whoever holds the token or has signed in, with the roles they have today."""
    if isinstance(shown, Session):
        return Caller(id=shown.director, roles=roles, via=door(shown), session=shown.id, since=shown.began_at)
    return Caller(id=shown.director, roles=roles, via=door(shown), may_write=shown.scope != "read", token=shown.id)


def must_be_fresh(caller: Caller, now: datetime) -> None:
    """Refused in a session that began too long ago for what decides who signs in as them: whoever sits down at a
    screen that was left open does not take it over."""
    if caller.since is not None and now - caller.since > FRESH:
        raise Refused(
            "You signed in more than an hour ago. Sign out and in again to change your e-mail address:"
            " it decides who can sign in as you."
        )


def door(shown: Token | Session) -> str:
    """What events say of the door: whether somebody else had handed out the key to it."""
    if isinstance(shown, Session):
        return "page, by a link from the command line" if shown.how == "command line" else "page"
    if shown.issued_by is not None and shown.issued_by != shown.director:
        return f"token issued by {shown.issued_by}"
    if shown.issued_via == "command line":
        return "token issued on the command line"
    return "api"
