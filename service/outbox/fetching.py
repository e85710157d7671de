"""Questions to another machine over HTTP, which is one that was named in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
from aiohttp import ClientError, ClientTimeout

PATIENCE = ClientTimeout(total=10)
LARGEST = 1_000_000
"""Bytes of an answer; what is longer is not read to its end."""


class Silent(OSError):
    """The other machine did not answer, or not in a way that can be used."""


async def fetch(method: str, address: str, headers: Mapping[str, str], body: str | None) -> tuple[int, bytes]:
    """Status and body of the answer. Silent when there is none in time. Nobody is followed anywhere: a redirect is an
    answer like any other. No proxy or password of the environment is used."""
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, address, headers=headers, data=body, allow_redirects=False) as answer,
        ):
            raw = b""
            async for piece in answer.content.iter_any():
                raw += piece
                if len(raw) > LARGEST:
                    raise Silent(f"{urlsplit(address).hostname} says too much")
            return answer.status, raw
    except (ClientError, TimeoutError) as error:
        raise Silent(type(error).__name__) from error
