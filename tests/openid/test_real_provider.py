"""Signing in with a real identity provider, from the button to the session and back out."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from service.access.limits import ASKING, Tries
from service.access.openid import DECLINED, NOT_NOW, STALE, TAKEN, UNKNOWN, UNVERIFIED
from service.running.clock import machine_clock
from tests.api.conftest import running
from tests.openid.real_provider import SECRET, RealProvider, real_provider, vouched_for
from tests.web.browser import Browser
from tests.web.conftest import Street


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    with real_provider() as provider:
        yield provider


class Later:
    """The machine's clock, or somewhat later."""

    by = timedelta()

    def __call__(self):
        return machine_clock() + self.by


@pytest.fixture
def clock():
    return Later()


@pytest.fixture
async def street(tmp_path, provider, clock):
    said = {"oidc_issuer": provider.issuer, "oidc_client_id": "unstuck", "oidc_client_secret": SECRET}
    async with running(tmp_path / "data", clock, **said) as network:
        for name in ("ann", "bob"):
            await network.welcome(name)
        yield Street(network)


@pytest.fixture
async def nobody(street):
    return await street.browser()


async def comes_back(browser: Browser, who: str, begin: str = "/sign-in/openid") -> str:
    """Sets out, signs in at the provider, and is sent back to that path."""
    out = await browser.ask("GET", begin)
    assert out.status == 303
    back = await vouched_for(out.headers["Location"], who)
    assert back.startswith(f"{browser.address}/sign-in/openid/back?")
    return back.removeprefix(browser.address)


async def refused(browser: Browser, path: str) -> str:
    page = await browser.open(path)
    assert page.status == 410
    assert not browser.cookies.get("unstuck")
    return page.words


async def who_is(browser):
    """The id of whoever is signed in with this browser."""
    answer = await browser.ask("GET", "/v1/me", headers={"Accept": "application/json"})
    return json.loads(answer.html).get("id")


async def test_somebody_signs_in_with_their_organisations_account(street, nobody):
    door = await nobody.open("/sign-in?next=/stuck")
    [begin] = [link for link in door.links if link.startswith("/sign-in/openid")]
    page = await nobody.open(await comes_back(nobody, "ann", begin))
    assert (page.status, page.path) == (200, "/stuck")
    assert await who_is(nobody) == str(street.network.ann.id)
    assert nobody.cookies["unstuck-openid"] == ""
    [session] = await street.network.house.access.sessions.of(street.network.ann.id)
    assert session.how == "openid"


async def test_from_then_on_the_subject_counts_and_the_address_does_not(street, nobody, provider):
    await nobody.open(await comes_back(nobody, "ann"))
    house, ann, bob = street.network.house, street.network.ann, street.network.bob
    assert await house.access.identities.find(provider.issuer, "ann") == ann.id
    await ann.says("PATCH", "/v1/me", {"email": "elsewhere@example.org"})
    await bob.says("PATCH", "/v1/me", {"email": "ann@example.org"})
    again = await street.browser()
    await again.open(await comes_back(again, "ann"))
    assert await who_is(again) == str(ann.id)


async def test_another_account_with_the_same_address_is_not_let_in(street, nobody):
    await nobody.open(await comes_back(nobody, "ann"))
    other = await street.browser()
    assert TAKEN in await refused(other, await comes_back(other, "ann's other account"))


async def test_an_address_nobody_vouches_for_opens_nothing(nobody):
    assert UNVERIFIED in await refused(nobody, await comes_back(nobody, "bob"))


async def test_nobody_joins_by_signing_in(street, nobody):
    before = await street.network.house.ledger.head()
    assert UNKNOWN in await refused(nobody, await comes_back(nobody, "stranger"))
    assert await street.network.house.ledger.head() == before


async def test_whoever_has_left_is_not_let_in(street, nobody):
    await nobody.open(await comes_back(nobody, "ann"))
    await street.network.ann.post("/v1/me/leave")
    again = await street.browser()
    assert UNKNOWN in await refused(again, await comes_back(again, "ann"))


