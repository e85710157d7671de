"""Secret addresses of calendars: whoever knows one reads that director's conversations, and nothing else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from service.access.hashes import Entropy, hash_of, random_text, stamp
from service.access.tables import Table


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a secret address: everything but the secret, which is said once."""

    director: UUID
    made_at: datetime
    key: str | None
    request: bytes | None


class Calendars:
    """Every director's secret address, of which each has one at most."""

    def __init__(self, db: Table, entropy: Entropy) -> None:
        self._db = db
        self._entropy = entropy

    async def make(
        self, director: UUID, *, now: datetime, key: str | None = None, request: bytes | None = None
    ) -> str | None:
        """A new secret, after which the one before opens nothing. Under the key it was made under: no secret."""
        made = await self.of(director)
        if made and key is not None and made.key == key:
            return None
        text = random_text(self._entropy)
        await self._db.run(
            "INSERT INTO calendars (director, hash, made_at, key, request) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (director) DO UPDATE SET hash = excluded.hash, made_at = excluded.made_at,"
            " key = excluded.key, request = excluded.request",
            director.bytes,
            hash_of(text),
            stamp(now),
            key,
            request,
        )
        return text

    async def of(self, director: UUID) -> Calendar | None:
        """Whether that director has a secret address, and since when."""
        rows = await self._db.rows("SELECT made_at, key, request FROM calendars WHERE director = ?", director.bytes)
        for made_at, key, request in rows:
            return Calendar(director=director, made_at=datetime.fromisoformat(made_at), key=key, request=request)
        return None

    async def whose(self, text: str) -> UUID | None:
        """Whose secret that is; None when it is nobody's."""
        rows = await self._db.rows("SELECT director FROM calendars WHERE hash = ?", hash_of(text))
        return next((UUID(bytes=director) for (director,) in rows), None)

    async def void(self, director: UUID) -> bool:
        """From now on that director's secret opens nothing; whether there was one."""
        return await self._db.run("DELETE FROM calendars WHERE director = ?", director.bytes) > 0
