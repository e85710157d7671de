"""Notes over HTTP: for the two of them, on the day they are for, and for nobody who only leads or administers."""

from datetime import UTC, datetime

import pytest

from service.domain.events import NoteWritten
from tests.api.conftest import running
from tests.life import Hands, done, everything

BEGAN = datetime(2026, 1, 12, 9, tzinfo=UTC)


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", Hands(BEGAN)) as network:
        for name, roles in (("ann", ()), ("ben", ()), ("cat", ()), ("lead", ("lead",)), ("clerk", ("administrator",))):
            await network.welcome(name, *roles)
        yield network


async def written(network, kind="feedback", **more):
    about = {"kind": kind, "to": str(network.ben.id), "text": "Saiga", **more}
    return f"/v1/notes/{(await done(network.ann.post('/v1/notes', about), 201))['id']}"


async def readers(network, path):
    """Who reads it, by itself and in their list; the two never differ."""
    found = set()
    for name in ("ann", "ben", "cat", "lead"):
        person = network.people[name]
        answer, listed = await person.get(path), await everything(person, "/v1/notes", limit=1)
        assert (answer.status == 200) == bool(listed) == (b"Saiga" in answer.raw), name
        found |= {name} if answer.status == 200 else set()
    return found


async def test_a_note_is_for_the_two_of_them(network):
    path = await written(network)
    assert await readers(network, path) == {"ann", "ben"}
    assert [(await each.get(path)).status for each in (network.clerk, network.nobody)] == [403, 401]
    told = await done(network.ben.get(path))
    assert (told["author"], told["to"], told["text"]) == (str(network.ann.id), str(network.ben.id), "Saiga")
    for who, status in ((network.ben, 403), (network.cat, 404), (network.lead, 404)):
        assert (await who.post(f"{path}/share", {})).status == status
        assert (await who.post(f"{path}/withdraw", {})).status == status


async def test_whom_it_goes_to_stands_in_no_event_and_in_no_table(network):
    await written(network)
    [event] = [each for each in await network.house.ledger.events_after(0) if isinstance(each, NoteWritten)]
    assert str(network.ben.id) not in str(event.to)
    assert network.house.ledger.unseal(event.to) == str(network.ben.id)
    async with network.house.read_models.read() as db:
        rows = [tuple(row) for row in await db.execute_fetchall("SELECT * FROM notes")]
    assert str(network.ben.id) not in str(rows)
    assert network.ben.id.hex not in str(rows)


async def test_a_postcard_is_read_on_its_day_and_not_before(network):
    path = await written(network, "postcard", deliver_at="2027-01-01T00:00:00Z")
    assert await readers(network, path) == {"ann"}
    network.house.clock.move(days=353)
    assert await readers(network, path) == {"ann"}
    network.house.clock.move(days=1)
    assert await readers(network, path) == {"ann", "ben"}


async def test_thanks_are_shared_by_whoever_was_thanked(network):
    path = await written(network, "thanks")
    assert (await network.ann.post(f"{path}/share", {})).status == 403
    assert (await done(network.ben.post(f"{path}/share", {})))["state"] == "shared"
    assert await readers(network, path) == {"ann", "ben", "cat", "lead"}
    assert (await done(network.cat.get(path)))["to"] == str(network.ben.id)


async def test_what_is_withdrawn_is_its_authors_alone(network):
    path = await written(network, "lesson")
    await done(network.ann.post(f"{path}/share", {}))
    assert await readers(network, path) == {"ann", "ben", "cat", "lead"}
    assert (await done(network.cat.get(path)))["to"] is None
    await done(network.ann.post(f"{path}/withdraw", {}))
    assert await readers(network, path) == {"ann"}


async def test_nobody_writes_to_nobody(network):
    about = {"kind": "thanks", "to": "0198c0de-7a11-8c0f-9d3e-5f2b6a1c4e77", "text": "x"}
    assert (await network.ann.post("/v1/notes", about)).status == 404
    assert (await done(network.cat.post("/v1/me/leave", {})))["left"]
    answer = await network.ann.post("/v1/notes", {**about, "to": str(network.cat.id)})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "to")


async def test_whoever_wrote_it_is_forgotten_and_the_words_with_them(network):
    path = await written(network)
    assert (await network.ann.says("DELETE", "/v1/me")).status == 204
    assert (await network.ben.get(path)).status == 404
    assert await everything(network.ben, "/v1/notes") == []
