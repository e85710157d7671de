"""Pages that are open hear of what others do, and show it by themselves: in a real browser, with its JavaScript."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.network import PATIENCE, Network


@pytest.fixture
def convenor(full: Network, browser: Browser) -> Iterator[Page]:
    page = full.browser_of(browser, "convenor")
    yield page
    page.context.close()


def test_the_round_desk_shows_who_joined_without_being_asked(full: Network, convenor: Page):
    token = full.token_of("convenor")
    rounds = full.ask("GET", "/v1/rounds", token=token)["items"]
    path = next(f"/rounds/{each['id']}" for each in rounds if each["state"] == "open")
    convenor.goto(f"{full.service.address}{path}/desk")
    expect(convenor.get_by_text("3 directors are in.", exact=True)).to_be_visible()
    for command, count in (("opt-out", 2), ("opt-in", 3)):
        full.ask("POST", f"/v1{path}/{command}", {}, full.token_of("lead"))
        expect(convenor.get_by_text(f"{count} directors are in.", exact=True)).to_be_visible(timeout=PATIENCE)
        expect(convenor.get_by_role("status")).to_have_text(f"Open to join. {count} directors are in.")


def test_the_page_of_a_set_shows_what_was_just_promised(full: Network, browser: Browser):
    sets = full.ask("GET", "/v1/sets?limit=200", token=full.token_of("convenor"))["items"]
    active = next(each for each in sets if each["state"] == "active")
    full.ids["member"] = active["members"][0]
    token = full.token_of("member")
    page = full.browser_of(browser, "member")
    with closing(page.context):
        page.goto(f"{full.service.address}/sets/{active['id']}")
        link = page.get_by_role("link", name="Send round what we learned")
        expect(link).to_have_count(0)
        due = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
        what = {"kind": "pledge", "what": "Send round what we learned", "due": due}
        full.ask("POST", "/v1/commitments", {**what, "origin": {"type": "set", "id": active["id"]}}, token)
        expect(link).to_be_visible(timeout=PATIENCE)
