"""What browsers keep and send: the cookie is the host's own, and only a page of ours can have anything done with it."""

import pytest

from service.access.browsers import here, is_elsewhere

OURS = "https://unstuck.example.org"


def test_by_tls_the_cookie_is_the_hosts_own_and_no_script_reads_it():
    at = here(OURS, "unstuck.example.org")
    assert at.keep("text") == "__Host-unstuck=text; Path=/; HttpOnly; SameSite=Lax; Secure"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "LOCALHOST:80", "[::1]:8080", "127.0.0.2"])
def test_on_this_machine_it_has_a_plain_name_and_goes_by_http(host):
    at = here(None, host)
    assert at.keep("text") == "unstuck=text; Path=/; HttpOnly; SameSite=Lax"
    assert at.address == f"http://{host.lower()}"


@pytest.mark.parametrize(
    "host",
    [
        "unstuck.example.org",
        "127.0.0.1.example.org",
        "localhost.example.org",
        "0.0.0.0:80",
        "[",
        "",
        "a@127.0.0.1",
        "127.0.0.1:{0}",
    ],
)
def test_a_host_that_anybody_could_have_named_is_no_address(host):
    at = here(None, host)
    assert at.address is None
    assert at.is_secure


def test_what_was_said_in_the_settings_is_believed_and_not_what_a_request_says():
    assert here(OURS, "evil.example").address == OURS
    assert here(OURS, "127.0.0.1:8080").is_secure


def test_a_cookie_is_dropped_as_it_was_kept():
    assert here(OURS, "").drop() == "__Host-unstuck=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
    assert here(OURS, "").keep("text", seconds=600, name="openid").startswith("__Host-unstuck-openid=text; ")


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": OURS},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OURS},
    ],
)
def test_a_page_of_ours_can_have_something_done(said):
    assert here(OURS, "unstuck.example.org").is_from_here(said)


HOSTILE = [
    {},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "http://unstuck.example.org"},
    {"Origin": f"{OURS}:8443"},
    {"Origin": f"{OURS}.evil.example"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": OURS, "Sec-Fetch-Site": "cross-site"},
    {"Origin": OURS, "Sec-Fetch-Site": "same-site"},
    {"Origin": OURS, "Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "SAME-ORIGIN "},
    {"Referer": f"{OURS}/"},
]


@pytest.mark.parametrize("said", HOSTILE)
def test_no_other_page_can(said):
    assert not here(OURS, "unstuck.example.org").is_from_here(said)


def test_on_this_machine_another_port_is_another_site():
    at = here(None, "127.0.0.1:8080")
    assert at.is_from_here({"Origin": "http://127.0.0.1:8080"})
    assert not at.is_from_here({"Origin": "http://127.0.0.1:8081"})
    assert not at.is_from_here({"Origin": "https://127.0.0.1:8080"})


def test_without_settings_a_page_is_ours_that_came_from_the_host_it_asks():
    at = here(None, "unstuck.example.org")
    assert at.is_from_here({"Origin": OURS})
    assert not at.is_from_here({"Origin": "https://evil.example"})
    assert not at.is_from_here({"Origin": "null"})


@pytest.mark.parametrize(("site", "elsewhere"), [("same-origin", False), ("none", False), ("cross-site", True)])
def test_a_browser_says_whether_another_site_asks(site, elsewhere):
    assert is_elsewhere({"Sec-Fetch-Site": site}) == elsewhere
    assert not is_elsewhere({})
