"""API tokens and the look-up of e-mail addresses, in a place of their own that holds only hashes and opens no door."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec
import structlog

from service.access.hashes import Entropy, hash_of, keyed, random_text, uuid8
from service.access.lately import Lately
from service.access.limits import Tries
from service.access.tables import Table
from service.access.token_file import TokenFile

LOG = structlog.get_logger(__name__)

NOTED = timedelta(hours=1)
"""That a token is in use is written down this often, by each process."""

IssuedVia = Literal["init", "command line", "api"]
Scope = Literal["read", "read+write"]

COLUMNS = "id, director, issued_by, issued_via, created_at, expires_at, revoked_at, request, scope"


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a token: everything but the token itself."""

    id: UUID
    director: UUID
    issued_by: UUID | None
    issued_via: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    request: bytes | None = None
    scope: Scope = "read+write"

    def opens(self, now: datetime) -> bool:
        """Whether it still shows who somebody is."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A token as handed out. `text` is said once; asked again under the same key there is only the record."""

    text: str | None
    token: Token


class TokenStore:
    """Tokens and e-mail addresses, as hashes. `secret` keys the hashes of what could be guessed."""

    def __init__(self, db: Table, secret: bytes, entropy: Entropy = secrets.token_bytes) -> None:
        self._db = db
        self._secret = secret
        self._entropy = entropy
        self._lately: Lately[Token] = Lately()
        self._used = Tries(1, NOTED)

    @classmethod
    async def open(cls, path: Path, *, secret: bytes, entropy: Entropy = secrets.token_bytes) -> TokenStore:
        """The store in that file, which is made where there is none and is nobody else's to read."""
        return cls(await TokenFile.open(path), secret, entropy)

    async def close(self) -> None:
        await self._db.close()

    async def issue(
        self,
        director: UUID,
        *,
        now: datetime,
        expires: datetime | None = None,
        issued_by: UUID | None = None,
        issued_via: IssuedVia,
        scope: Scope = "read+write",
        key: str | None = None,
        request: bytes | None = None,
    ) -> Issued:
        """A new token for that director. Under a key that was used before, the record made then and no token."""
        text = "unstuck_" + random_text(self._entropy)
        id = uuid8(self._entropy(16))
        row = (
            id.bytes,
            hash_of(text),
            director.bytes,
            issued_by and issued_by.bytes,
            issued_via,
            now.isoformat(),
            expires and expires.isoformat(),
            key,
            request,
            scope,
        )
        await self._db.run(
            "INSERT INTO tokens"
            " (id, hash, director, issued_by, issued_via, created_at, expires_at, key, request, scope)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            *row,
        )
        for token in await self._tokens("id = ?", id.bytes):
            LOG.info("token issued", token=str(token.id), how=issued_via, scope=scope)
            return Issued(text=text, token=token)
        [token] = await self._tokens("issued_by = ? AND key = ?", row[3], key)
        return Issued(text=None, token=token)

    async def who(self, text: str, now: datetime) -> Token | None:
        """The token behind that text, when it opens anything."""
        hashed = hash_of(text)
        token = await self._lately.find(hashed, lambda: self._behind(hashed))
        if token is None or not token.opens(now):
            return None
        if self._used.another(str(token.id), now) is None:
            LOG.info("signed in", how="token", token=str(token.id))
        return token

    async def _behind(self, hashed: bytes) -> Token | None:
        return next(iter(await self._tokens("hash = ?", hashed)), None)

    async def of(self, director: UUID) -> list[Token]:
        """Every token that director ever had, the newest first."""
        return await self._tokens("director = ? ORDER BY created_at DESC, id", director.bytes)

    async def revoke(self, id: UUID, director: UUID, *, now: datetime) -> bool:
        """From now on it opens nothing; whether that director has such a token."""
        revoked = await self._db.run(
            "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? AND director = ?",
            now.isoformat(),
            id.bytes,
            director.bytes,
        )
        self._revoked(revoked)
        return revoked > 0

    async def revoke_all(self, director: UUID, *, now: datetime) -> None:
        """From now on no token of that director opens anything."""
        self._revoked(
            await self._db.run(
                "UPDATE tokens SET revoked_at = ? WHERE director = ? AND revoked_at IS NULL",
                now.isoformat(),
                director.bytes,
            )
        )

    def _revoked(self, count: int) -> None:
        self._lately.revoked()
        if count:
            LOG.info("tokens revoked", tokens=count)

    async def reserve(self, email: str, director: UUID) -> UUID:
        """Take the address for that director unless somebody has it; answers who has it now."""
        hashed = self._keyed("email", email.strip().lower())
        await self._db.run(
            "INSERT INTO emails (hash, director) VALUES (?, ?) ON CONFLICT DO NOTHING", hashed, director.bytes
        )
        holder = await self.find(email)
        return holder or director

    async def find(self, email: str) -> UUID | None:
        """Who has that address."""
        hashed = self._keyed("email", email.strip().lower())
        rows = await self._db.rows("SELECT director FROM emails WHERE hash = ?", hashed)
        return UUID(bytes=rows[0][0]) if rows else None

    async def let_go(self, email: str, director: UUID) -> None:
        """That director does not have this address any more."""
        hashed = self._keyed("email", email.strip().lower())
        await self._db.run("DELETE FROM emails WHERE hash = ? AND director = ?", hashed, director.bytes)

    async def settle(self, email: str | None, director: UUID) -> None:
        """That director has this address and no other."""
        kept = b"" if email is None else self._keyed("email", email.strip().lower())
        await self._db.run("DELETE FROM emails WHERE director = ? AND hash != ?", director.bytes, kept)

    def opaque_id(self, kind: str, *parts: str) -> UUID:
        """The id that belongs to these words: always the same one, and nobody without the secret can tell the words."""
        return uuid8(self._keyed(kind, *parts))

    def _keyed(self, kind: str, *parts: str) -> bytes:
        return keyed(self._secret, kind, *parts)

    async def _tokens(self, where: str, *values: object) -> list[Token]:
        rows = await self._db.rows(f"SELECT {COLUMNS} FROM tokens WHERE {where}", *values)
        return [_token(*row) for row in rows]


def _token(
    id: bytes,
    director: bytes,
    issued_by: bytes | None,
    issued_via: str,
    created_at: str,
    expires_at: str | None,
    revoked_at: str | None,
    request: bytes | None,
    scope: Scope,
) -> Token:
    return Token(
        id=UUID(bytes=id),
        director=UUID(bytes=director),
        issued_by=UUID(bytes=issued_by) if issued_by else None,
        issued_via=issued_via,
        created_at=datetime.fromisoformat(created_at),
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        revoked_at=datetime.fromisoformat(revoked_at) if revoked_at else None,
        request=request,
        scope=scope,
    )
