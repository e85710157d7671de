"""The main pages as Lighthouse sees them: on a telephone of some years ago, by a slow mobile network.

It needs nothing from the internet. TLS and HTTP/2 are for whatever stands in front of the service to give; Lighthouse
takes 127.0.0.1 for safe and asks no HTTP/2 of it.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.chromium import chromium
from tests.browser.network import Network
from tests.browser.places import long, places
from tests.browser.reading import STRANGER, Reader
from tests.node import NODE, fetched

HERE = Path(__file__).parent / "lighthouse"
AT_LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100}
MAIN = (
    *((STRANGER, path) for path in ("/", "/achieved")),
    *(("director", path) for path in ("/", "/stuck", "/problems/{id}", "/sets/{id}", "/commitments/{id}")),
    ("convenor", "/rounds/{id}/desk"),
    *(("lead", path) for path in ("/inspections/{id}", "/reports/funnel", "/ledger")),
)


@long
def test_the_main_pages_are_quick_accessible_and_well_made(full: Network):
    with sync_playwright() as playwright:
        told = measured(full, playwright)
    assert [each["unanswered"] for each in told] == [None] * len(MAIN)
    assert [each["arrived"] for each in told] == [each["address"] for each in told]
    short = [each for each in told if any(each["scores"][name] < least for name, least in AT_LEAST.items())]
    assert not short


def measured(network: Network, playwright: Playwright) -> list[dict[str, Any]]:
    """What Lighthouse has to say of each main page, one after the other."""
    cookies = {visitor: Reader(network, visitor).cookie for visitor, _ in MAIN}
    pages = [
        {"address": network.service.address + address_of(network, visitor, path), "cookie": cookies[visitor]}
        for visitor, path in MAIN
    ]
    asked = {"chromium": chromium(playwright), "least": AT_LEAST, "pages": pages}
    told = subprocess.run(
        [str(NODE), "measure.mjs"],
        cwd=fetched(HERE, "lighthouse"),
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def address_of(network: Network, visitor: str, path: str) -> str:
    """Where that page has something to show."""
    return next(place.address for place in places(network, visitor) if place.path == path and place.is_shown)
