"""Pages on other surfaces than a bright screen: on paper, and in colours that somebody has chosen for every page."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.barriers import pale
from tests.browser.network import Network
from tests.browser.places import places
from tests.browser.reading import Reader

DRAWN = ("/sets/{id}", "/reports/funnel", "/reports/ties", "/reports/time-to-action")
"""Pages with a picture on them, and most of them with a wide table."""
CUT = """[...document.querySelectorAll("main .unstuck-scroll, main figure")].filter(
    it => it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).overflowX !== "visible"
).map(it => it.outerHTML.slice(0, 200))"""
ADDRESSES = """[...document.querySelectorAll("a")].filter(it => getComputedStyle(it, "::after").content.includes("/"))
    .map(it => it.outerHTML.slice(0, 200))"""
OFF_PAPER = "document.body.scrollWidth > document.documentElement.clientWidth"
PAPER = ViewportSize(width=718, height=1000)  # pixels of A4 between margins of a centimetre


@pytest.fixture(scope="module")
def lead(full: Network, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PAPER, extra_http_headers={"Cookie": Reader(full, "lead").cookie})
    yield context.new_page()
    context.close()


def drawn(network: Network) -> Iterator[str]:
    for place in places(network, "lead"):
        if place.path in DRAWN and place.is_shown:
            yield network.service.address + place.address


def test_on_paper_there_is_what_was_said_and_nothing_to_press(full: Network, lead: Page):
    lead.emulate_media(media="print")
    for address in drawn(full):
        lead.goto(address)
        assert not lead.get_by_role("navigation", name="Menu").is_visible()
        assert not lead.locator(".govuk-button").filter(visible=True).count()
        assert not lead.evaluate(ADDRESSES)
        assert not lead.evaluate(CUT)
        assert not lead.evaluate(OFF_PAPER), address
    lead.emulate_media(media="screen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_can_be_read_in_forced_colours(full: Network, lead: Page, scheme: Literal["light", "dark"]):
    lead.emulate_media(forced_colors="active", color_scheme=scheme)
    for address in drawn(full):
        lead.goto(address)
        assert lead.locator("svg[role=img] text").count()
        assert not list(pale(lead)), address
        assert lead.locator("svg[role=img]").first.evaluate("it => getComputedStyle(it).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
    lead.emulate_media(forced_colors="none")
