"""The crawler: words planted in every field below `open`, and every address of the service, pages included, opened by
everybody; whoever is not meant to read one does not find it anywhere, nor does the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.access.policy import POLICY
from service.web import NOUNS as PAGES
from tests.api.canaries import READERS, World, peopled, seen_in
from tests.api.conftest import Network, running
from tests.life import done
from tests.web.browser import Browser

BELOW_OPEN = {word: readers for word, readers in READERS.items() if "stranger" not in readers}
COUNTED = ("conversations_held", "sets_formed", "asked", "promised", "acted_on", "kept", "problems_resolved")
KINDS = ("format", "month", "organisation_type")


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", match_seconds=0.1) as network:
        yield network


def addresses(world: World) -> Iterator[str]:
    """Every address that is read, of the interface and of the pages, about everything of its kind and about the rest
    once; reports by everything they can be broken down by."""
    declared = [path for method, path in POLICY if method == "GET"]
    declared += [page.path for noun in PAGES for page in noun.declared]
    for path in dict.fromkeys(declared):
        if "/reports/" in path:
            yield from (f"{path}?by={kind}" for kind in KINDS)
        if path == "/v1/reports/achieved/events":
            yield from (f"{path}?of={what}" for what in COUNTED)
        if "{id}" in path:
            noun = path.removeprefix("/v1").split("/")[1]
            own = [id for id, place in world.nouns.items() if place == f"/v1/{noun}"]
            yield from (path.replace("{id}", id) for id in own or world.ids)
        else:
            yield path.replace("{secret}", "A" * 43)


async def browsers(network: Network, world: World) -> dict[str, Browser]:
    """Everybody comes by browser, signed in; the stranger is not."""
    address = str(network.session._base_url).rstrip("/")
    found = {name: Browser(network.session, address) for name in world.people}
    for name, person in world.people.items():
        if person.id:
            sessions, now = network.house.rooms.sessions, network.house.clock()
            found[name].cookies["unstuck"] = (await sessions.begin(person.id, how="e-mail", now=now)).text
    return found


async def opened(browser: Browser, path: str) -> tuple[int, bytes]:
    """What comes back. A stream goes on for as long as somebody listens, and tells only that something has moved on."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    said = {"Accept": "text/html", "Cookie": cookies}
    async with browser.session.get(path, headers=said, allow_redirects=False) as answer:
        streams = answer.content_type == "text/event-stream"
        return answer.status, b"" if streams else await answer.read()


async def test_nowhere_does_anybody_find_a_word_that_is_not_for_them(network, capfd):
    world = await peopled(network)
    everybody = await browsers(network, world)
    secrets = {
        name: (await done(person.post("/v1/me/calendar", {}), 201))["address"]
        for name, person in world.people.items()
        if name not in ("stranger", "clerk")
    }
    paths = list(dict.fromkeys([*addresses(world), *(address for address in secrets.values())]))
    leaks, broken, answers = [], [], 0
    for name, browser in everybody.items():
        for path in paths:
            if path in secrets.values() and path != secrets.get(name):
                continue
            status, told = await opened(browser, path)
            answers += 1
            leaks += [f"{name}: {path}: {word}" for word in seen_in(told) if name not in READERS[word]]
            broken += [f"{name}: {path}: {status}"] if status >= 500 else []
    logged = seen_in("".join(capfd.readouterr()).encode())
    print(
        f"{len(POLICY)} routes and {sum(len(noun.declared) for noun in PAGES)} pages × {len(everybody)} people:"
        f" {answers} answers, {len(leaks)} leaks of {len(BELOW_OPEN)} words below open"
    )
    assert not leaks
    assert not broken
    assert not logged
