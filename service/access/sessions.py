"""Sessions of people who signed in on a page: kept here, so that they can be ended here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
import structlog

from service.access.hashes import Entropy, hash_of, random_text, stamp, uuid8
from service.access.lately import Lately
from service.access.tables import Table

LOG = structlog.get_logger(__name__)

How = Literal["e-mail", "openid", "command line"]

IDLE = timedelta(hours=12)
"""A session nobody has used for so long is over."""
LONGEST = timedelta(days=7)
"""A session is over after so long, however much it was used."""
NOTED = timedelta(minutes=5)
"""That a session is in use is written down this often."""
KEPT = timedelta(days=30)
"""For so long after its end somebody can see that there was a session."""

COLUMNS = "id, director, how, began_at, seen_at, ends_at, ended_at"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a session: everything but the text in the cookie."""

    id: UUID
    director: UUID
    how: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether it still shows who somebody is."""
        return self.ended_at is None and now < min(self.ends_at, self.seen_at + IDLE)


class Begun(NamedTuple):
    """A session with the text that opens it, which is said once."""

    text: str
    session: Session


class Sessions:
    """Every session there is, in whichever process it began."""

    def __init__(self, db: Table, entropy: Entropy) -> None:
        self._db = db
        self._entropy = entropy
        self._lately: Lately[Session] = Lately()

    async def begin(self, director: UUID, *, how: How, now: datetime, instead_of: str | None = None) -> Begun:
        """A new session; the one whose text is given, if any, ends."""
        if instead_of is not None:
            await self.end_this(instead_of, now=now)
        await self._db.run("DELETE FROM sessions WHERE ends_at < ?", stamp(now - KEPT))
        text = random_text(self._entropy)
        session = Session(
            id=uuid8(self._entropy(16)),
            director=director,
            how=how,
            began_at=now,
            seen_at=now,
            ends_at=now + LONGEST,
            ended_at=None,
        )
        await self._db.run(
            "INSERT INTO sessions (id, hash, director, how, began_at, seen_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            session.id.bytes,
            hash_of(text),
            director.bytes,
            how,
            stamp(now),
            stamp(now),
            stamp(session.ends_at),
        )
        LOG.info("signed in", how=how, session=str(session.id))
        return Begun(text, session)

    async def who(self, text: str, now: datetime) -> Session | None:
        """The session behind that text, while it is open; that it is in use is noted."""
        hashed = hash_of(text)
        session = await self._lately.find(hashed, lambda: self._behind(hashed))
        if session is None or not session.is_open(now):
            return None
        if now - session.seen_at >= NOTED:
            # Told to those who ask next before it is written: many may ask at once.
            session = self._lately.replaced(hashed, msgspec.structs.replace(session, seen_at=now))
            await self._db.run("UPDATE sessions SET seen_at = ? WHERE id = ?", stamp(now), session.id.bytes)
        return session

    async def _behind(self, hashed: bytes) -> Session | None:
        return next(iter(await self._sessions("hash = ?", hashed)), None)

    async def of(self, director: UUID) -> list[Session]:
        """Every session of that director that is not long over, the newest first."""
        return await self._sessions("director = ? ORDER BY began_at DESC, id", director.bytes)

    async def end(self, id: UUID, director: UUID, *, now: datetime) -> bool:
        """From now on it opens nothing; whether that director has such a session."""
        ended = await self._db.run(
            "UPDATE sessions SET ended_at = coalesce(ended_at, ?) WHERE id = ? AND director = ?",
            stamp(now),
            id.bytes,
            director.bytes,
        )
        self._ended(ended)
        return ended > 0

    async def end_this(self, text: str, *, now: datetime) -> None:
        """From now on that text opens nothing."""
        self._ended(
            await self._db.run(
                "UPDATE sessions SET ended_at = ? WHERE hash = ? AND ended_at IS NULL", stamp(now), hash_of(text)
            )
        )

    async def end_all(self, director: UUID, *, now: datetime) -> int:
        """From now on no session of that director opens anything; how many did."""
        return self._ended(
            await self._db.run(
                "UPDATE sessions SET ended_at = ? WHERE director = ? AND ended_at IS NULL", stamp(now), director.bytes
            )
        )

    async def end_everybodys(self, *, now: datetime) -> None:
        """From now on no session opens anything."""
        self._ended(await self._db.run("UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL", stamp(now)))

    def _ended(self, count: int) -> int:
        self._lately.revoked()
        if count:
            LOG.info("signed out", sessions=count)
        return count

    async def _sessions(self, where: str, *values: object) -> list[Session]:
        return [_session(*row) for row in await self._db.rows(f"SELECT {COLUMNS} FROM sessions WHERE {where}", *values)]


def _session(id: bytes, director: bytes, how: str, *moments: Any) -> Session:
    began_at, seen_at, ends_at, ended_at = (each and datetime.fromisoformat(each) for each in moments)
    return Session(
        id=UUID(bytes=id),
        director=UUID(bytes=director),
        how=how,
        began_at=began_at,
        seen_at=seen_at,
        ends_at=ends_at,
        ended_at=ended_at,
    )