async def test_what_somebody_comes_back_with_is_taken_once(nobody):
    back = await comes_back(nobody, "ann")
    kept = dict(nobody.cookies)
    await nobody.open(back)
    nobody.cookies = kept
    assert STALE in await refused(nobody, back)


async def test_a_code_is_taken_once_whatever_it_comes_with(street, nobody, provider):
    back = await comes_back(nobody, "ann")
    code = back.partition("code=")[2].partition("&")[0]
    await nobody.open(back)
    other = await street.browser()
    fresh = await comes_back(other, "ann")
    mine = fresh.partition("code=")[2].partition("&")[0]
    assert "does not hold" in await refused(other, fresh.replace(mine, code))


async def test_what_was_begun_in_one_browser_is_not_finished_in_another(street, nobody):
    back = await comes_back(nobody, "ann")
    other = await street.browser()
    assert STALE in await refused(other, back)
    await other.ask("GET", "/sign-in/openid")
    assert STALE in await refused(other, back)
    await nobody.open(back)
    assert await who_is(nobody)


async def test_whoever_takes_more_than_ten_minutes_begins_again(nobody, clock):
    back = await comes_back(nobody, "ann")
    clock.by = timedelta(minutes=10, seconds=1)
    assert STALE in await refused(nobody, back)


async def test_whoever_is_turned_away_there_is_told_so_here(nobody, provider):
    state = (await comes_back(nobody, "ann")).partition("state=")[2].partition("&")[0]
    said = f"/sign-in/openid/back?error=access_denied&error_description=<b>gone</b>&state={state}&iss={provider.issuer}"
    words = await refused(nobody, said)
    assert DECLINED in words
    assert "gone" not in words


async def test_an_answer_in_the_name_of_another_issuer_is_not_believed(nobody, provider):
    back = await comes_back(nobody, "ann")
    other = back.replace("%3A%2F%2F127.0.0.1", "%3A%2F%2F127.0.0.2")
    assert other != back
    assert "does not hold" in await refused(nobody, other)


async def test_whoever_comes_back_again_and_again_is_told_to_wait(street, nobody, provider):
    street.network.house.openid._from_there = Tries(3, ASKING)
    for _ in range(3):
        assert STALE in await refused(nobody, "/sign-in/openid/back?code=guess&state=guess")
    page = await nobody.open("/sign-in/openid/back?code=guess&state=guess")
    assert page.status == 429
    assert 800 < int(page.headers["Retry-After"]) <= 900


async def test_the_session_is_another_than_before(street, nobody):
    await nobody.open(await comes_back(nobody, "ann"))
    before = nobody.cookies["unstuck"]
    await nobody.ask("GET", await comes_back(nobody, "ann"))
    assert nobody.cookies["unstuck"] != before
    assert await street.network.house.access.sessions.who(before, machine_clock()) is None


@pytest.mark.parametrize("said", [{"auth_method": "client_secret_post"}, {"in_id_token": True}])
async def test_providers_differ_in_where_they_want_the_secret_and_where_they_say_the_address(tmp_path, said):
    with real_provider(**said) as provider:
        settings: dict[str, Any] = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "unstuck",
            "oidc_client_secret": SECRET,
        }
        async with running(tmp_path / "data", **settings) as network:
            await network.welcome("ann")
            browser = await Street(network).browser()
            await browser.open(await comes_back(browser, "ann"))
            assert await who_is(browser) == str(network.ann.id)


async def test_a_provider_that_does_not_answer_is_said_to_be_away(tmp_path):
    settings: dict[str, Any] = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "unstuck"}
    async with running(tmp_path / "data", **settings) as network:
        browser = await Street(network).browser()
        assert NOT_NOW in await refused(browser, "/sign-in/openid")


async def test_without_a_provider_there_is_no_such_door(tmp_path):
    async with running(tmp_path / "data") as network:
        browser = await Street(network).browser()
        assert not [link for link in (await browser.open("/sign-in")).links if "openid" in link]
        for path in ("/sign-in/openid", "/sign-in/openid/back?code=a&state=b"):
            assert (await browser.open(path)).path == "/sign-in"
