"""The door for those inside: what is asked there is decided exactly as it is over HTTP."""

from uuid import uuid4

import msgspec
import pytest

from service.access import Caller
from service.api.inside import Fault, Inside, failure
from service.domain.refusals import Forbidden, NotFound, Stale


@pytest.fixture
def inside(network):
    return Inside(network.house.rooms)


def called(person, *roles):
    return Caller(id=person.id, roles=frozenset(roles), via="page")


async def test_what_is_asked_inside_is_answered_as_it_is_over_http(network, inside):
    made = await inside.post(called(network.director), "/v1/problems", said={"title": "Stuck", "tier": "network"})
    over_http = await network.lead.get(f"/v1/problems/{made.id}")
    assert msgspec.json.encode(made.thing) == over_http.raw
    asked = await inside.get(called(network.lead), "/v1/problems/{id}", {"id": made.id})
    assert (asked.thing, f'"{asked.version}"') == (made.thing, over_http.headers["ETag"])


async def test_inside_too_nobody_sees_what_is_not_theirs(network, inside):
    made = await inside.post(called(network.director), "/v1/problems", said={"title": "Stuck", "tier": "private"})
    with pytest.raises(NotFound):
        await inside.get(called(network.lead), "/v1/problems/{id}", {"id": made.id})
    with pytest.raises(Fault, match="more to see"):
        await inside.get(None, "/v1/problems/{id}", {"id": made.id})
    with pytest.raises(Fault) as nobody:
        await inside.get(None, "/v1/me")
    assert nobody.value.status == 401


async def test_inside_too_the_policy_decides(network, inside):
    with pytest.raises(Forbidden, match="Only a convenor"):
        await inside.post(called(network.director), "/v1/rounds", said={})
    assert not await inside.may(called(network.director), "/v1/rounds", {})
    assert await inside.may(called(network.convenor, "convenor"), "/v1/rounds", {})


async def test_inside_too_what_cannot_be_meant_is_said_field_by_field(network, inside):
    with pytest.raises(Fault) as refused:
        await inside.post(called(network.director), "/v1/problems", said={"title": "", "colour": "red"})
    over_http = await network.director.post("/v1/problems", {"title": "", "colour": "red"})
    assert [msgspec.to_builtins(each) for each in refused.value.errors] == over_http.json["errors"]
    assert failure(refused.value, None).status == 422


async def test_asking_twice_under_one_key_is_asking_once_by_whichever_door(network, inside):
    ann = called(network.director)
    first = await inside.post(ann, "/v1/problems", said={"title": "Stuck"}, once="k")
    again = await inside.post(ann, "/v1/problems", said={"title": "Stuck"}, once="k")
    over_http = await network.director.post("/v1/problems", {"title": "Stuck"}, headers={"Idempotency-Key": "k"})
    assert (again.id, again.position) == (first.id, first.position)
    assert over_http.json["id"] == str(first.id)


async def test_it_happens_only_at_the_version_it_was_meant_for(network, inside):
    ann = called(network.director)
    made = await inside.post(ann, "/v1/problems", said={"title": "Stuck"})
    ids = {"id": made.id}
    with pytest.raises(Stale):
        await inside.post(ann, "/v1/problems/{id}/let-go", ids, version=7)
    let_go = await inside.post(ann, "/v1/problems/{id}/let-go", ids, version=made.version)
    assert let_go.thing.state == "let_go"
    events = await network.house.rooms.history(made.id, None)
    assert [event.via for event in events] == ["page", "page"]


async def test_every_item_of_a_list_is_read(network, inside):
    ann = called(network.director)
    for number in range(205):
        await inside.post(ann, "/v1/problems", said={"title": f"Stuck {number}"})
    assert len(await inside.everything(ann, "/v1/problems")) == 205


async def test_what_is_not_declared_is_nowhere(network, inside):
    with pytest.raises(LookupError):
        await inside.get(called(network.director), "/v1/nothing")
    with pytest.raises(LookupError):
        await inside.get(called(network.director), "/v1/problems", None, {"colour": "red"})
    with pytest.raises(NotFound):
        await inside.get(called(network.director), "/v1/problems/{id}", {"id": uuid4()})
