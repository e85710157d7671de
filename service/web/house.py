"""What the pages need of the house, as one value that `service/app.py` fills."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aiohttp import web

from service.access.openid import OpenId
from service.access.sessions import Sessions
from service.access.sign_in import SignIn
from service.api.inside import Inside


@dataclass(frozen=True, kw_only=True)
class House:
    """The one door into the API, who has signed in, time and chance."""

    inside: Inside
    sessions: Sessions
    sign_in: SignIn
    openid: OpenId | None
    roles_of: Callable[[UUID], Awaitable[frozenset[str] | None]]
    head: Callable[[], Awaitable[int]]
    shown: Callable[[], Hashable]
    """How far what is shown has got: another value whenever something more shows."""
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    secret: bytes
    """Keys the tokens in forms."""
    public_url: str | None = None
    """Where people find the pages, if that was said."""

    def random(self) -> str:
        """128 bits that nobody can guess."""
        return self.entropy(16).hex()


HOUSE = web.AppKey("house of the pages", House)
