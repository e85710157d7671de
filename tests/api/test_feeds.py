"""What leaves by itself: a feed of what is open to all, and a calendar under a secret address."""

import sqlite3
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

import pytest
from icalendar import Calendar

from tests.api.canaries import EVERYBODY, READERS, peopled
from tests.api.conftest import running
from tests.life import Hands, done

ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", Hands(NOW), match_seconds=0.1) as network:
        yield network


async def entries(network):
    answer = await network.nobody.get("/feed.atom")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return Xml.fromstring(answer.raw).findall(f"{ATOM}entry")


async def calendar(person, address):
    answer = await person.get(address)
    if answer.status != 200:
        return answer.status
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.raw).walk("VEVENT")


async def test_the_feed_holds_what_is_open_to_all_and_nothing_else(network):
    world = await peopled(network)
    raw = (await world.stranger.get("/feed.atom")).raw.lower()
    seen = {word for word in READERS if word.encode() in raw}
    assert seen == {word for word, readers in READERS.items() if readers == EVERYBODY}
    links = [link.attrib["href"] for entry in await entries(network) for link in entry.iter(f"{ATOM}link")]
    assert len(links) == len(await entries(network))
    assert [(await network.nobody.get(link)).status for link in links] == [200] * len(links)


async def test_what_is_narrowed_is_gone_from_the_feed_at_once(network):
    ann = await network.welcome("ann")
    made = await done(ann.post("/v1/problems", {"title": "Margay <&>", "tier": "open"}), 201)
    [entry] = await entries(network)
    told = {each.tag.removeprefix(ATOM): each.text for each in entry}
    assert (told["id"], told["title"], told["updated"]) == (
        f"urn:uuid:{made['id']}",
        "Margay <&>",
        "2026-03-01T09:00:00Z",
    )
    await done(ann.post(f"/v1/problems/{made['id']}/share", {"tier": "network"}))
    assert await entries(network) == []


async def test_a_character_that_xml_has_no_place_for_does_not_break_the_feed(network):
    ann = await network.welcome("ann")
    await done(ann.post("/v1/problems", {"title": "Stuck", "text": "one\u000btwo\uffff", "tier": "open"}), 201)
    [entry] = await entries(network)
    assert entry.findtext(f"{ATOM}content") == "onetwo"


async def test_my_calendar_has_my_conversations_as_i_may_know_of_them(network):
    world = await peopled(network)
    cat, ben = world.cat, world.ben
    title = "Early, and long: " + "so long " * 20 + "it is"
    about = {"format": "breakfast_call", "title": title, "minutes": 45}
    path = await world.make("cat", "/v1/conversations", {**about, "starts_at": "2026-04-02T08:30:00+01:00"})
    off = await world.make("cat", "/v1/conversations", {**about, "starts_at": "2026-04-03T08:30:00+01:00"})
    await done(cat.post(f"{off}/cancel", {}))
    await done(ben.post(f"{path}/sign-up", {}))
    hers, his = [(await done(each.post("/v1/me/calendar", {}), 201))["address"] for each in (cat, ben)]
    first, second = await calendar(world.stranger, hers)
    assert first["SUMMARY"] == title
    assert first["DTSTART"].dt == datetime(2026, 4, 2, 7, 30, tzinfo=UTC)
    assert first["DURATION"].dt.total_seconds() == 45 * 60
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")
    titles = {str(event["SUMMARY"]) for event in await calendar(world.stranger, his)}
    assert titles == {"Narwhalherd", title}, "of his set, and where he signed up"
    assert "Narwhalherd" not in {str(event["SUMMARY"]) for event in await calendar(world.stranger, hers)}


async def test_an_address_is_said_once_kept_as_a_hash_and_can_be_taken_back(network):
    ann = await network.welcome("ann")
    assert (await done(ann.get("/v1/me/calendar"))) == {"made_at": None, "address": None}
    key = {"headers": {"Idempotency-Key": "one"}}
    address = (await done(ann.post("/v1/me/calendar", {}, **key), 201))["address"]
    assert (await done(ann.post("/v1/me/calendar", {}, **key), 201))["address"] is None, "asked twice, made once"
    assert await calendar(network.nobody, address) == []
    assert (await done(ann.get("/v1/me/calendar")))["made_at"] == "2026-03-01T09:00:00Z"
    secret = address.rpartition("/")[2].removesuffix(".ics").encode()
    with sqlite3.connect(network.house.folder.access) as db:
        assert secret not in b"".join(bytes(line, "utf-8") for line in db.iterdump())
    other = (await done(ann.post("/v1/me/calendar", {}), 201))["address"]
    assert (await calendar(network.nobody, address), await calendar(network.nobody, other)) == (404, [])
    assert (await ann.says("DELETE", "/v1/me/calendar")).status == 204
    assert (await calendar(network.nobody, other), (await ann.says("DELETE", "/v1/me/calendar")).status) == (404, 404)


async def test_whoever_left_or_was_forgotten_has_no_calendar(network):
    for way in (("POST", "/v1/me/leave"), ("DELETE", "/v1/me")):
        person = await network.welcome(f"gone-by-{way[0].lower()}")
        address = (await done(person.post("/v1/me/calendar", {}), 201))["address"]
        assert (await person.says(*way)).status in (200, 204)
        assert await calendar(network.nobody, address) == 404


async def test_what_is_no_secret_opens_nothing(network):
    for guess in ("a" * 43, "a", "..%2f..%2fme", "%00" * 43):
        assert (await network.nobody.get(f"/calendar/{guess}.ics")).status == 404
