"""Ballots of votes that are open: outside the ledger and every backup, sealed under a key that goes when a vote closes.

While a vote is open somebody can change their mind, so a ballot has to be found again by whose it is. Both that and
what it says need the key of this one vote. When that is destroyed nobody can say any more who voted, or for what.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.access.hashes import Entropy
from service.access.tables import Table
from service.domain.refusals import Refused

TABLES = """
CREATE TABLE IF NOT EXISTS ballots (
    conversation BLOB NOT NULL,
    voter BLOB NOT NULL,
    box BLOB NOT NULL,
    PRIMARY KEY (conversation, voter)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS votes (
    conversation BLOB PRIMARY KEY,
    half_key BLOB,
    taken INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""
NEWEST = "votes"
SCHEMA = "ballots"

NONCE = 12
CLOSING = "The vote has just been closed."


def for_postgres() -> str:
    """The tables as PostgreSQL says them."""
    return TABLES.replace("BLOB", "bytea").replace(" WITHOUT ROWID", "")


class Ballots:
    """Every ballot of every vote that is open. `secret` is the other half of each vote's key, and lies elsewhere."""

    def __init__(self, db: Table, secret: bytes, entropy: Entropy) -> None:
        self._db = db
        self._secret = secret
        self._entropy = entropy

    async def put(self, conversation: UUID, voter: UUID, dots: Mapping[UUID, int]) -> None:
        """The ballot of that voter, instead of an earlier one; no dots are no ballot. Refused once the vote is being
        counted."""
        await self._db.run(
            "INSERT INTO votes (conversation, half_key) VALUES (?, ?) ON CONFLICT DO NOTHING",
            conversation.bytes,
            self._entropy(32),
        )
        key = await self._key(conversation)
        if key is None:
            raise Refused(CLOSING)
        said = msgspec.json.encode({topic.hex: count for topic, count in dots.items() if count})
        nonce, whose = self._entropy(NONCE), self._voter(key, voter)
        box = nonce + AESGCM(key).encrypt(nonce, said.ljust(4096), conversation.bytes + whose)
        written = await self._db.run(
            "INSERT INTO ballots (conversation, voter, box)"
            " SELECT ?, ?, ? FROM votes WHERE conversation = ? AND taken = 0"
            " ON CONFLICT (conversation, voter) DO UPDATE SET box = excluded.box",
            conversation.bytes,
            whose,
            box,
            conversation.bytes,
        )
        if not written:
            raise Refused(CLOSING)

    async def mine(self, conversation: UUID, voter: UUID) -> dict[UUID, int]:
        """What that voter's ballot says just now; nothing where there is none."""
        key = await self._key(conversation)
        if key is None:
            return {}
        whose = self._voter(key, voter)
        rows = await self._db.rows(
            "SELECT box FROM ballots WHERE conversation = ? AND voter = ?", conversation.bytes, whose
        )
        return next((self._opened(key, conversation, whose, box) for (box,) in rows), {})

    async def take(self, conversation: UUID) -> list[dict[UUID, int]]:
        """Every ballot of a vote, in no order that says whose it is; from now on none is taken."""
        await self._db.run("UPDATE votes SET taken = 1 WHERE conversation = ?", conversation.bytes)
        key = await self._key(conversation)
        if key is None:
            return []
        rows = await self._db.rows(
            "SELECT voter, box FROM ballots WHERE conversation = ? ORDER BY voter", conversation.bytes
        )
        return [self._opened(key, conversation, voter, box) for voter, box in rows]

    async def destroy(self, conversation: UUID) -> None:
        """The key and the ballots are gone for good, and no other can be put."""
        await self._db.run(
            "INSERT INTO votes (conversation, half_key, taken) VALUES (?, NULL, 1)"
            " ON CONFLICT (conversation) DO UPDATE SET half_key = NULL, taken = 1",
            conversation.bytes,
        )
        await self._db.run("DELETE FROM ballots WHERE conversation = ?", conversation.bytes)

    async def forget(self, voter: UUID) -> None:
        """No ballot of that voter is left anywhere."""
        for conversation in await self.kept():
            key = await self._key(conversation)
            if key is not None:
                await self._db.run(
                    "DELETE FROM ballots WHERE conversation = ? AND voter = ?",
                    conversation.bytes,
                    self._voter(key, voter),
                )

    async def kept(self) -> list[UUID]:
        """The conversations whose ballots there is a key for."""
        rows = await self._db.rows("SELECT conversation FROM votes WHERE half_key IS NOT NULL")
        return [UUID(bytes=conversation) for (conversation,) in rows]

    async def close(self) -> None:
        """Lets go of the place."""
        await self._db.close()

    async def _key(self, conversation: UUID) -> bytes | None:
        rows = await self._db.rows("SELECT half_key FROM votes WHERE conversation = ?", conversation.bytes)
        half = next((half for (half,) in rows), None)
        return hmac.digest(self._secret, half, hashlib.sha256) if half else None

    def _voter(self, key: bytes, voter: UUID) -> bytes:
        return hmac.digest(key, voter.bytes, hashlib.sha256)

    def _opened(self, key: bytes, conversation: UUID, whose: bytes, box: bytes) -> dict[UUID, int]:
        try:
            said = AESGCM(key).decrypt(box[:NONCE], box[NONCE:], conversation.bytes + whose)
        except InvalidTag:
            raise Refused("A ballot cannot be read; whoever runs the service can say more.") from None
        return {UUID(topic): count for topic, count in msgspec.json.decode(said, type=dict[str, int]).items()}
