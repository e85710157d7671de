"""Everything that says who may sign in, over one place where its rows lie."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from service.access.calendars import Calendars
from service.access.hashes import Entropy
from service.access.identities import Identities
from service.access.links import Links
from service.access.sessions import Sessions
from service.access.tables import Table
from service.access.tokens import TokenStore


@dataclass(frozen=True, kw_only=True)
class AccessStore:
    """Tokens and addresses, sessions, sign-in links, who somebody is elsewhere, and secret addresses of calendars."""

    table: Table
    tokens: TokenStore
    sessions: Sessions
    links: Links
    identities: Identities
    calendars: Calendars

    @classmethod
    def over(cls, table: Table, secret: bytes, entropy: Entropy = secrets.token_bytes) -> Self:
        """The store whose rows lie there; `secret` keys the hashes of what could be guessed."""
        return cls(
            table=table,
            tokens=TokenStore(table, secret, entropy),
            sessions=Sessions(table, entropy),
            links=Links(table, entropy),
            identities=Identities(table, secret),
            calendars=Calendars(table, entropy),
        )

    async def shut_out(self, director: UUID, *, now: datetime) -> None:
        """From now on nothing there is opens that director's door, and no address leads to them."""
        await self.tokens.revoke_all(director, now=now)
        await self.sessions.end_all(director, now=now)
        await self.links.void(director)
        await self.identities.untie(director)
        await self.calendars.void(director)
        await self.tokens.settle(None, director)

    async def begin_anew(self, *, now: datetime) -> None:
        """Everybody signs in again, as after a backup was restored: what was ended since it was made would be open, and
        what was used would work."""
        await self.sessions.end_everybodys(now=now)
        await self.links.void_all()

    async def close(self) -> None:
        """Lets go of the place."""
        await self.table.close()
