"""What browsers keep and send: the cookie of a session, and whose page a request came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SECURE = "__Host-unstuck"
PLAIN = "unstuck"
"""On this machine only, where pages come by plain http."""

LOOPBACK = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?")

ELSEWHERE = "This was sent from a page of another site, or by a browser that does not say from where: nothing was done."


@dataclass(frozen=True)
class Here:
    """This service as the browser that asks knows it. `address` is where its pages are; None where nobody has said, and
    it could be anywhere."""

    host: str
    address: str | None

    @property
    def is_secure(self) -> bool:
        """Whether cookies go by TLS only: everywhere but on this machine."""
        return self.address is None or self.address.startswith("https://")

    def cookie(self, name: str = "") -> str:
        """What the session's cookie is called here, or another one of ours."""
        return (SECURE if self.is_secure else PLAIN) + (f"-{name}" if name else "")

    def keep(self, text: str, *, seconds: int | None = None, name: str = "") -> str:
        """The value of a Set-Cookie header: no script reads it, no other site's page sends it along but by a link."""
        lasting = "" if seconds is None else f"; Max-Age={seconds}"
        secure = "; Secure" if self.is_secure else ""
        return f"{self.cookie(name)}={text}; Path=/; HttpOnly; SameSite=Lax{lasting}{secure}"

    def drop(self, name: str = "") -> str:
        """The value of a Set-Cookie header after which it is gone."""
        return self.keep("", seconds=0, name=name)

    def is_from_here(self, headers: Mapping[str, str]) -> bool:
        """Whether a page of this service sent it: the browser says so, and says nothing else."""
        site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
        if site is None and origin is None:
            return False
        return site in (None, "same-origin") and (origin is None or self._is_own(origin))

    def _is_own(self, origin: str) -> bool:
        if self.address is not None:
            return origin.lower() == self.address
        return urlsplit(origin).netloc.lower() == self.host


def here(public_url: str | None, host: str) -> Here:
    """Where a request that named this host came to. A host is what whoever asks says it is: it is believed only where
    nobody but this machine could be sent."""
    host = host.lower()
    if public_url is not None:
        return Here(host, public_url)
    return Here(host, f"http://{host}" if is_loopback(host) else None)


def is_loopback(host: str) -> bool:
    """Whether that host, with or without a port, is this machine."""
    return LOOPBACK.fullmatch(host) is not None


def is_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that a page of another site asked."""
    return headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")
