"""The crawler: words planted in every field below `open`, and every address of the service, pages included, opened by
everybody; whoever is not meant to read one does not find it anywhere, nor does the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from service.access.policy import POLICY
from service.domain.events import EVENTS
from service.domain.words import Sealed
from service.web import NOUNS as PAGES
from tests.api.canaries import MEMBERS, READERS, World, peopled
from tests.api.conftest import Network, running
from tests.life import done
from tests.web.browser import Browser

# Where somebody works stands in clear in the ledger; it is for the network all the same, and whoever administers it.
WHERE = {"organisation": "aurochsen", "department": "bontebok", "profession": "corsacfox", "region": "desmanherd"}
MAY_READ = READERS | dict.fromkeys(WHERE.values(), MEMBERS | {"clerk"})
BELOW_OPEN = {word: readers for word, readers in MAY_READ.items() if "stranger" not in readers}
HOLD_IDS = {"AvoidListed.whom", "AvoidLifted.whom", "NoteWritten.to"}
REVISED_SINCE = {f"DirectorJoined.{field}" for field in ("name", "email", "offer_topics", "offer_text")}
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


def seen_in(text: bytes) -> set[str]:
    lowered = text.lower()
    return {word for word in MAY_READ if word.encode() in lowered}


def fields_of_words(hint: Any, field: str) -> Iterator[str]:
    """Where words may stand in a value of that type, such as `CompletionDeclared.evidence.ref`."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        if hint is Sealed:
            yield field
        for each in msgspec.structs.fields(hint):
            yield from fields_of_words(each.type, f"{field}.{each.name}")
    for arm in getattr(hint, "__args__", ()):
        yield from fields_of_words(arm, field)


def words_in(value: Any, field: str) -> Iterator[tuple[str, Sealed]]:
    """The words that do stand in one, and where."""
    if isinstance(value, Sealed):
        yield field, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from words_in(getattr(value, name), f"{field}.{name}")
    elif isinstance(value, tuple):
        for each in value:
            yield from words_in(each, field)


async def planted(network: Network) -> set[str]:
    """The fields of events in which one of the words stands."""
    events = await network.house.ledger.events_after(0, 100_000)
    words = [found for event in events for found in words_in(event, type(event).__name__)]
    return {field for field, sealed in words if seen_in((network.house.rooms.unseal(sealed) or "").encode())}


async def narrowed(world: World) -> set[str]:
    """Whatever can be narrowed or taken back is: the words that none but Ann and Ben may read from then on."""
    for id, noun in world.nouns.items():
        if noun == "/v1/commitments":
            await done(world.ben.post(f"{noun}/{id}/narrow", {}))
        if noun == "/v1/problems":
            await done(world.ann.post(f"{noun}/{id}/share", {"tier": "private"}))
        if noun == "/v1/notes":
            await done(world.ann.post(f"{noun}/{id}/withdraw", {}))
        if noun == "/v1/conversations":
            answer = await world.ann.post(f"{noun}/{id}/object", {})
            assert answer.status in (200, 403, 409)  # what was not written up, or not by her
    return {"margayherd", "jerboaherd", "pangolinherd", "quokkaherd", "zorillaherd", "urialsheep", "dikdikherd"}


async def test_nowhere_does_anybody_find_a_word_that_is_not_for_them(network, capfd):
    world = await peopled(network)
    fields = {field for kind in EVENTS.values() for field in fields_of_words(kind, kind.__name__)}
    assert fields - await planted(network) == HOLD_IDS | REVISED_SINCE, "in every other field a word is planted"
    await done(world.ann.says("PATCH", "/v1/me", WHERE))
    everybody = await browsers(network, world)
    secrets = {
        name: (await done(person.post("/v1/me/calendar", {}), 201))["address"]
        for name, person in world.people.items()
        if name not in ("stranger", "clerk")
    }
    paths = list(dict.fromkeys([*addresses(world), *(address for address in secrets.values())]))
    leaks, broken, answers, held = [], [], 0, {}
    for name, browser in everybody.items():
        for path in paths:
            if path in secrets.values() and path != secrets.get(name):
                continue
            status, told = await opened(browser, path)
            answers += 1
            held[name, path] = seen_in(told)
            leaks += [f"{name}: {path}: {word}" for word in seen_in(told) if name not in MAY_READ[word]]
            broken += [f"{name}: {path}: {status}"] if status >= 500 else []
    logged = seen_in("".join(capfd.readouterr()).encode())
    pages = sum(len(noun.declared) for noun in PAGES)
    print(
        f"{len(fields)} fields, {len(POLICY)} routes and {pages} pages × {len(everybody)} people:"
        f" {answers} answers, {len(leaks)} leaks of {len(BELOW_OPEN)} words below open"
    )
    assert not leaks
    assert not broken
    assert not logged
    gone = await narrowed(world)
    theirs = {asked: words for asked, words in held.items() if asked[0] not in ("ann", "ben") and words & gone}
    assert gone <= set().union(*theirs.values())
    again = {asked: seen_in((await opened(everybody[asked[0]], asked[1]))[1]) for asked in theirs}
    assert not {asked: words & gone for asked, words in again.items() if words & gone}, "narrowed everywhere, at once"
