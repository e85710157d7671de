"""Anybody signed in can hold the service to what it said of its tree."""

import asyncio
import json

import pytest

from service.ledger import verify
from service.ledger.verify import Frontier, faults_of_checkpoint, read_checkpoint
from tests.ledger.test_tree import goes_on, includes, naive
from tests.test_command_line import say


async def leaves_of(person, limit=7):
    found, query = [], {"limit": str(limit)}
    while True:
        page = (await person.get("/v1/audit/events", params=query)).json
        found += page["items"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


async def test_a_checkpoint_is_signed_and_is_of_the_leaves_that_anybody_can_fetch(network):
    answer = await network.director.get("/v1/audit/checkpoint")
    checkpoint = read_checkpoint(answer.raw)
    assert not list(faults_of_checkpoint(checkpoint, None))
    items = await leaves_of(network.lead)
    assert [item["position"] for item in items] == list(range(1, checkpoint.size + 1))
    assert all(item.keys() == {"position", "leaf"} for item in items)
    tree = Frontier()
    for item in items:
        tree.append(bytes.fromhex(item["leaf"]))
    assert tree.root().hex() == checkpoint.root


async def test_it_goes_on_from_every_earlier_checkpoint(network):
    before = (await network.director.get("/v1/audit/checkpoint")).json
    await network.director.post("/v1/problems", {"title": "Stuck"})
    after = (await network.director.get("/v1/audit/checkpoint")).json
    assert after["size"] > before["size"]
    assert after["public_key"] == before["public_key"]
    proof = (await network.convenor.get(f"/v1/audit/consistency?from={before['size']}")).json
    assert (proof["to"], proof["from_root"], proof["to_root"]) == (after["size"], before["root"], after["root"])
    path = [bytes.fromhex(each) for each in proof["path"]]
    roots = (bytes.fromhex(before["root"]), bytes.fromhex(after["root"]))
    assert goes_on(before["size"], after["size"], path, *roots)


async def test_every_event_can_be_proven_to_be_in_every_tree_that_holds_it(network):
    items = await leaves_of(network.director, 200)
    leaves = [bytes.fromhex(item["leaf"]) for item in items]
    for position, size in [(1, 1), (1, len(leaves)), (3, 5), (len(leaves), len(leaves))]:
        said = (await network.director.get(f"/v1/audit/proof?position={position}&size={size}")).json
        assert said["leaf"] == leaves[position - 1].hex()
        path, root = [bytes.fromhex(each) for each in said["path"]], naive(leaves[:size])
        assert said["root"] == root.hex()
        assert includes(leaves[position - 1], position - 1, size, path, root)
    assert (await network.director.get("/v1/audit/proof?position=2")).json["size"] == len(leaves)
    assert (await network.director.get("/v1/audit/proof?size=4")).json["position"] == 4
    assert (await network.director.get("/v1/audit/proof")).json["position"] == len(leaves)
    assert (await network.director.get("/v1/audit/consistency?to=4")).json["from"] == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("events?from=999999", 400),
        ("proof?position=999999", 400),
        ("proof?position=1&size=999999", 400),
        ("proof?position=3&size=2", 400),
        ("consistency?from=1&to=999999", 400),
        ("consistency?from=999999", 400),
        ("consistency?from=3&to=2", 400),
        ("consistency?from=0&to=2", 422),
        ("proof?position=0", 422),
        ("proof?position=one", 422),
        ("proof?position=1&size=0", 422),
        ("events?from=-1", 422),
        ("events?from=9999999999999999999999", 422),
    ],
)
async def test_what_is_beyond_the_tree_is_said_in_a_sentence(network, path, status):
    answer = await network.director.get(f"/v1/audit/{path}")
    assert answer.status == status
    assert answer.json["detail"].endswith(".")


async def test_a_list_can_begin_anywhere(network):
    everything = await leaves_of(network.director, 200)
    assert (await network.director.get("/v1/audit/events?from=3&limit=2")).json["items"] == everything[2:4]
    last = len(everything)
    page = (await network.director.get(f"/v1/audit/events?from={last}")).json
    assert page == {"items": everything[-1:], "next": None}


async def test_strangers_see_nothing_of_it(network):
    for path in ("checkpoint", "events", "proof?position=1", "consistency?from=1"):
        assert (await network.nobody.get(f"/v1/audit/{path}")).status == 401
        assert (await network.administrator.get(f"/v1/audit/{path}")).status == 200


async def test_what_was_fetched_over_http_verifies_an_export_and_forgetting_changes_no_root(network, tmp_path):
    await network.director.post("/v1/problems", {"title": "A word to be forgotten"})
    before = (await network.lead.get("/v1/audit/checkpoint")).raw
    assert (await network.director.says("DELETE", "/v1/me")).status == 204
    size = json.loads(before)["size"]
    again = (await network.lead.get(f"/v1/audit/consistency?from={size}")).json
    assert again["from_root"] == json.loads(before)["root"]
    (tmp_path / "checkpoint.json").write_bytes(before)
    data = network.house.folder.path
    done = await asyncio.to_thread(say, "audit", "export", tmp_path / "e.jsonl", "--data", data)
    assert (done.exit_code, done.stderr) == (0, "")
    summary, faults = verify.verify(str(tmp_path / "e.jsonl"), str(tmp_path / "checkpoint.json"))
    assert faults == []
    assert f"{size} are what the checkpoint was signed over, and the last" in summary
