"""Every page, for every kind of visitor, full, empty and mistaken: nothing on it keeps anybody out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from service.web import NOUNS
from tests.browser.network import PATIENCE, Network
from tests.browser.places import DECLARED, ELSEWHERE, EVERY, FILES, NEWS, VISITORS, long, places
from tests.browser.reading import STRANGER

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations", "incomplete"]}
SIZES: dict[str, dict[str, Any]] = {
    "a phone": {"viewport": {"width": 320, "height": 640}},
    "a desk": {"viewport": {"width": 1280, "height": 900}},
    "four times as large": {"viewport": {"width": 320, "height": 225}, "device_scale_factor": 4},
}
LOOKS = [(visitor, size) for visitor in VISITORS for size in SIZES]
A_FEW = [("director", "a phone"), ("convenor", "a desk"), ("lead", "four times as large")]
"""Who looks, at which size; everybody at all of them with `make pages`."""
SVG, SCROLLED = "<text", "govuk-table__"
"""What axe cannot tell the contrast of: letters of a picture, which stand on white or beside a bar; and cells of a
table that scrolls, while they are out of sight."""


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """What has been looked at already, by anybody, where a look at everything would take too long."""
    return set()


@pytest.mark.parametrize(("visitor", "size"), LOOKS if EVERY else A_FEW)
def test_nothing_on_a_full_page_keeps_anybody_out(
    full: Network, browser: Browser, visitor: str, size: str, seen: set[str]
):
    page = page_of(full, browser, visitor, size)
    assert not list(look_at_everything(full, page, visitor, set() if EVERY else seen))


@long
@pytest.mark.parametrize("visitor", VISITORS)
def test_nothing_on_an_empty_page_keeps_anybody_out(empty: Network, browser: Browser, visitor: str):
    page = page_of(empty, browser, visitor, "a phone")
    assert not list(look_at_everything(empty, page, visitor, set()))


@long
def test_nothing_on_a_page_with_mistakes_keeps_anybody_out(full: Network, browser: Browser):
    """Every form is sent as it is drawn; where that is a mistake the page says so."""
    found, mistaken = [], 0
    for visitor in ("director", "convenor", "lead"):
        page = page_of(full, browser, visitor, "a phone")
        for place in places(full, visitor):
            page.goto(full.service.address + place.address)
            if not page.locator("form[method=post][novalidate] .govuk-form-group").count():
                continue
            page.locator("form[method=post][novalidate] button").first.click()
            if page.locator(".govuk-error-summary").count():
                mistaken += 1
                assert page.title().startswith("Error: ")
                found += faults(page, place.path, visitor)
    assert not found, found
    assert mistaken >= 15


def test_no_page_is_left_out(full: Network):
    """Whatever is declared is seen by somebody, unless it hands out files or news, or belongs to signing in."""
    declared = {page.path for noun in NOUNS for page in noun.declared if page.handler}
    assert declared == {*DECLARED, *FILES, *NEWS, *ELSEWHERE}
    shown = {place.path for visitor in VISITORS for place in places(full, visitor) if place.is_shown}
    assert shown == set(DECLARED)


def look_at_everything(network: Network, page: Page, visitor: str, seen: set[str]) -> Iterator[str]:
    """What is wrong with any page; of those that differ in words only, one is looked at."""
    for place in places(network, visitor):
        if place.came.skeleton in seen:
            continue
        seen.add(place.came.skeleton)
        answer = page.goto(network.service.address + place.address)
        assert answer
        assert answer.status == place.came.status, (place.path, answer.status)
        yield from faults(page, place.path, visitor)


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


def page_of(network: Network, browser: Browser, visitor: str, size: str) -> Page:
    if visitor != STRANGER:
        return network.browser_of(browser, visitor, **SIZES[size])
    context = browser.new_context(**SIZES[size])
    context.set_default_timeout(PATIENCE)
    return context.new_page()


@long
def test_the_menu_unfolds_by_itself_where_its_script_does_not_come(empty: Network, browser: Browser):
    """It is folded before there is a script, so that the page stays where it is when the script comes."""
    page = page_of(empty, browser, "director", "a phone")
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto(empty.service.address + "/stuck")
    link = page.get_by_role("link", name="Rounds", exact=True)
    assert not link.is_visible()
    link.wait_for(state="visible")
