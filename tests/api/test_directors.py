"""The directory, and one's own page."""

from uuid import UUID, uuid4

import pytest

from tests.api.conftest import running

ZED = {
    "name": "Zed",
    "organisation": "Home Office",
    "organisation_type": "department",
    "email": "zed@example.org",
    "profession": "Policy",
    "region": "London",
    "offers": {"topics": ["risk", "data"], "text": "Ask me about risk."},
    "roles": ["lead"],
}


async def test_an_administrator_brings_somebody_in_and_everybody_sees_them(network):
    joined = await network.administrator.post("/v1/directors", ZED)
    assert joined.status == 201
    seen = (await network.director.get(joined.headers["Location"])).json
    public = {name: value for name, value in ZED.items() if name != "email"}
    assert seen == joined.json == {**public, "id": joined.json["id"], "department": None}
    listed = (await network.director.get("/v1/directors", headers={"Position": joined.headers["Position"]})).json
    assert seen in listed["items"]


async def test_an_address_is_nobodys_business(network):
    await network.administrator.post("/v1/directors", ZED)
    for who in ("director", "lead", "administrator"):
        assert b"@example.org" not in (await network.people[who].get("/v1/directors")).raw
    assert (await network.director.get("/v1/me")).json["email"] == "director@example.org"


async def test_one_address_is_one_person(network):
    assert (await network.administrator.post("/v1/directors", ZED)).status == 201
    again = await network.administrator.post("/v1/directors", {**ZED, "name": "Zack", "email": "ZED@example.org"})
    assert again.status == 409
    taken = await network.director.says("PATCH", "/v1/me", {"email": "zed@example.org"})
    assert taken.status == 409


async def test_roles_are_replaced_and_seen_by_everybody(network):
    path = f"/v1/directors/{network.director.id}"
    changed = await network.administrator.post(f"{path}/roles", {"roles": ["convenor", "lead"]})
    assert changed.json["roles"] == ["convenor", "lead"]
    assert (await network.director.post("/v1/rounds")).status == 201
    await network.administrator.post(f"{path}/roles", {"roles": []})
    assert (await network.director.post("/v1/rounds")).status == 403
    assert (await network.lead.get(path)).json["roles"] == []


async def test_there_are_no_roles_for_nobody(network):
    assert (await network.administrator.post(f"/v1/directors/{uuid4()}/roles", {"roles": []})).status == 404
    path = f"/v1/directors/{network.director.id}/roles"
    assert (await network.administrator.post(path, {"roles": ["king"]})).status == 422
    assert (await network.director.post(path, {"roles": ["lead"]})).status == 403


async def test_what_is_not_said_stays_and_null_clears(network):
    await network.director.says("PATCH", "/v1/me", {"region": "Leeds", "slots": ["tue-pm", "mon-am"], "capacity": 3})
    said = {"offers": {"topics": ["risk"], "text": "Ask me."}, "organisation": "Home Office"}
    mine = (await network.director.says("PATCH", "/v1/me", said)).json
    assert (mine["region"], mine["slots"], mine["capacity"]) == ("Leeds", ["mon-am", "tue-pm"], 3)
    assert (mine["offers"], mine["organisation"]) == (said["offers"], "Home Office")
    mine = (await network.director.says("PATCH", "/v1/me", {"region": None, "offers": None})).json
    assert (mine["region"], mine["offers"]) == (None, {"topics": [], "text": None})
    assert mine["name"] == "director"


async def test_a_pause_ends_when_somebody_resumes(network):
    paused = (await network.director.post("/v1/me/pause", {"until": "2099-01-31"})).json
    assert (paused["paused"], paused["paused_until"]) == (True, "2099-01-31")
    assert (await network.director.post("/v1/me/pause", {"until": "2020-01-31"})).status == 422
    resumed = (await network.director.post("/v1/me/resume")).json
    assert (resumed["paused"], resumed["paused_until"]) == (False, None)


async def test_whom_somebody_avoids_only_they_can_read(network):
    body = {"director": str(network.lead.id), "reason": "We were married."}
    assert (await network.director.post("/v1/me/avoid", body)).status == 200
    assert (await network.director.post("/v1/me/avoid", {"director": str(uuid4())})).status == 404
    assert (await network.director.get("/v1/me/export")).json["avoiding"] == [body]
    again = await network.director.post("/v1/me/avoid", {"director": str(network.lead.id)})
    assert again.status == 200
    assert (await network.director.get("/v1/me/export")).json["avoiding"] == [body | {"reason": None}]
    assert (await network.lead.get("/v1/me/export")).json["avoiding"] == []


