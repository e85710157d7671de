"""Every page, for every kind of visitor, full, empty and mistaken: nothing on it keeps anybody out."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from service.web import NOUNS
from tests.browser.network import PATIENCE, Network, begun, played
from tests.browser.places import DECLARED, ELSEWHERE, FILES, NEWS, Visitor, addresses

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations", "incomplete"]}
SIZES: dict[str, dict[str, Any]] = {
    "a phone": {"viewport": {"width": 320, "height": 640}},
    "a desk": {"viewport": {"width": 1280, "height": 900}},
    "four times as large": {"viewport": {"width": 320, "height": 225}, "device_scale_factor": 4},
}
VISITORS = ("stranger", "director", "convenor", "lead", "administrator")
EVERY = os.environ.get("PAGES") == "long"
LOOKS = [(visitor, size) for visitor in VISITORS for size in SIZES]
A_FEW = [("director", "a phone"), ("convenor", "a desk"), ("lead", "four times as large")]
"""Who looks, at which size; everybody at all of them with `make pages`."""
long = pytest.mark.skipif(not EVERY, reason="`make pages` looks at everything; it takes some minutes")
SVG, SCROLLED = "<text", "govuk-table__"
"""What axe cannot tell the contrast of: letters of a picture, which stand on white or beside a bar; and cells of a
table that scrolls, while they are out of sight."""
LONG = "Bartholomew Featherstonehaugh-Cholmondeley of the Directorate for Interdepartmental Procurement-" * 2
FROM_THE_RIGHT = "محمد بن عبد الله الأنصاري"


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Iterator[Network]:
    """The demo's network after a year, where one has a very long name and another is written from the right."""
    with played(tmp_path_factory.mktemp("full") / "data") as network:
        for name, called in (("director", LONG[:200]), ("convenor", FROM_THE_RIGHT)):
            network.ask("PATCH", "/v1/me", {"name": called}, network.token_of(name))
        yield network


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Iterator[Network]:
    """A network in which there is nobody but those who look, and nothing has happened."""
    with begun(tmp_path_factory.mktemp("empty") / "data") as network:
        for role, roles in (("director", []), ("convenor", ["convenor"]), ("lead", ["lead"])):
            network.welcome(role, "HM Treasury", roles=roles)
        network.ids["administrator"] = network.ids["Ada Ministrator"]
        yield network


@pytest.mark.parametrize(("visitor", "size"), LOOKS if EVERY else A_FEW)
def test_nothing_on_a_full_page_keeps_anybody_out(full: Network, browser: Browser, visitor: str, size: str):
    page = page_of(full, browser, visitor, size)
    assert not list(look_at_everything(full, page, visitor))


@long
@pytest.mark.parametrize("visitor", VISITORS)
def test_nothing_on_an_empty_page_keeps_anybody_out(empty: Network, browser: Browser, visitor: str):
    page = page_of(empty, browser, visitor, "a phone")
    assert not list(look_at_everything(empty, page, visitor))


@long
def test_nothing_on_a_page_with_mistakes_keeps_anybody_out(full: Network, browser: Browser):
    """Every form is sent as it is drawn; where that is a mistake the page says so."""
    found, mistaken = [], 0
    for visitor in ("director", "convenor", "lead"):
        page = page_of(full, browser, visitor, "a phone")
        for path, address in addresses(full, seen_by(full, visitor)).items():
            page.goto(full.service.address + address)
            if not page.locator("form[method=post][novalidate] .govuk-form-group").count():
                continue
            page.locator("form[method=post][novalidate] button").first.click()
            if page.locator(".govuk-error-summary").count():
                mistaken += 1
                assert page.title().startswith("Error: ")
                found += faults(page, path, visitor)
    assert not found, found
    assert mistaken >= 15


def test_no_page_is_left_out():
    """A page that is declared is crawled; what is left out hands out files or news, or belongs to signing in."""
    shown = {page.path for noun in NOUNS for page in noun.declared if page.handler}
    assert shown == {*DECLARED, *FILES, *NEWS, *ELSEWHERE}
    assert not [path for path in DECLARED if "{" in path.replace("{id}", "")]


def look_at_everything(network: Network, page: Page, visitor: str) -> Iterator[str]:
    seen = set()
    for path, address in addresses(network, seen_by(network, visitor)).items():
        answer = page.goto(network.service.address + address)
        assert answer
        assert answer.status < 500, (path, answer.status)
        # What was led elsewhere, or refused, is one page however often one comes there.
        what = page.title() if answer.status >= 400 else page.url.partition("?")[0]
        if what not in seen:
            seen.add(what)
            yield from faults(page, path, visitor)


def faults(page: Page, path: str, visitor: str) -> list[str]:
    """What axe has to say, what does not fit the width, and what was refused to load."""
    result = Axe().run(page, options=RULES).response
    told = [_fault(each, path, visitor) for each in result["violations"]]
    told += [_fault(each, path, visitor) for each in result["incomplete"] if not _explained(each)]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        told.append(f"{path} as {visitor}: wider than the window")
    return told


def _explained(rule: dict[str, Any]) -> bool:
    return rule["id"] == "color-contrast" and all(
        SVG in node["html"] or SCROLLED in node["html"] for node in rule["nodes"]
    )


def _fault(rule: dict[str, Any], path: str, visitor: str) -> str:
    return f"{path} as {visitor}: {rule['id']}: " + json.dumps([node["html"][:160] for node in rule["nodes"][:3]])


def seen_by(network: Network, visitor: str) -> Visitor | None:
    return None if visitor == "stranger" else Visitor(visitor, network.token_of(visitor))


def page_of(network: Network, browser: Browser, visitor: str, size: str) -> Page:
    if visitor != "stranger":
        return network.browser_of(browser, visitor, **SIZES[size])
    context = browser.new_context(**SIZES[size])
    context.set_default_timeout(PATIENCE)
    return context.new_page()
