"""What our components draw is what GOV.UK Frontend draws: every fixture it publishes, token for token."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from service.web.drawing import Components

FIXTURES = Path(__file__).parents[2] / ".cache/node/node_modules/govuk-frontend/dist/govuk/components"
HOW_MANY = 657
VERSION = "6.3.0"


class Tokens(HTMLParser):
    """A piece of HTML as what it says: tags with their attributes in order of name, and words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[object] = []
        self._words = ""
        self.feed(html)
        self.close()
        self._end_of_words()

    def _end_of_words(self) -> None:
        if words := re.sub(r"\s+", " ", self._words).strip():
            self.said.append(words)
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_of_words()
        self.said.append((tag, sorted((name, re.sub(r"\s+", " ", value or "").strip()) for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self._end_of_words()
        self.said.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self._words += data


def fixtures():
    for path in sorted(FIXTURES.glob("*/fixtures.json")):
        for fixture in json.loads(path.read_text())["fixtures"]:
            yield path.parent.name, fixture


def test_every_fixture_is_there_and_is_that_of_the_version_we_use():
    assert FIXTURES.exists(), "GOV.UK Frontend has not been fetched yet: say `make setup`."
    package = json.loads((FIXTURES.parents[2] / "package.json").read_text())
    assert package["version"] == VERSION
    assert len(list(fixtures())) == HOW_MANY


@pytest.mark.parametrize("component", sorted({path.parent.name for path in FIXTURES.glob("*/fixtures.json")}))
def test_a_component_is_drawn_as_its_fixtures_say(component):
    draw = Components()
    different = [
        fixture["name"]
        for name, fixture in fixtures()
        if name == component and Tokens(draw(name, fixture["options"])).said != Tokens(fixture["html"]).said
    ]
    assert not different
