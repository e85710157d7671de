"""Signing in by e-mail: whoever asks hears the same, and whoever is known gets a link that opens the door once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import structlog

from service.access.hashes import keyed
from service.access.limits import ASKING, LINKS_FROM_ONE_PLACE, LINKS_TO_ONE_ADDRESS, Tries, Wait, network_of
from service.access.links import UNKNOWN
from service.access.sessions import Begun
from service.access.store import AccessStore
from service.domain.refusals import Refused

LOG = structlog.get_logger(__name__)

MOST_AT_ONCE = 4
"""Letters on their way at the same time."""
MOST_WAITING = 1000
FINISHING = 10.0
"""Seconds that letters which are on their way are given when the service stops."""

Deliver = Callable[[str, str], Awaitable[None]]
"""Takes an address and what is to be read there: the link. Whatever it raises, the letter did not leave."""
RolesOf = Callable[[UUID], Awaitable[frozenset[str] | None]]


class SignIn:
    """The door for people. `deliver` is None where no letter can be sent."""

    def __init__(self, access: AccessStore, roles_of: RolesOf, deliver: Deliver | None) -> None:
        self._access = access
        self._roles_of = roles_of
        self._deliver = deliver
        self._from_there = Tries(LINKS_FROM_ONE_PLACE, ASKING)
        self._to_them = Tries(LINKS_TO_ONE_ADDRESS, ASKING)
        self._salt = secrets.token_bytes(32)
        self._sending = asyncio.Semaphore(MOST_AT_ONCE)
        self._on_their_way: set[asyncio.Task[None]] = set()

    @property
    def sends_links(self) -> bool:
        """Whether asking for a link is of any use."""
        return self._deliver is not None

    def ask(self, email: str, *, of: str, place: str | None, now: datetime, onward: str = "") -> Wait | None:
        """Sends a link to a page of that address (`of`), ending in `onward`, if somebody has the e-mail address. Who
        asked is answered before anything is looked up: nothing tells whether it is known."""
        address = email.strip().lower()
        # Counted by what nobody could read out of memory later.
        whose = keyed(self._salt, "asked", address).hex()
        wait = self._from_there.another(network_of(place), now) or self._to_them.another(whose, now)
        if wait is None and len(self._on_their_way) >= MOST_WAITING:
            wait = Wait(60, is_news=False)
        if wait is None and self._deliver is not None:
            letter = asyncio.create_task(self._send(self._deliver, address, of, onward, now))
            self._on_their_way.add(letter)
            letter.add_done_callback(self._on_their_way.discard)
        return wait

    async def _send(self, deliver: Deliver, address: str, of: str, onward: str, now: datetime) -> None:
        try:
            async with self._sending:
                director = await self._access.tokens.find(address)
                if director is None or await self._roles_of(director) is None:
                    LOG.info("sign-in refused", how="an address nobody has")
                    return
                # To the address as it was looked up, not as it was typed: two that look alike may be two people.
                link = await self._access.links.make(director, how="e-mail", now=now)
                await deliver(address, f"{of}/sign-in/{link}{onward}")
        except Exception as error:
            LOG.error("a sign-in link was not sent", kind=type(error).__name__)

    async def look(self, link: str, *, now: datetime) -> UUID:
        """Whom the link would sign in. Refused, with a sentence that says why, when it does not work."""
        director = await self._access.links.look(link, now=now)
        if await self._roles_of(director) is None:
            raise Refused(UNKNOWN)
        return director

    async def use(self, link: str, *, instead_of: str | None, now: datetime) -> Begun:
        """Whoever has the link is signed in. Refused, with a sentence that says why, when it does not work."""
        opened = await self._access.links.use(link, now=now)
        if await self._roles_of(opened.director) is None:
            LOG.info("sign-in refused", how="a link of somebody who has left")
            raise Refused(UNKNOWN)
        return await self._access.sessions.begin(opened.director, how=opened.how, now=now, instead_of=instead_of)

    async def close(self) -> None:
        """Lets letters that are on their way arrive, for a while."""
        if self._on_their_way:
            _, late = await asyncio.wait(self._on_their_way, timeout=FINISHING)
            for letter in late:
                letter.cancel()
            await asyncio.gather(*late, return_exceptions=True)
