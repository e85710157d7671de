"""The HTML of every page as a strict reader takes it: for every kind of visitor, full, empty and mistaken."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.browser.network import Network
from tests.browser.places import EVERY, VISITORS, places
from tests.browser.reading import Came, Reader
from tests.node import NODE, fetched

HERE = Path(__file__).parent / "html"
RULES = {
    # The title says what the page is about, in the words of whoever wrote it, and those may be many.
    "long-title": "off",
    # GOV.UK Frontend writes it on the fieldset of a date, for screen readers that need it said.
    "no-redundant-role": "off",
    # GOV.UK Frontend draws links that look like buttons this way, and answers the space bar for them.
    "prefer-native-element": ["error", {"exclude": ["button"]}],
    # GOV.UK Frontend puts what is wrong, under a heading of its own, above the heading of the page.
    "heading-level": ["error", {"minInitialRank": "h2"}],
    # A field is called what it is called in the JSON interface: `offers.topics`.
    "valid-id": ["error", {"relaxed": True}],
    # Several ticked boxes of one name are one answer.
    "form-dup-name": ["error", {"shared": ["radio", "checkbox", "button", "submit"]}],
    # Everything comes from here, under names that carry a hash; what came from elsewhere would have to carry one too.
    "require-sri": ["error", {"target": "crossorigin"}],
}


def test_every_page_is_valid_html(full: Network, empty: Network, tmp_path: Path):
    pages = {**everything(full, "full"), **everything(empty, "empty")}
    assert not list(wrong_with(pages, tmp_path))


def test_every_form_with_mistakes_in_it_is_valid_html(full: Network, tmp_path: Path):
    pages = dict(mistaken(full))
    assert len(pages) >= 15
    assert not list(wrong_with(pages, tmp_path))


def test_the_reader_finds_what_is_wrong(tmp_path: Path):
    page = (
        '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><p><div id="a" id="a"></div></body></html>'
    )
    said = " ".join(wrong_with({"a page": Came(200, "/", page)}, tmp_path))
    assert "no-dup-attr: " in said
    assert "no-implicit-close: " in said


def everything(network: Network, how: str) -> dict[str, Came]:
    """Every page, by what it is and who reads it."""
    return {
        f"{how} {place.path} as {visitor} at {place.address}": place.came
        for visitor in VISITORS
        for place in places(network, visitor)
    }


def mistaken(network: Network) -> Iterator[tuple[str, Came]]:
    """What comes back of forms that are sent as they are drawn, where that is a mistake."""
    for visitor in ("director", "convenor", "lead"):
        reader = Reader(network, visitor)
        for place in places(network, visitor):
            for form in reader.open(place.address).forms if asks(place.came) else ():
                came = reader.send(form) if form.action == place.address else place.came
                if 'class="govuk-error-summary"' in came.html:
                    assert "<title>Error: " in came.html
                    yield f"mistaken {place.path} as {visitor} at {place.address}", came


def asks(page: Came) -> bool:
    """Whether there is something to fill in."""
    return 'method="post"' in page.html and "govuk-form-group" in page.html


def wrong_with(pages: dict[str, Came], folder: Path) -> Iterable[str]:
    """What html-validate has to say; unless all are wanted, of pages that differ in words only it reads one."""
    apart = {(where if EVERY else page.skeleton): (where, page) for where, page in pages.items()}
    names = {f"{number}.html": where for number, (where, _) in enumerate(apart.values())}
    for name, (_, page) in zip(names, apart.values(), strict=True):
        (folder / name).write_text(page.html)
    command = [str(NODE), "validate.mjs", str(folder), json.dumps(RULES)]
    told = subprocess.run(command, cwd=fetched(HERE, "html-validate"), capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    for name, said in json.loads(told.stdout).items():
        yield f"{names[name]}: {'; '.join(said)}"