async def test_somebody_sees_their_tokens_and_revokes_them(network):
    [held] = (await network.director.get("/v1/me/tokens")).json["items"]
    assert held["revoked_at"] is None
    assert (await network.lead.says("DELETE", f"/v1/me/tokens/{held['id']}")).status == 404
    assert (await network.director.says("DELETE", f"/v1/me/tokens/{held['id']}")).status == 204
    assert (await network.director.get("/v1/me")).status == 401


async def test_tokens_are_issued_over_http_only_where_that_is_allowed(network, tmp_path):
    body = {"director": str(network.director.id)}
    assert (await network.administrator.post("/v1/tokens", body)).status == 403
    assert (await network.director.post("/v1/tokens", body)).status == 403
    async with running(tmp_path / "automated", issue_tokens=True) as automated:
        admin, ann = await automated.welcome("issuer", "administrator"), await automated.welcome("ann")
        week = {"director": str(ann.id), "expires_in_days": 7}
        issued = await admin.post("/v1/tokens", week, headers={"Idempotency-Key": "k"})
        again = await admin.post("/v1/tokens", week, headers={"Idempotency-Key": "k"})
        other = await admin.post("/v1/tokens", {"director": str(admin.id)}, headers={"Idempotency-Key": "k"})
        assert (issued.status, again.status, other.status) == (201, 201, 422)
        assert (again.json["token"], again.json["id"]) == (None, issued.json["id"])
        assert (await admin.post("/v1/tokens", {"director": str(uuid4())})).status == 404
        ann.token = issued.json["token"]
        assert (await ann.get("/v1/me")).json["id"] == str(ann.id)
        shown = (await ann.get("/v1/me/tokens")).json["items"]
        assert [each["issued_by"] for each in shown] == [str(admin.id), None]
        paused = await ann.post("/v1/me/pause")
        [*_, event] = await automated.house.ledger.history(UUID(paused.json["id"]))
        assert event.via == f"token issued by {admin.id}"


async def test_whoever_leaves_is_gone_from_the_directory_but_not_forgotten(network):
    left = await network.director.post("/v1/me/leave")
    assert (left.status, left.json["left"]) == (200, True)
    assert (await network.director.get("/v1/me")).status == 401
    seen = (await network.lead.get(f"/v1/directors/{network.director.id}")).json
    assert seen["name"] == "director"
    items = (await network.lead.get("/v1/directors")).json["items"]
    assert str(network.director.id) not in [each["id"] for each in items]


async def test_whoever_is_forgotten_has_no_words_and_no_way_in(network):
    await network.director.says("PATCH", "/v1/me", {"offers": {"topics": ["risk"], "text": "Ask me."}})
    gone = await network.director.says("DELETE", "/v1/me")
    assert (gone.status, gone.raw) == (204, b"")
    assert (await network.director.get("/v1/me")).status == 401
    seen = (await network.lead.get(f"/v1/directors/{network.director.id}")).json
    assert (seen["name"], seen["offers"]) == ("somebody who has left", {"topics": [], "text": None})
    again = await network.administrator.post("/v1/directors", {**ZED, "email": "director@example.org"})
    assert again.status == 201


async def test_my_data_is_mine_to_take_away(network):
    await network.director.post("/v1/problems", {"title": "Stuck", "text": "In the mud"})
    await network.lead.post("/v1/problems", {"title": "Lost", "tier": "network"})
    mine = (await network.director.get("/v1/me/export")).json
    assert mine["me"]["email"] == "director@example.org"
    assert [each["text"] for each in mine["problems"]] == ["In the mud"]
    assert [each["event"] for each in mine["history"]] == ["DirectorJoined"]
    assert [each["issued_via"] for each in mine["tokens"]] == ["init"]


@pytest.mark.parametrize("path", ["/v1/me/inspections", "/v1/me/tokens", "/v1/directors"])
async def test_every_list_says_what_follows(network, path):
    assert set((await network.director.get(path)).json) == {"items", "next"}
