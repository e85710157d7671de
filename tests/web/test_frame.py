"""What every page promises: forms from here only, once only, with what is wrong beside its field; nothing kept."""

import asyncio

import pytest
from multidict import MultiDict
from yarl import URL

from service.web.drawing import Components
from service.web.forms import Form
from tests.api.conftest import running
from tests.web.conftest import Street


async def test_a_form_is_sent_and_leads_on_to_what_it_made(director):
    page = await director.send(await director.open("/stuck"), title="Nobody owns the data")
    assert page.status == 200
    assert page.path.startswith("/problems/")
    assert "Nobody owns the data" in page.words
    assert "It is written down." in page.words
    assert "It is written down." not in (await director.open(page.path)).words


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(director):
    page = await director.send(await director.open("/stuck"), title="", text="Years of it\r\n<b>and more</b>")
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "There is a problem" in page.words
    assert "#title" in page.links
    assert "There is a problem What are you stuck on? This has to be filled in." in page.words
    assert page.form().fields["text"][0].strip() == "Years of it\r\n<b>and more</b>"
    assert "<b>and more" not in page.html


async def test_a_double_click_does_one_thing(street, director):
    form = (await director.open("/stuck")).form()
    said = {**form.fields, "title": "Only once"}
    answers = await asyncio.gather(*(director.post("/stuck", said) for _ in range(3)))
    assert {answer.status for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len((await street.network.director.get("/v1/problems")).json["items"]) == 1


async def test_a_form_sent_again_with_other_words_is_shown_again(director):
    form = (await director.open("/stuck")).form()
    await director.post("/stuck", {**form.fields, "title": "First"})
    again = await director.post("/stuck", {**form.fields, "title": "Second"})
    assert again.status == 422
    assert "sent before with other words" in again.words
    assert (await director.send(again)).path.startswith("/problems/")


async def test_what_has_moved_on_is_shown_as_it_stands_with_the_words_kept(director):
    made = await director.send(await director.open("/stuck"), title="Stuck")
    old = await director.open(f"{made.path}/reframe")
    await director.send(await director.open(f"{made.path}/reframe"), title="Meanwhile")
    late = await director.send(old, title="Too late")
    assert late.status == 412
    assert "has changed since you opened it" in late.words
    assert late.form().fields["title"] == ["Too late"]
    assert "Too late" in (await director.send(late)).words


FOREIGN = [
    {"Origin": "https://elsewhere.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": ""},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_form_from_another_site_does_nothing(street, director, headers):
    form = (await director.open("/stuck")).form()
    answer = await director.post("/stuck", {**form.fields, "title": "Forged"}, headers=headers)
    assert answer.status == 403
    assert (await street.network.director.get("/v1/problems")).json["items"] == []


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ü"])
async def test_a_form_without_its_token_does_nothing(street, director, token):
    form = (await director.open("/stuck")).form()
    said = {**form.fields, "title": "Forged", "form-token": token}
    if token is None:
        del said["form-token"]
    assert (await director.post("/stuck", said)).status == 403
    assert (await street.network.director.get("/v1/problems")).json["items"] == []


async def test_the_token_of_one_session_is_not_that_of_another(street, director):
    lead = await street.browser("lead")
    theirs = (await lead.open("/stuck")).form().fields["form-token"]
    form = (await director.open("/stuck")).form()
    assert (await director.post("/stuck", {**form.fields, "title": "x", "form-token": theirs})).status == 403


async def test_every_page_carries_another_token_and_comes_compressed(director):
    pages = [await director.open("/stuck", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert len({page.form().fields["form-token"][0] for page in pages}) == 2
    assert pages[0].headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in (await director.open("/stuck", headers={"Accept-Encoding": "identity"})).headers


def test_only_what_stands_in_a_template_is_kept_as_it_was_drawn():
    components = Components()
    blank = Form(action="/", token="t", once="o", component=components)
    said = Form(action="/", token="t", once="o", component=components, said=MultiDict(title="Mine"))
    for form in (blank, said, blank):
        form.line("title", "What?", fixed=True)
        form.line("text", "Of whom?", value="Ann")
        form.button("/", "Let it go", about="Mine")
    assert [name for name, _ in components._drawn] == ["input"]
    assert "Mine" not in repr(components._drawn)


async def test_no_page_is_kept_framed_or_told_of(director):
    for path in ("/", "/stuck", "/nowhere"):
        page = await director.open(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "same-origin"
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


async def test_styles_are_kept_for_ever_and_nothing_of_govuk_itself_is_served(nobody):
    page = await nobody.open("/")
    [style] = [word.split('"')[0] for word in page.html.split('href="') if word.startswith("/assets/unstuck.")]
    seen = await nobody.open(style)
    assert "immutable" in seen.headers["Cache-Control"]
    assert seen.headers["Content-Encoding"] == "gzip"
    assert (await nobody.open("/assets/assets.json")).status == 404
    for word in ("transport", "crown", "crest", "url("):
        assert word not in seen.html.lower()


async def test_nothing_else_of_the_disk_is_served(nobody):
    """Neither folders, nor what they hold, nor anything beside them."""
    beside = ("", "/", "/..", "/%2e%2e/shield.py", "/..%2fshield.py", "//etc/passwd", "/.git/HEAD", "/unstuck.scss")
    for path in (*(f"/assets{each}" for each in beside), "/.git/config", "/service/web/", "/data/ledger.db"):
        as_it_stands = URL(nobody.address + path, encoded=True)
        async with nobody.session.get(as_it_stands) as answer:
            assert (answer.status, answer.url.raw_path) == (404, as_it_stands.raw_path)


async def test_who_has_not_signed_in_is_led_to_the_door_and_back(nobody):
    seen = await nobody.ask("GET", "/stuck")
    assert (seen.status, seen.headers["Location"]) == (303, "/sign-in?next=/stuck")


async def test_what_goes_wrong_is_a_page_that_says_what_to_do(director):
    nowhere = await director.open("/problems/7")
    assert (nowhere.status, nowhere.title) == (404, "We cannot find that – Unstuck")
    assert "Go to my page" in nowhere.words
    assert (await director.open("/nowhere")).status == 404


async def test_programs_are_answered_as_before(street):
    assert (await street.network.nobody.get("/nowhere")).headers["Content-Type"] == "application/problem+json"
    assert (await street.network.nobody.get("/v1/nowhere", headers={"Accept": "text/html"})).json["status"] == 404


async def test_by_tls_browsers_are_told_to_stay_there_and_cookies_are_the_hosts_own(tmp_path):
    async with running(tmp_path / "data", public_url="https://unstuck.example") as network:
        await network.welcome("director")
        browser = await Street(network).browser("director")
        browser.cookies = {"__Host-unstuck": browser.cookies["unstuck"]}
        page = await browser.open("/stuck")
        assert page.headers["Strict-Transport-Security"].startswith("max-age=")
        said = {**page.form().fields, "title": "Stuck"}
        answer = await browser.post("/stuck", said, headers={"Origin": "https://unstuck.example"})
        [cookie] = answer.headers.getall("Set-Cookie")
        assert cookie.startswith("__Host-unstuck-news=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    async with running(tmp_path / "data") as network:
        browser = await Street(network).browser()
        assert "Strict-Transport-Security" not in (await browser.open("/")).headers


async def test_whoever_is_signed_out_meanwhile_is_led_to_the_door_and_back_to_the_thing(street, director):
    problem = await director.send(await director.open("/stuck"), title="Stuck")
    form = (await director.open(f"{problem.path}/reframe")).form()
    await street.network.house.rooms.sessions.end_all(director.id, now=street.network.house.clock())
    answer = await director.post(form.action, {**form.fields, "title": "Other words"})
    assert (answer.status, answer.headers["Location"]) == (303, f"/sign-in?next={problem.path}")
