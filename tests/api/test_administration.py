"""Over HTTP and on the command line: the network always has an administrator, and roles are given by somebody else."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from service import app
from service.commands import Call
from service.domain.refusals import Refused
from service.running import operations
from service.running.clock import machine_clock
from service.settings import Settings
from tests.api.conftest import Network, Person, running
from tests.life import done
from tests.postgres_server import server


@pytest.fixture
async def network(tmp_path):
    """Nobody but the administrator it began with, who has a token."""
    async with running(tmp_path / "data") as network:
        found = await operations.token(network.house, {"whom": "admin@example.org"})
        first = Person(network.session, found["director"], found["token"])
        network.people["first"] = first
        yield network


async def roles(network: Network, whom: Person, *wished: str, by: Person | None = None) -> int:
    answer = await (by or network.first).post(f"/v1/directors/{whom.id}/roles", {"roles": wished})
    return answer.status


async def test_the_last_administrator_stays_until_there_is_another(network):
    for refused in (
        await network.first.post("/v1/me/leave"),
        await network.first.says("DELETE", "/v1/me"),
        await network.first.post(f"/v1/directors/{network.first.id}/roles", {"roles": ["lead"]}),
    ):
        assert (refused.status, refused.json["detail"]) == (
            409,
            "Nobody else administers the network: give somebody else the administrator's role first.",
        )
    with pytest.raises(Refused, match="Nobody else administers"):
        await operations.perform(network.house, "forget", {"whom": "admin@example.org"})
    assert await done(network.first.get("/v1/me")), "nothing has happened"
    successor = await network.welcome("successor")
    assert await roles(network, successor, "administrator") == 200
    assert (await network.first.says("DELETE", "/v1/me")).status == 204
    assert (await successor.says("DELETE", "/v1/me")).status == 409


async def test_of_two_administrators_who_go_at_once_one_stays(network):
    for number in range(5):
        other = await network.welcome(f"other{number}", "administrator")
        going = await asyncio.gather(
            network.first.post("/v1/me/leave"),
            other.post(f"/v1/directors/{network.first.id}/roles", {"roles": ["director"]}),
            other.post("/v1/me/leave"),
        )
        listed = (await done((await network.welcome(f"reader{number}")).get("/v1/directors?limit=200")))["items"]
        remaining = [each["id"] for each in listed if "administrator" in each["roles"]]
        assert len(remaining) == 1, [each.status for each in going]
        if remaining == [str(other.id)]:
            network.people["first"] = other


async def test_a_role_for_oneself_is_asked_of_another_administrator_where_there_is_one(network):
    assert await roles(network, network.first, "administrator", "convenor") == 200, "there is nobody to ask"
    other = await network.welcome("other", "administrator")
    refused = await network.first.post(
        f"/v1/directors/{network.first.id}/roles", {"roles": ["administrator", "convenor", "lead"]}
    )
    assert (refused.status, refused.json["detail"]) == (
        403,
        "Nobody gives themselves a role while somebody else administers the network as well: ask them for it.",
    )
    assert await roles(network, network.first, "administrator", "lead", by=other) == 200
    assert await roles(network, network.first, "administrator") == 200, "what one holds one may put down"


async def test_of_two_who_go_at_once_in_two_processes_one_stays(tmp_path):
    """Each process decides on what the other has recorded, and not on what it remembers."""
    said: dict[str, Any] = {"master_key": "5" * 64, "database_url": server().database()}
    elsewhere = Settings(data=tmp_path / "there", **said)
    async with (
        running(tmp_path / "here", **said) as here,
        app.open_house(elsewhere, machine_clock) as there,
    ):
        first = (await operations.token(here.house, {"whom": "admin@example.org"}))["director"]
        going = UUID(first)
        for number in range(4):
            other = (await here.welcome(f"other{number}", "administrator")).id
            assert other
            await there.read_models.reached(await there.ledger.head())
            left = await asyncio.gather(
                here.house.directors.leave(going, call=Call(by=going)),
                there.directors.leave(other, call=Call(by=other)),
                return_exceptions=True,
            )
            refused = [each for each in left if isinstance(each, Refused)]
            assert len(refused) == 1, left
            going = going if isinstance(left[0], Refused) else other
