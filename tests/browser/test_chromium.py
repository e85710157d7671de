"""The browser tests have a browser: it runs, and where there is none they say what to type."""

import pytest

from tests.browser import chromium as finding
from tests.browser.chromium import NoChromium


def test_there_is_a_chromium_and_it_runs(page):
    page.set_content("<h1>What have we actually achieved?</h1>")
    assert page.get_by_role("heading").inner_text() == "What have we actually achieved?"


def test_where_none_can_be_had_the_command_is_named(playwright, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(finding, "_downloaded", lambda playwright: None)
    monkeypatch.setattr(finding, "COMMAND", "/bin/false")
    with pytest.raises(NoChromium, match="Type: /bin/false"):
        finding.chromium(playwright)
