"""A lead can have every event hashed anew; whatever was rewritten in the file is found, and where."""

import sqlite3

import pytest

from tests.api.conftest import running
from tests.life import done

VERIFY = "/v1/audit/verification"


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data") as network:
        await network.welcome("lead", "lead")
        await network.welcome("ann")
        for number in range(20):
            await done(network.ann.post("/v1/problems", {"title": f"Stuck {number}"}), 201)
        yield network


def rewrite(network, statement: str) -> None:
    with sqlite3.connect(network.house.folder.ledger) as db:
        assert db.execute(statement).rowcount


async def test_a_record_nobody_touched_is_whole(network):
    found = await done(network.lead.get(VERIFY))
    assert (found["is_whole"], found["first_rewritten"]) == (True, None)
    assert found["root"] == (await done(network.lead.get("/v1/audit/checkpoint")))["root"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '0', '1') AS BLOB) WHERE rowid = 9",
        "UPDATE stored_events SET topic = 'problem-let-go' WHERE rowid = 9",
        "DELETE FROM stored_events WHERE rowid = 9",
    ],
    ids=["other facts", "another event", "one less"],
)
async def test_what_was_rewritten_is_found_near_where_it_happened(network, statement):
    rewrite(network, statement)
    found = await done(network.lead.get(VERIFY))
    assert found["is_whole"] is False
    assert 9 <= found["first_rewritten"] <= 16


async def test_only_a_lead_may_ask_for_it(network):
    assert (await network.ann.get(VERIFY)).status == 403
