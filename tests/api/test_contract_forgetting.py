"""Forgetting: a person's words are gone from every file and every answer, and everything that happened stays."""

import sqlite3
from pathlib import Path

import pytest

from service.running import operations
from tests.api.canaries import READERS, WRITTEN_BY_ANN, World, addresses, peopled, seen_in, settled
from tests.api.conftest import Network, Person, running
from tests.life import done, everything

BY_OTHERS = frozenset(READERS) - WRITTEN_BY_ANN


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def key_of(folder: Path, person: Person) -> bytes:
    """What opens that person's words, as it lies in the file of keys."""
    assert person.id
    with sqlite3.connect(f"file:{folder / 'keys.db'}?mode=ro", uri=True) as db:
        for row in db.execute("SELECT * FROM keys"):
            if str(person.id) in row or person.id.hex in row or person.id.bytes in row:
                return next(value for value in row if isinstance(value, bytes) and value != person.id.bytes)
    raise AssertionError("there is no such key")


async def by_themselves(network: Network, world: World) -> None:
    answer = await world.ann.says("DELETE", "/v1/me")
    assert (answer.status, answer.raw) == (204, b"")


async def on_the_command_line(network: Network, world: World) -> None:
    told = await operations.perform(network.house, "forget", {"whom": str(world.ann.id)})
    assert told["forgotten"] == str(world.ann.id)


@pytest.mark.parametrize("forget", [by_themselves, on_the_command_line])
async def test_what_somebody_wrote_is_gone_for_everybody_and_from_every_file(tmp_path, forget):
    data = tmp_path / "data"
    async with running(data, match_seconds=0.1) as network:
        world = await peopled(network)
        key = key_of(data, world.ann)
        assert any(key in content for content in bytes_of(data).values())
        await forget(network, world)
        for name, content in bytes_of(data).items():
            assert key not in content, f"the key is still in {name}"
    for name, content in bytes_of(data).items():
        assert not seen_in(content), name
        assert key not in content, name
    async with running(data) as network:
        still: set[str] = set()
        for person in world.people.values():
            person.session = network.session
            for path in await addresses(network, "get", world):
                answer = await person.get(path)
                assert answer.status < 500, path
                still |= seen_in(answer.raw)
        assert still == BY_OTHERS, "hers are gone, theirs are there"


async def test_everything_that_happened_stays_and_is_still_told(tmp_path):
    async with running(tmp_path / "data") as network:
        world = await settled(network)
        before = {name: await lists(getattr(world, name)) for name in ("ben", "cat", "lead")}
        funnel = await done(world.lead.get("/v1/reports/funnel"))
        histories = await histories_of(world.ben)
        assert (await world.ann.says("DELETE", "/v1/me")).status == 204
        after = {name: await lists(getattr(world, name)) for name in ("ben", "cat", "lead")}
        assert after == before
        assert {**await done(world.lead.get("/v1/reports/funnel")), "as_of": 0, "known_at": 0} == {
            **funnel,
            "as_of": 0,
            "known_at": 0,
        }
        assert await histories_of(world.ben) == histories
        told = await done(world.ben.get(f"/v1/directors/{world.ann.id}"))
        assert (told["name"], told["offers"]) == ("somebody who has left", {"topics": [], "text": None})


async def lists(person: Person) -> list[tuple[str, str]]:
    """What there is, and where it stands."""
    return [(each["id"], each["state"]) for each in await everything(person, "/v1/commitments")]


async def histories_of(person: Person) -> list[list[str]]:
    """What happened to each commitment of theirs."""
    return [
        [each["event"] for each in (await done(person.get(f"/v1/commitments/{id}/history")))["items"]]
        for id, _ in await lists(person)
    ]


async def test_whoever_is_forgotten_is_let_in_no_more_and_listed_nowhere(tmp_path):
    async with running(tmp_path / "data") as network:
        world = await settled(network)
        assert (await world.ann.says("DELETE", "/v1/me")).status == 204
        assert (await world.ann.get("/v1/me")).status == 401
        assert (await world.ann.says("DELETE", "/v1/me")).status == 401
        listed = await everything(world.ben, "/v1/directors")
        assert str(world.ann.id) not in {each["id"] for each in listed}
        anew = {"name": "Anew", "email": "dugongherd@example.org", "organisation": "HM Treasury"}
        assert (await world.clerk.post("/v1/directors", anew)).status == 201, "the address is free again"


async def test_leaving_is_not_being_forgotten(tmp_path):
    async with running(tmp_path / "data") as network:
        world = await settled(network)
        assert (await done(world.ann.post("/v1/me/leave", {})))["left"] is True
        assert (await world.ann.get("/v1/me")).status == 401
        told = await done(world.ben.get(f"/v1/directors/{world.ann.id}"))
        assert told["name"] == "Aardvarkherd"
        assert "Pangolinherd" in {each["what"] for each in await everything(world.ben, "/v1/commitments")}
        assert str(world.ann.id) not in {each["id"] for each in await everything(world.ben, "/v1/directors")}


async def test_nobody_asks_anything_of_whoever_has_left(tmp_path):
    async with running(tmp_path / "data") as network:
        world = await settled(network)
        assert (await world.ann.says("DELETE", "/v1/me")).status == 204
        link = {"type": "link", "url": "https://example.org/"}
        asked = {"kind": "request", "what": "x", "due": "2035-01-01", "performer": str(world.ann.id), "origin": link}
        assert (await world.ben.post("/v1/commitments", asked)).status in (404, 409, 422)
