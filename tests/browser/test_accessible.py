"""Every page, for every kind of visitor, full, empty and mistaken: nothing on it keeps anybody out."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from service.web import NOUNS
from tests.browser.barriers import barriers
from tests.browser.network import PATIENCE, Network
from tests.browser.places import DECLARED, ELSEWHERE, EVERY, FILES, NEWS, VISITORS, long, places
from tests.browser.reading import STRANGER

SIZES: dict[str, dict[str, Any]] = {
    "a phone": {"viewport": {"width": 320, "height": 640}},
    "a desk": {"viewport": {"width": 1280, "height": 900}},
    "four times as large": {"viewport": {"width": 320, "height": 225}, "device_scale_factor": 4},
}
LOOKS = [(visitor, size) for visitor in VISITORS for size in SIZES]
A_FEW = [("director", "a phone"), ("convenor", "a desk"), ("lead", "four times as large")]
"""Who looks, at which size; everybody at all of them with `make pages`."""


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
                found += [f"{place.path} as {visitor}: {barrier}" for barrier in barriers(page)]
    assert not found, found
    assert mistaken >= 15


def test_no_page_is_left_out(full: Network):
    """Whatever is declared is seen by somebody, unless it hands out files or news, or belongs to signing in."""
    declared = {page.path for noun in NOUNS for page in noun.declared if page.handler}
    assert declared == {*DECLARED, *FILES, *NEWS, *ELSEWHERE}
    shown = {place.path for visitor in VISITORS for place in places(full, visitor) if place.is_shown}
    assert shown == set(DECLARED)


def look_at_everything(network: Network, page: Page, visitor: str, seen: set[str]) -> Iterator[str]:
    """What is wrong with any page. Of refusals that differ in words only one is looked at; unless all are wanted, of
    other pages too."""
    for place in places(network, visitor):
        what = place.address if EVERY and place.is_shown else place.came.skeleton
        if what in seen:
            continue
        seen.add(what)
        answer = page.goto(network.service.address + place.address)
        assert answer
        assert answer.status == place.came.status, (place.path, answer.status)
        yield from (f"{place.path} as {visitor}: {barrier}" for barrier in barriers(page))


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


def test_what_keeps_somebody_out_is_found(page: Page):
    page.set_content(
        """<!DOCTYPE html><html lang="en"><title>x</title><main><h1 style="color: #aaa">Pale</h1>
        <div class="unstuck-scroll" tabindex="0" style="width: 99px; overflow-x: auto"><table><tr><th>Organisation</th>
        <td style="color: #999">7</td><td style="color: #bbb">Departments</td></tr></table></div><input>
        <svg role="img" aria-label="Two" viewBox="0 0 200 50" width="2000"><rect width="200" height="50" fill="#fff"/>
        <rect width="99" height="50" fill="#1d70b8"/><text x="20" y="20">on blue</text>
        <text x="120" y="20">on white</text></svg></main>"""
    )
    found = " ".join(barriers(page))
    wanted = ("Pale", ">7<", "Departments", "label: ", "'on blue'", "wider than")
    assert [each for each in wanted if each not in found] == []
    assert "on white" not in found
