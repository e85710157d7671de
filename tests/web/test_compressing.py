"""Pages and assets come compressed to whoever reads that, and as they are to whoever does not."""

import gzip

import pytest
from aiohttp.test_utils import make_mocked_request

from service.web.compressing import reads_gzip
from service.web.forms import TOKEN


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip;q=1.0, *;q=0.5", "br, GZIP", "*", "gzip; q=0.001"])
def test_gzip_is_read_by_whoever_says_so(accepted):
    assert reads_gzip(make_mocked_request("GET", "/", headers={"Accept-Encoding": accepted}))


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "gzipped"])
def test_and_by_nobody_else(accepted):
    assert not reads_gzip(make_mocked_request("GET", "/", headers={"Accept-Encoding": accepted}))


@pytest.mark.parametrize("path", ["/", "/assets/{css}"])
async def test_it_is_sent_as_it_was_asked_for(street, path):
    nobody = await street.browser()
    front = await nobody.open("/")
    path = path.replace("{css}", next(part for part in front.html.split('"') if part.endswith(".css")).split("/")[-1])
    session = street.network.session
    found = {}
    for asked in ("gzip", "identity"):
        async with session.get(path, headers={"Accept-Encoding": asked}, auto_decompress=False) as answer:
            assert answer.headers["Vary"] == "Accept-Encoding"
            found[answer.headers.get("Content-Encoding")] = await answer.read()
    assert len(found["gzip"]) < len(found[None])
    assert gzip.decompress(found["gzip"])[:100] == found[None][:100]


async def test_the_token_of_a_form_is_another_one_each_time_so_that_no_size_gives_it_away(director):
    first, second = [(await director.open("/stuck")).form("/stuck").fields[TOKEN] for _ in range(2)]
    assert first != second
