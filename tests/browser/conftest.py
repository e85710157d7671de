"""A real browser, and a network to look at: played through once for all, and one where nothing has happened yet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.chromium import NoChromium, chromium

PATIENCE = 20_000.0  # milliseconds a page may take on a busy machine before a test gives up


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one file and no longer: while it runs, its thread can run no other loop."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for a file. Its tests fail, and say what to type, where there is none."""
    try:
        path = chromium(playwright)
    except NoChromium as none:
        pytest.fail(str(none), pytrace=False)
    # Without its sandbox, because it runs as root in containers and shows nothing but pages of ours.
    launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    yield launched
    launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of somebody who has not signed in, at a desk, with JavaScript."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
