"""A real browser, and a network to look at: played through once for all, and one where nothing has happened yet."""

from collections.abc import Iterator
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from service.domain.profile import MOST_SETS_AT_ONCE
from tests.browser.chromium import NoChromium, chromium
from tests.browser.network import PATIENCE, Network, begun, played
from tests.service_process import SOON

LONG = "Bartholomew Featherstonehaugh-Cholmondeley of the Directorate for Interdepartmental Procurement-" * 2
FROM_THE_RIGHT = "محمد بن عبد الله الأنصاري"


@pytest.fixture(scope="session")
def full(tmp_path_factory) -> Iterator[Network]:
    """The demo's network after a year, where one has a very long name and another is written from the right, and a
    round is in each state that the demo has left behind."""
    with played(tmp_path_factory.mktemp("full") / "data") as network:
        for name, called in (("director", LONG[:200]), ("convenor", FROM_THE_RIGHT)):
            network.ask("PATCH", "/v1/me", {"name": called}, network.token_of(name))
        propose_a_round(network)
        open_a_round(network)
        yield network


def open_a_round(network: Network) -> str:
    """One that three are in, whatever sets they are in already; answers its path."""
    path = f"/v1/rounds/{network.ask('POST', '/v1/rounds', {}, network.token_of('convenor'))['id']}"
    for name in ("director", "convenor", "lead"):
        network.ask("PATCH", "/v1/me", {"capacity": MOST_SETS_AT_ONCE}, network.token_of(name))
        network.ask("POST", f"{path}/opt-in", {}, network.token_of(name))
    return path


def propose_a_round(network: Network) -> None:
    """One with a proposal that nobody is invited to yet."""
    path, convenor = open_a_round(network), network.token_of("convenor")
    for command in ("close", "propose"):
        network.ask("POST", f"{path}/{command}", {}, convenor)
    given_up = monotonic() + SOON
    while network.ask("GET", path, token=convenor)["state"] == "closed":
        assert monotonic() < given_up, "no proposal came"


@pytest.fixture(scope="session")
def empty(tmp_path_factory) -> Iterator[Network]:
    """A network in which there is nobody but those who look, and nothing has happened."""
    with begun(tmp_path_factory.mktemp("empty") / "data") as network:
        for role, roles in (("director", []), ("convenor", ["convenor"]), ("lead", ["lead"])):
            network.welcome(role, "HM Treasury", roles=roles)
        network.ids["administrator"] = network.ids["Ada Ministrator"]
        yield network


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one file and no longer: while it runs, its thread can run no other loop."""
    expect.set_options(timeout=PATIENCE)
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
