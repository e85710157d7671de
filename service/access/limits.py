"""How often something may be tried from one place before it is told to wait: wrong tokens, and asking for links.
Whoever has the right token is never slowed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

WRONG_TOKENS = 200
WINDOW = timedelta(minutes=1)
MOST_ADDRESSES = 10_000

SIGN_INS_FROM_ONE_PLACE = 300
LINKS_FROM_ONE_PLACE = 300
LINKS_TO_ONE_ADDRESS = 5
ADDRESSES_TRIED = 10
TRYING = timedelta(hours=1)
"""In so long, so many other e-mail addresses one director gives themselves: that one is taken tells whose it may be."""
ASKING = timedelta(minutes=15)
"""In so long, so many links are asked for, and so many come back from a provider: as many as a whole network that comes
by one proxy. Whoever asked for too many links has others that still work."""


class Wait(NamedTuple):
    """That it was too many: how long to wait, and whether this is the first time in that span."""

    seconds: int
    is_news: bool


class Tries:
    """A count for each place and span of time, in the memory of one process. When there are more places than fit, the
    one that has been counted longest is let off."""

    def __init__(self, most: int, window: timedelta, places: int = MOST_ADDRESSES) -> None:
        self._most = most
        self._window = window
        self._places = places
        self._counted: dict[str, tuple[datetime, int]] = {}

    def another(self, place: str, now: datetime) -> Wait | None:
        """One more from there; None while that is not too many."""
        began, count = self._counted.get(place, (now, 0))
        if not began <= now < began + self._window:
            began, count = now, 0
        if not count:
            self._make_room(place)
        self._counted[place] = began, count + 1
        if count < self._most:
            return None
        return Wait(math.ceil((began + self._window - now).total_seconds()), is_news=count == self._most)

    def _make_room(self, place: str) -> None:
        """What begins a new minute is the youngest; the order in which they were put in is that of their minutes."""
        self._counted.pop(place, None)
        while len(self._counted) >= self._places:
            del self._counted[next(iter(self._counted))]


class WrongTokens(Tries):
    """Tokens that opened nothing, by the address they came from."""

    def __init__(self, most: int = WRONG_TOKENS, window: timedelta = WINDOW, addresses: int = MOST_ADDRESSES) -> None:
        super().__init__(most, window, addresses)

    def another(self, place: str | None, now: datetime) -> Wait | None:
        """One more from that address; None while that is not too many."""
        return super().another(network_of(place), now)


def place_of(remote: str | None, forwarded: Iterable[str], proxies: int) -> str | None:
    """Where a request came from: the address of its connection; behind so many proxies, each of which adds to
    X-Forwarded-For where it got the request from, what the outermost of them added. What stands before that anybody
    could have written."""
    said = [each.strip() for line in forwarded for each in line.split(",")] if proxies else []
    return said[-proxies] if proxies and len(said) >= proxies else remote


def network_of(address: str | None) -> str:
    """The address, or the /64 it lies in: whoever has one of those has all of its addresses."""
    try:
        known = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "nowhere"
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((known, 64), strict=False))
    return str(known)
