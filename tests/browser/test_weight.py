"""Every page is light, compressed as it comes with all it brings along; and nothing on it comes from anywhere else."""

import re
from collections.abc import Iterator
from urllib.request import Request, urlopen

from tests.browser.network import Network
from tests.browser.places import VISITORS, Place, places
from tests.service_process import SOON

LIGHT = 40 * 1024
LOADED = re.compile(
    r'<(?:link|script|img|source|iframe|object|embed|video|audio|use)\b[^>]*?\b(?:href|src|data)="([^"]*)"'
)
FROM_HERE = re.compile(r"'none'|'self'|'sha256-[A-Za-z0-9+/=]+'")


def everything(network: Network) -> Iterator[tuple[str, Place]]:
    """Every page, by what it is and who reads it."""
    for visitor in VISITORS:
        for place in places(network, visitor):
            yield f"{place.path} as {visitor} at {place.address}", place


def test_every_page_weighs_40_kilobytes_at_most_with_all_it_brings_along(full: Network):
    assets = {address for _, place in everything(full) for address in LOADED.findall(place.came.html)}
    brought = {address: weight_of(full, address) for address in assets}
    assert len(brought) >= 4
    heavy = {
        what: weight
        for what, place in everything(full)
        if (weight := place.came.weight + sum(map(brought.get, set(LOADED.findall(place.came.html))))) > LIGHT  # type: ignore[arg-type]
    }
    assert not heavy
    assert all(place.came.weight < 0.7 * len(place.came.html.encode()) for _, place in everything(full))


def weight_of(network: Network, address: str) -> int:
    """What that weighs on its way."""
    asked = Request(network.service.address + address, headers={"Accept-Encoding": "gzip"})
    with urlopen(asked, timeout=SOON) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        return len(answer.read())


def test_nothing_on_a_page_comes_from_anywhere_else_nor_could(full: Network):
    for what, place in everything(full):
        assert all(address.startswith("/assets/") for address in LOADED.findall(place.came.html)), what
        policy = dict(rule.split(" ", 1) for rule in place.came.policy.split("; "))
        assert policy["default-src"] == "'none'", what
        sources = " ".join(policy.values()).split()
        assert all(FROM_HERE.fullmatch(source) for source in sources), what


def test_what_is_loaded_from_elsewhere_would_be_found():
    for tag in ('<script async src="https://cdn.example/a.js">', '<link rel="x" href="//cdn.example/a.css">'):
        assert not LOADED.findall(tag)[0].startswith("/assets/")
