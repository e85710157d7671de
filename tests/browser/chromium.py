"""A Chromium for the tests: the one that is here, or one fetched now, or one sentence about how to get it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COMMAND = f"{sys.executable} -m playwright install chromium"


class NoChromium(Exception):
    """There is none, and none could be fetched."""


def chromium(playwright: Playwright) -> str:
    """The path of one that runs. NoChromium, with what to type, when there is none to be had."""
    return _here() or _downloaded(playwright) or _from_debian() or _fetched(playwright)


def _here() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _downloaded(playwright: Playwright) -> str | None:
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _from_debian() -> str | None:
    """Debian's own package, where we may install it."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return None
    quietly = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "--quiet", *step], env=quietly, check=False, capture_output=True, timeout=300)
    return _here()


def _fetched(playwright: Playwright) -> str:
    fetched = subprocess.run(COMMAND.split(), check=False, capture_output=True, text=True, timeout=600)
    path = _downloaded(playwright)
    if path is None:
        why = (fetched.stderr.strip() or fetched.stdout.strip()).splitlines()[-1:]
        raise NoChromium(f"The browser tests need a Chromium. Type: {COMMAND}  ({''.join(why)})")
    return path
