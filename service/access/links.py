"""Sign-in links: each opens the door once, for a quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args
from uuid import UUID

import structlog

from service.access.hashes import Entropy, hash_of, random_text, stamp
from service.access.tables import Table
from service.domain.refusals import Refused

LOG = structlog.get_logger(__name__)

LinkHow = Literal["e-mail", "command line"]

GOOD_FOR = timedelta(minutes=15)
KEPT = timedelta(days=1)
"""For so long somebody with an old link is told what is wrong with it."""

USED = "This link was used already: each signs in once. Ask for a new one."
EXPIRED = "This link is more than 15 minutes old and does not work any more. Ask for a new one."
UNKNOWN = "This is no link that works, or not the whole of one: copy all of it, or ask for a new one."


class Opened(NamedTuple):
    """Whose link it was, and how it had reached them."""

    director: UUID
    how: LinkHow


class Links:
    """Every link that was made lately, as hashes."""

    def __init__(self, db: Table, entropy: Entropy) -> None:
        self._db = db
        self._entropy = entropy

    async def make(self, director: UUID, *, how: LinkHow, now: datetime) -> str:
        """What stands at the end of a new link for that director; it is said once."""
        await self._db.run("DELETE FROM links WHERE expires_at < ?", stamp(now - KEPT))
        text = random_text(self._entropy)
        await self._db.run(
            "INSERT INTO links (hash, director, how, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            hash_of(text),
            director.bytes,
            how,
            stamp(now + GOOD_FOR),
        )
        LOG.info("sign-in link made", how=how)
        return text

    async def look(self, text: str, *, now: datetime) -> UUID:
        """Whom it would let in. Refused, with a sentence that says why, when it does not work. Looking uses nothing
        up."""
        rows = await self._db.rows("SELECT director, expires_at, used_at FROM links WHERE hash = ?", hash_of(text))
        if not rows:
            raise Refused(UNKNOWN)
        [(director, expires_at, used_at)] = rows
        if used_at is not None:
            raise Refused(USED)
        if expires_at <= stamp(now):
            raise Refused(EXPIRED)
        return UUID(bytes=director)

    async def use(self, text: str, *, now: datetime) -> Opened:
        """Whom it lets in, once: of several who use it at the same time, one. Refused when it does not work."""
        used = await self._db.run(
            "UPDATE links SET used_at = ? WHERE hash = ? AND used_at IS NULL AND expires_at > ?",
            stamp(now),
            hash_of(text),
            stamp(now),
        )
        if not used:
            LOG.info("sign-in refused", how="a link that does not work")
            await self.look(text, now=now)
            raise Refused(USED)
        [(director, how)] = await self._db.rows("SELECT director, how FROM links WHERE hash = ?", hash_of(text))
        [known] = (each for each in get_args(LinkHow) if each == how)
        return Opened(UUID(bytes=director), known)

    async def void(self, director: UUID) -> None:
        """No link of that director works any more."""
        await self._db.run("DELETE FROM links WHERE director = ?", director.bytes)

    async def void_all(self) -> None:
        """No link works any more."""
        await self._db.run("DELETE FROM links")
