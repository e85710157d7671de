"""Signing in by e-mail, as people do it: a link, a page with a button, a session; and out again."""

import re
from datetime import UTC, datetime

import pytest

from service.access.links import EXPIRED, GOOD_FOR, UNKNOWN, USED
from tests.api.conftest import ROLES, running
from tests.life import Hands
from tests.web.browser import Browser, Reader
from tests.web.conftest import Street


@pytest.fixture
def hands():
    return Hands(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
async def street(tmp_path, hands):
    async with running(tmp_path / "data", hands) as network:
        for name, roles in ROLES.items():
            await network.welcome(name, *roles)
        yield Street(network)


@pytest.fixture
def printed(capsys, street):
    """The links that were printed since somebody last looked, once all letters have left."""

    async def links():
        await street.network.house.sign_in.close()
        return re.findall(r"http://127\.0\.0\.1:\d+(/sign-in/\S+)", capsys.readouterr().out)

    return links


async def link_for(browser, printed, email="director@example.org", page="/sign-in"):
    await browser.send(await browser.open(page), email=email)
    [link] = await printed()
    return link


async def test_somebody_signs_in_with_a_link(nobody, printed):
    asked = await nobody.send(await nobody.open("/sign-in"), email=" Director@Example.org ")
    assert asked.path == "/sign-in/sent"
    [link] = await printed()
    page = await nobody.open(link)
    assert "Sign in as director" in page.words
    assert "unstuck" not in nobody.cookies
    assert (await nobody.send(page)).path == "/"
    assert len(nobody.cookies["unstuck"]) == 43
    assert (await nobody.open("/stuck")).status == 200


async def test_the_cookie_is_for_this_site_and_for_no_script(nobody, printed):
    page = await nobody.open(await link_for(nobody, printed))
    answer = await nobody.post(page.form().action, page.form().fields)
    [cookie] = [each for each in answer.headers.getall("Set-Cookie") if each.startswith("unstuck=")]
    assert re.fullmatch(r"unstuck=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800", cookie)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_what_follows_links_by_itself_signs_nobody_in_and_uses_nothing_up(street, nobody, printed):
    link = await link_for(nobody, printed)
    scanner = await street.browser()
    for _ in range(3):
        assert (await scanner.open(link)).status == 200
    assert "unstuck" not in scanner.cookies
    await nobody.send(await nobody.open(link))
    assert "unstuck" in nobody.cookies


async def spent(browser, link):
    page = await browser.open(link)
    assert page.status == 410
    assert "/sign-in" in page.links
    assert "unstuck" not in browser.cookies
    return page.words


async def test_a_link_that_does_not_work_says_why(street, hands, nobody, printed):
    link = await link_for(nobody, printed)
    assert UNKNOWN in await spent(nobody, link[:-1])
    page = await nobody.open(link)
    hands.move(seconds=int(GOOD_FOR.total_seconds()))
    late = await nobody.send(page)
    assert (late.status, EXPIRED in late.words) == (410, True)
    assert EXPIRED in await spent(nobody, link)
    link = await link_for(nobody, printed)
    other = await street.browser()
    page = await other.open(link)
    await nobody.send(await nobody.open(link))
    assert USED in (await other.send(page)).words
    assert USED in await spent(other, link)


async def test_nobody_can_tell_from_the_answer_who_is_in_the_network(street, printed):
    answers = []
    for email in ("director@example.org", "stranger@example.org"):
        browser: Browser = await street.browser()
        form = (await browser.open("/sign-in")).form()
        answer = await browser.post(form.action, {**form.fields, "email": email})
        answers.append((answer.status, answer.html, sorted((k, v) for k, v in answer.headers.items() if k != "Date")))
    assert answers[0] == answers[1]
    assert len(await printed()) == 1


@pytest.mark.parametrize("email", ["", "director", "a@b@c", "two words@example.org", "x" * 300 + "@example.org"])
async def test_what_is_no_address_is_said_beside_the_field(nobody, email):
    page = await nobody.send(await nobody.open("/sign-in"), email=email)
    assert page.status == 422
    assert "This should be an e-mail address" in page.words
    assert page.form().fields["email"] == [email.strip()]


async def test_whoever_asks_too_often_is_told_when_to_come_back(nobody, printed):
    pages = [await nobody.send(await nobody.open("/sign-in"), email="director@example.org") for _ in range(6)]
    assert [page.status for page in pages] == [200] * 5 + [429]
    assert pages[-1].headers["Retry-After"] == "900"
    assert "in 15 minutes" in pages[-1].words
    assert len(await printed()) == 5


async def test_behind_a_proxy_nobody_uses_up_the_links_of_others(tmp_path, monkeypatch):
    monkeypatch.setattr("service.access.sign_in.LINKS_FROM_ONE_PLACE", 2)
    async with running(tmp_path / "data", proxies=1) as network:
        nobody = await Street(network).browser()
        form = (await nobody.open("/sign-in")).form()
        asked = []
        for number, place in enumerate(["192.0.2.1"] * 3 + ["192.0.2.2"]):
            said = {**form.fields, "email": f"{number}@example.org"}
            answer = await nobody.post(form.action, said, headers={"X-Forwarded-For": place})
            asked.append(answer.status)
        assert asked == [303, 303, 429, 303]


HOSTILE = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]


