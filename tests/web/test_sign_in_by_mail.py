"""Signing in where pages are found at an address of their own: by a letter, behind a proxy that speaks TLS."""

import re
from typing import Any

import pytest

from tests.api.conftest import running
from tests.outbox.smtp_server import mail_server
from tests.web.browser import Browser
from tests.web.conftest import Street

PUBLIC = "https://unstuck.example.org"


@pytest.fixture
async def post():
    async with mail_server() as server:
        yield server


@pytest.fixture
async def street(tmp_path, post):
    said: dict[str, Any] = {
        "public_url": PUBLIC,
        "smtp_url": f"smtp://127.0.0.1:{post.port}",
        "mail_from": "Unstuck <unstuck@example.org>",
    }
    async with running(tmp_path / "data", **said) as network:
        await network.welcome("ann")
        yield Street(network)


def behind_a_proxy(street: Street) -> Browser:
    """A browser that knows the service by its public address."""
    return Browser(street.network.session, PUBLIC)


async def letter(street, post) -> str:
    """The link in the only letter."""
    await street.network.house.sign_in.close()
    [sent] = post.letters
    return str(*re.findall(r"https?://\S+", sent.get_content()))


async def test_a_letter_brings_a_link_to_the_public_address_whatever_the_request_says(street, post):
    nobody = behind_a_proxy(street)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    form = (await nobody.open("/sign-in", headers=evil)).form()
    asked = await nobody.post("/sign-in", {**form.fields, "email": "ann@example.org"}, headers=evil)
    assert asked.headers["Location"] == "/sign-in/sent"
    assert re.fullmatch(rf"{PUBLIC}/sign-in/[\w-]{{43}}", await letter(street, post))
    assert post.to == ["ann@example.org"]


async def test_the_link_signs_in_with_a_cookie_that_goes_by_tls_only(street, post, capsys):
    nobody = behind_a_proxy(street)
    await nobody.send(await nobody.open("/sign-in"), email="ann@example.org")
    page = await nobody.open((await letter(street, post)).removeprefix(PUBLIC))
    answer = await nobody.post(page.form().action, page.form().fields)
    [cookie] = [each for each in answer.headers.getall("Set-Cookie") if each.startswith("__Host-unstuck=")]
    assert re.fullmatch(r"__Host-unstuck=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure", cookie)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert (await nobody.open("/stuck")).status == 200
    nobody.cookies = {"unstuck": nobody.cookies["__Host-unstuck"]}
    assert (await nobody.open("/stuck")).path == "/sign-in?next=/stuck", "a plain cookie is anybody's"
    said = capsys.readouterr()
    for word in ("ann@", "/sign-in/", cookie.partition("=")[2].partition(";")[0]):
        assert word not in said.out + said.err


async def test_another_site_on_this_machine_is_another_site(street, post):
    nobody = behind_a_proxy(street)
    form = (await nobody.open("/sign-in")).form()
    local = {"Origin": str(street.network.session._base_url).rstrip("/")}
    assert (await nobody.post("/sign-in", {**form.fields, "email": "ann@example.org"}, headers=local)).status == 403


async def test_where_no_letter_can_be_sent_the_page_says_whom_to_ask(tmp_path, capsys):
    async with running(tmp_path / "data", public_url=PUBLIC) as network:
        await network.welcome("ann")
        nobody = behind_a_proxy(Street(network))
        page = await nobody.open("/sign-in")
        assert "Ask whoever runs the service" in page.words
        assert "/sign-in/" not in capsys.readouterr().out


async def test_a_host_nobody_vouches_for_gets_no_links(tmp_path, capsys):
    async with running(tmp_path / "data") as network:
        await network.welcome("ann")
        nobody = await Street(network).browser()
        elsewhere = {"Host": "unstuck.example.org", "Origin": PUBLIC}
        page = await nobody.open("/sign-in", headers=elsewhere)
        assert "Ask whoever runs the service" in page.words
        await network.house.sign_in.close()
        assert "/sign-in/" not in capsys.readouterr().out
