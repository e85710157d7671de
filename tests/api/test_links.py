"""Links over HTTP: only what can be followed is taken, it is shown as it was written, and the service follows none."""

import asyncio

import pytest

from tests.life import done

PLEDGE = {"kind": "pledge", "what": "Send the draft", "due": "2035-01-01"}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://ann:secret@example.org/",
        "https://example.org\\@evil.example",
        "https://",
        "https://example.org/ x",
    ],
)
async def test_a_link_that_does_more_than_lead_somewhere_is_refused_wherever_it_is_written(network, url):
    refused = await network.director.post("/v1/commitments", {**PLEDGE, "origin": {"type": "link", "url": url}})
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "origin.url")
    made = await network.director.post(
        "/v1/commitments", {**PLEDGE, "origin": {"type": "link", "url": "https://example.org"}}
    )
    for body in (
        {"what": "Sent it", "evidence": [{"kind": "link", "ref": url}]},
        {"what": "Sent it", "evidence": [{"kind": "link", "ref": url, "text": "There"}]},
    ):
        refused = await network.director.post(f"{made.headers['Location']}/take-action", body)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "evidence")


async def test_what_people_link_to_is_never_asked(network):
    visits = []

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(await reader.read(1))
        writer.close()

    async with await asyncio.start_server(visited, "127.0.0.1", 0) as inside:
        url = f"http://127.0.0.1:{inside.sockets[0].getsockname()[1]}/latest/meta-data/"
        made = await network.director.post("/v1/commitments", {**PLEDGE, "origin": {"type": "link", "url": url}})
        path = made.headers["Location"]
        shown = [{"kind": "link", "ref": url}]
        await done(network.director.post(f"{path}/take-action", {"what": "Sent it", "evidence": shown}))
        await done(network.director.post(f"{path}/declare-done", {"evidence": shown}))
        told = await done(network.director.get(path))
        assert told["origin"]["url"] == told["evidence"][0]["ref"] == url
        await done(network.director.get(f"{path}/history"))
    assert visits == []
