"""Words that would be orders elsewhere, to a database, a browser, a shell, a template or a format, are words here."""

import pytest

from tests.api.conftest import running
from tests.life import done, everything
from tests.web.browser import Browser

HOSTILE = (
    "'; DROP TABLE problems; --",
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea></title><b>bold</b>",
    "{{ 7 * 7 }} ${7 * 7} {% raw %} #{7}",
    "%s %n %(secret)s {0.__class__} {}",
    "$(touch /tmp/owned) `id` ; id | id",
    '\\u003cscript\\u003e \\" \\\\',
    "javascript:alert(1)",
    "=HYPERLINK(1) @SUM +1 -1",
    "Ünïcödé \u202eright to left 🦫",
)


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data") as network:
        for name in ("ann", "ben"):
            await network.welcome(name)
        yield network


async def test_hostile_words_come_back_as_they_were_and_nothing_else_has_happened(network):
    kept = []
    for text in HOSTILE:
        about = {"title": text, "text": text, "topics": [text[:60]], "tier": "network"}
        made = await done(network.ann.post("/v1/problems", about), 201)
        assert (made["title"], made["text"], made["topics"]) == (text, text, [" ".join(text[:60].split())])
        kept.append(made)
        said = {"name": text, "organisation": text, "profession": text, "offers": {"topics": [text[:60]], "text": text}}
        assert (await done(network.ann.says("PATCH", "/v1/me", said)))["name"] == text
        promise = {"kind": "pledge", "what": text, "due": "2035-01-01", "conditions": text, "beneficiary": None}
        origin = {"type": "problem", "id": made["id"]}
        pledged = await done(network.ann.post("/v1/commitments", {**promise, "origin": origin}), 201)
        assert (pledged["what"], pledged["terms"][0]["conditions"]) == (text, text)
    assert await everything(network.ben, "/v1/problems") == kept


async def test_a_page_shows_them_as_words(network):
    browser = Browser(network.session, str(network.session._base_url).rstrip("/"))
    house = network.house
    begun = await house.rooms.sessions.begin(network.ben.id, how="e-mail", now=house.clock())
    browser.cookies["unstuck"] = begun.text
    for text in HOSTILE:
        await done(network.ann.says("PATCH", "/v1/me", {"name": text, "offers": {"topics": [], "text": text}}))
        made = await done(network.ann.post("/v1/problems", {"title": text, "text": text, "tier": "network"}), 201)
        for path in (f"/problems/{made['id']}", f"/directors/{network.ann.id}"):
            seen = await browser.open(path)
            assert seen.status == 200, path
            assert " ".join(text.split()) in " ".join(seen.words.split()), path
            for order in ("<script>alert", "<img src=x", "<b>bold", " onerror=", 'href="javascript:'):
                assert order not in seen.html.replace("&lt;img src=x onerror=", ""), (path, order)
