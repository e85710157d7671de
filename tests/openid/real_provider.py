"""npm's oidc-provider, run by the Node that comes as a wheel; and somebody who signs in there."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import aiohttp

from tests.node import NODE, fetched

HERE = Path(__file__).parent
SECRET = "a+secret/with%signs:in it"
ACCOUNTS = {
    "ann": {"email": "Ann@Example.org", "email_verified": True},
    "ann's other account": {"email": "ann@example.org", "email_verified": True},
    "bob": {"email": "bob@example.org", "email_verified": False},
    "stranger": {"email": "stranger@example.org", "email_verified": True},
}


@dataclass(frozen=True)
class RealProvider:
    """Where it is."""

    issuer: str


@contextmanager
def real_provider(*, auth_method: str = "client_secret_basic", in_id_token: bool = False) -> Iterator[RealProvider]:
    """The provider, for as long as the context lasts."""
    said = {
        "ACCOUNTS": json.dumps(ACCOUNTS),
        "SECRET": SECRET,
        "AUTH_METHOD": auth_method,
        "IN_ID_TOKEN": str(int(in_id_token)),
    }
    process = subprocess.Popen(
        [str(NODE), "provider.mjs"],
        cwd=fetched(HERE, "identity-provider"),
        env=os.environ | said,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        yield RealProvider(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()


async def vouched_for(address: str, who: str) -> str:
    """Where the browser of somebody who signs in at that address is sent back to."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        while "/sign-in/openid/back" not in address:
            async with browser.get(address, allow_redirects=False) as answer:
                page = await answer.text()
            if answer.status in (302, 303):
                address = urljoin(address, answer.headers["Location"])
                continue
            form = re.search(r'action="([^"]+)"', page)
            prompt = re.search(r'name="prompt" value="([^"]+)"', page)
            assert form, page
            assert prompt, page
            said = {"prompt": prompt[1], "login": who, "password": "anything"}
            async with browser.post(urljoin(address, form[1]), data=said, allow_redirects=False) as answer:
                assert answer.status in (302, 303), await answer.text()
                address = urljoin(address, answer.headers["Location"])
    return address
