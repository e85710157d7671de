"""What only GOV.UK itself may wear, its crown, its crest and its typeface, is served nowhere and drawn on no page."""

import json
import re
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

import hatch_build
from tests.browser.network import Network
from tests.browser.places import VISITORS, places
from tests.service_process import SOON

DRAWN = re.compile(r'\sd="([^"]{40,})"')
OF_GOVUK = sorted(path for path in (hatch_build.GOVUK / "assets").rglob("*") if path.is_file())
LOGOS = (hatch_build.GOVUK / "macros" / "logo.njk", hatch_build.GOVUK / "components" / "footer" / "template.njk")
NAMES = tuple(json.loads((hatch_build.ASSETS / "assets.json").read_text()).values())


@pytest.fixture(scope="module")
def shapes() -> frozenset[str]:
    """The outlines of crown and crest, as GOV.UK Frontend draws them anywhere."""
    files = [*LOGOS, *(path for path in OF_GOVUK if path.suffix == ".svg")]
    found = frozenset(outline for file in files for outline in DRAWN.findall(file.read_text()))
    assert len(found) >= 5
    return found


def test_no_page_draws_a_crown_or_a_crest_or_asks_for_what_is_not_ours(full: Network, shapes: frozenset[str]):
    assets = {f"/assets/{name}" for name in NAMES}
    for page in (place.came.html for visitor in VISITORS for place in places(full, visitor)):
        assert not shapes & set(DRAWN.findall(page))
        assert not re.search(r'class="[^"]*(?:crest|crown|logotype|govuk-logo|copyright-logo)', page)
        asked = set(re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page))
        assert asked <= assets, asked - assets


def test_no_asset_holds_any_of_it(full: Network, shapes: frozenset[str]):
    theirs = {path.read_bytes() for path in OF_GOVUK}
    for name in NAMES:
        with urlopen(f"{full.service.address}/assets/{name}", timeout=SOON) as answer:
            served = answer.read()
        assert served not in theirs
        assert not [outline for outline in shapes if outline.encode() in served]


@pytest.mark.parametrize("path", OF_GOVUK, ids=lambda path: path.name)
def test_none_of_its_own_files_is_served(full: Network, path):
    within = path.relative_to(hatch_build.GOVUK / "assets")
    for address in (f"/assets/{within}", f"/assets/{path.name}", f"/{path.name}"):
        with pytest.raises(HTTPError, match="404"):
            urlopen(full.service.address + address, timeout=SOON)
