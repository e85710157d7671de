"""Signing in with a real browser: by link, with a real identity provider, and what other sites try meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.network import Network, begun
from tests.openid.real_provider import SECRET, RealProvider, real_provider


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    with real_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def network(tmp_path_factory, provider) -> Iterator[Network]:
    said = {"ISSUER": provider.issuer, "CLIENT_ID": "unstuck", "CLIENT_SECRET": SECRET}
    settings = {f"UNSTUCK_OIDC_{name}": value for name, value in said.items()}
    with begun(tmp_path_factory.mktemp("network") / "data", **settings) as network:
        network.ask("POST", "/v1/directors", {"name": "Ann Ahmed", "organisation": "x", "email": "ann@example.org"})
        network.welcome("Ben Brück", "y")
        yield network


@pytest.fixture(scope="module")
def signed_in(network: Network, browser: Browser) -> Iterator[Page]:
    """Somebody who has signed in, and looks at other sites meanwhile."""
    page = network.browser_of(browser, "Ben Brück")
    yield page
    page.context.close()


@contextmanager
def other_site(page: str, *, host: str) -> Iterator[str]:
    """A page of somebody else's, at a host of their own."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{host}:{server.server_port}/"
        server.shutdown()


def test_somebody_signs_in_by_link_and_out_again(network: Network, browser: Browser):
    page = network.browser_of(browser, "Ben Brück")
    [cookie] = [each for each in page.context.cookies() if each["name"] == "unstuck"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    assert "unstuck" not in str(page.evaluate("document.cookie"))
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{network.service.address}/stuck")
    assert page.url.endswith("/sign-in?next=/stuck")


def test_somebody_signs_in_with_their_organisations_account(network: Network, page: Page):
    page.goto(f"{network.service.address}/stuck")
    page.get_by_role("button", name="Sign in with your organisation’s account").click()
    page.get_by_placeholder("Enter any login").fill("ann")
    page.get_by_placeholder("and password").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{network.service.address}/stuck")
    expect(page.get_by_role("link", name="Sign out")).to_be_visible()
    page.goto(f"{network.service.address}/me/doors")
    expect(page.get_by_text("openid").or_(page.get_by_text("organisation")).first).to_be_visible()


TRIES = {
    "a form to sign out": """<form method="post" action="{here}/sign-out"><input name="everywhere" value="yes"></form>
        <script>document.forms[0].submit()</script>""",
    "a form to be forgotten": """<form method="post" action="{here}/me/forget"></form>
        <script>document.forms[0].submit()</script>""",
    "JSON in a form": """<form method="post" enctype="text/plain" action="{here}/v1/me/leave">
        <input name='{{"a":"' value='"}}'></form><script>document.forms[0].submit()</script>""",
    "a script that sends words": """<script>fetch("{here}/v1/me/leave", {{method: "POST", credentials: "include",
        mode: "no-cors", body: "{{}}"}}).finally(() => document.title = "tried")</script>""",
    "a script that asks to delete": """<script>fetch("{here}/v1/me", {{method: "DELETE", credentials: "include"}})
        .finally(() => document.title = "tried")</script>""",
}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("attempt", TRIES)
def test_no_other_site_has_anything_done_by_somebodys_browser(
    network: Network, signed_in: Page, attempt: str, host: str
):
    """From another port of the same host the browser sends the cookie along; from another host it does not."""
    page = signed_in.context.new_page()
    head = network.ask("GET", "/v1/audit/checkpoint")["size"]
    with other_site(TRIES[attempt].format(here=network.service.address), host=host) as site:
        page.goto(site)
        if "script that" in attempt:
            page.wait_for_function("document.title == 'tried'")
        else:
            page.wait_for_url(f"{network.service.address}/**")
    page.goto(f"{network.service.address}/stuck")
    expect(page.get_by_role("link", name="Sign out")).to_be_visible()
    assert network.ask("GET", "/v1/audit/checkpoint")["size"] == head
    page.close()


def test_no_other_site_reads_what_is_somebodys(network: Network, signed_in: Page):
    page = signed_in.context.new_page()
    script = """<script>fetch("{here}/v1/me", {{credentials: "include"}}).then(it => it.text())
        .then(it => document.title = "read " + it, () => document.title = "nothing")</script>"""
    with other_site(script.format(here=network.service.address), host="127.0.0.1") as site:
        page.goto(site)
        page.wait_for_function("document.title != ''")
        assert page.title() == "nothing"
    framed = '<iframe src="{here}/stuck"></iframe>'
    with other_site(framed.format(here=network.service.address), host="127.0.0.1") as site:
        page.goto(site)
        assert "Sign out" not in "".join(frame.content() for frame in page.frames)
    page.close()
