"""Who is asking, with which roles and by which door."""

from __future__ import annotations

from uuid import UUID

import msgspec

from service.access.tokens import Token


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has shown who they are."""

    id: UUID
    roles: frozenset[str]
    via: str = "api"


def caller(token: Token, roles: frozenset[str]) -> Caller:
    """Whoever holds the token, with the roles they have today."""
    return Caller(id=token.director, roles=roles, via=door(token))


def door(token: Token) -> str:
    """What events say of the door: whether somebody else had handed out the key to it."""
    if token.issued_by is not None and token.issued_by != token.director:
        return f"token issued by {token.issued_by}"
    if token.issued_via == "command line":
        return "token issued on the command line"
    return "api"