@pytest.mark.parametrize("headers", HOSTILE)
async def test_no_other_site_signs_anybody_in_or_out(street, nobody, director, printed, headers):
    link = await link_for(nobody, printed)
    form = (await nobody.open(link)).form()
    assert (await nobody.post(form.action, form.fields, headers=headers)).status == 403
    assert (await nobody.post(form.action, {})).status == 403, "nor does a page of ours that nobody had opened"
    assert "unstuck" not in nobody.cookies
    assert (await director.post("/sign-out", {"everywhere": "yes"}, headers=headers)).status == 403
    assert (await director.open("/stuck")).status == 200


async def test_whoever_was_asked_to_sign_in_gets_where_they_were_going(nobody, printed):
    door = await nobody.open("/stuck")
    assert door.path == "/sign-in?next=/stuck"
    link = await link_for(nobody, printed, page=door.path)
    assert (await nobody.send(await nobody.open(link))).path == "/stuck"


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "/a%0d%0ab", "javascript:1"]
)
async def test_and_to_no_other_site(director, to):
    assert (await director.ask("GET", f"/sign-in?next={to}")).headers["Location"] == "/"


async def test_a_session_is_another_after_signing_in_again(street, hands, director):
    before = director.cookies["unstuck"]
    link = await street.network.house.access.links.make(director.id, how="command line", now=hands())
    await director.send(await director.open(f"/sign-in/{link}"))
    assert director.cookies["unstuck"] != before
    old = await street.browser()
    old.cookies["unstuck"] = before
    assert (await old.open("/stuck")).path == "/sign-in?next=/stuck"


async def test_another_address_is_given_just_after_signing_in_and_nothing_typed_is_lost(street, hands, director):
    page = await director.open("/me/profile")
    hands.move(hours=2)
    later = await director.send(page, name="Fatima", email="fatima@example.org")
    assert later.status == 409
    assert "Sign out and in again" in later.words
    assert 'value="fatima@example.org"' in later.html
    assert "Saved." in (await director.send(await director.open("/me/profile"), name="Fatima")).words
    again = await street.browser("director")
    assert "Saved." in (await again.send(await again.open("/me/profile"), email="fatima@example.org")).words


async def test_somebody_signs_out(street, director):
    elsewhere = await street.browser("director")
    kept = director.cookies["unstuck"]
    answer = await director.post("/sign-out", page_form(await director.open("/sign-out"), everywhere=False))
    assert answer.headers["Location"] == "/sign-in"
    assert director.cookies["unstuck"] == ""
    director.cookies["unstuck"] = kept
    assert (await director.open("/stuck")).path == "/sign-in?next=/stuck"
    assert (await elsewhere.open("/stuck")).status == 200


async def test_somebody_signs_out_everywhere(street, director):
    elsewhere, another = await street.browser("director"), await street.browser("lead")
    await director.post("/sign-out", page_form(await director.open("/sign-out"), everywhere=True))
    assert (await elsewhere.open("/stuck")).path == "/sign-in?next=/stuck"
    assert (await another.open("/stuck")).status == 200


def page_form(page, *, everywhere):
    """One of the two forms on the page, by what its button does."""
    [form] = [each for each in Reader(page.html).forms if ("everywhere" in each.fields) == everywhere]
    return form.fields


async def test_whoever_is_signed_in_is_not_asked_to_and_whoever_is_not_cannot_sign_out(director, nobody):
    assert (await director.open("/sign-in")).path == "/"
    assert (await nobody.open("/sign-out")).path == "/sign-in"
