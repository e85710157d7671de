"""Who somebody is to an identity provider, as a hash of issuer and subject; and what came back from there already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.access.hashes import hash_of, keyed, stamp
from service.access.tables import Table


class Identities:
    """Directors, by who they are elsewhere."""

    def __init__(self, db: Table, secret: bytes) -> None:
        self._db = db
        self._secret = secret

    async def find(self, issuer: str, subject: str) -> UUID | None:
        """Who that is here; None while nobody is tied to it."""
        rows = await self._db.rows("SELECT director FROM identities WHERE hash = ?", self._hash(issuer, subject))
        return UUID(bytes=rows[0][0]) if rows else None

    async def tie(self, issuer: str, subject: str, director: UUID, *, now: datetime) -> bool:
        """From now on that is them. False, and nothing changes, when either is tied to something else already: one
        director is one subject of each issuer."""
        await self._db.run(
            "INSERT INTO identities (hash, issuer, director, tied_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            self._hash(issuer, subject),
            keyed(self._secret, "issuer", issuer),
            director.bytes,
            stamp(now),
        )
        return await self.find(issuer, subject) == director

    async def untie(self, director: UUID) -> None:
        """That director is nobody elsewhere any more."""
        await self._db.run("DELETE FROM identities WHERE director = ?", director.bytes)

    async def take(self, state: str, *, until: datetime, now: datetime) -> bool:
        """Whether nobody has come back with that state before; until then nobody does again."""
        await self._db.run("DELETE FROM openid_attempts WHERE expires_at < ?", stamp(now))
        taken = await self._db.run(
            "INSERT INTO openid_attempts (hash, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            hash_of(state),
            stamp(until),
        )
        return taken > 0

    def _hash(self, issuer: str, subject: str) -> bytes:
        return keyed(self._secret, "identity", issuer, subject)
