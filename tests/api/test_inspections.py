"""A lead reads what others promised through an inspection: with a purpose, until it is closed, and seen by those it is
about, who may contest it. An administrator operates the network and reads nothing of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.conftest import Network, Person, running
from tests.life import Hands, done

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINK = {"type": "link", "url": "https://example.org/"}


@pytest.fixture
async def hands() -> Hands:
    return Hands(MORNING)


@pytest.fixture
async def network(tmp_path, hands):
    async with running(tmp_path / "data", hands) as network:
        for name, roles in (("ann", ()), ("ben", ()), ("cat", ()), ("lead", ("lead",)), ("other", ("lead",))):
            await network.welcome(name, *roles)
        await network.welcome("clerk", "administrator")
        yield network


async def promised(network: Network, what: str, **more: Any) -> str:
    about = {"kind": "pledge", "what": what, "due": "2035-01-01", "beneficiary": str(network.ben.id), "origin": LINK}
    id: str = (await done(network.ann.post("/v1/commitments", {**about, **more}), 201))["id"]
    return id


async def opened(lead: Person, purpose: str, **about: str) -> str:
    made = await lead.post("/v1/inspections", {"purpose": purpose, **about})
    assert made.status == 201, made.json
    return str(made.headers["Location"])


async def looks(person: Person) -> list[tuple[str, str | None]]:
    """What somebody is told of who looked, the latest first: what they did, and at which commitment."""
    return [(each["what"], each["commitment"]) for each in (await done(person.get("/v1/me/inspections")))["items"]]


async def test_those_it_is_about_see_who_looked_when_what_for_and_at_what(network, hands):
    promise = await promised(network, "Send the draft")
    path = await opened(network.lead, "The yearly audit", commitment=promise)
    for person in (network.ann, network.ben):
        [look] = (await done(person.get("/v1/me/inspections")))["items"]
        assert {name: look[name] for name in ("inspection", "by", "purpose", "at")} == {
            "inspection": path.rpartition("/")[2],
            "by": str(network.lead.id),
            "purpose": "The yearly audit",
            "at": "2026-03-02T09:00:00Z",
        }
    assert (await done(network.cat.get("/v1/me/inspections")))["items"] == []
    hands.move(hours=1)
    await done(network.lead.get(f"{path}/history"))
    assert len(await looks(network.ann)) == len(await looks(network.ben)) == 2
    [latest, _] = (await done(network.ann.get("/v1/me/inspections")))["items"]
    assert (latest["at"], latest["commitment"]) == ("2026-03-02T10:00:00Z", promise)


async def test_each_record_that_is_read_is_recorded_once_a_day(network, hands):
    for what in ("One", "Two"):
        await promised(network, what)
    path = await opened(network.lead, "The yearly audit", director=str(network.ann.id))
    assert len(await looks(network.ann)) == 1
    answers = await asyncio.gather(*(network.lead.get(f"{path}/history") for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert len(await looks(network.ann)) == 3, "that it was opened, and both records once"
    hands.move(days=1)
    await done(network.lead.get(f"{path}/history"))
    assert len(await looks(network.ann)) == 5
    assert (await done(network.lead.get(path)))["records_read"] == 2


async def test_without_a_purpose_nothing_is_opened(network):
    for purpose in ({}, {"purpose": ""}, {"purpose": " \n"}, {"purpose": None}):
        asked = await network.lead.post("/v1/inspections", {**purpose, "director": str(network.ann.id)})
        assert asked.status == 422, purpose
    assert await looks(network.ann) == []


async def test_what_is_contested_is_seen_by_the_lead_who_looked(network):
    path = await opened(network.lead, "The yearly audit", director=str(network.ann.id))
    await done(network.ann.post(f"{path}/contest", {"why": "We agreed on another day."}))
    [mine] = (await done(network.lead.get("/v1/inspections")))["items"]
    assert [(each["by"], each["why"]) for each in mine["contests"]] == [
        (str(network.ann.id), "We agreed on another day.")
    ]
    assert (await network.cat.post(f"{path}/contest", {})).status == 404
    assert (await network.lead.post(f"{path}/contest", {})).status == 403


async def test_nobody_reads_through_the_inspection_of_another_or_one_that_is_closed(network):
    await promised(network, "Send the draft")
    path = await opened(network.lead, "The yearly audit", director=str(network.ann.id))
    assert (await network.other.get(f"{path}/history")).status == 404
    assert (await network.clerk.get(f"{path}/history")).status == 404
    assert (await network.ann.get(f"{path}/history")).status == 403, "it is hers to contest, and not to read through"
    await done(network.lead.post(f"{path}/close"))
    assert (await network.lead.get(f"{path}/history")).status == 403
    assert (await done(network.lead.get(path)))["state"] == "closed"


async def test_whoever_is_no_lead_any_more_reads_nothing_more(network):
    await promised(network, "Send the draft")
    path = await opened(network.lead, "The yearly audit", director=str(network.ann.id))
    await done(network.clerk.post(f"/v1/directors/{network.lead.id}/roles", {"roles": []}))
    assert (await network.lead.get(f"{path}/history")).status == 403
    assert (
        await network.lead.post("/v1/inspections", {"purpose": "More", "director": str(network.ann.id)})
    ).status == 403


async def test_whoever_administers_neither_opens_one_nor_reads(network):
    asked = await network.clerk.post("/v1/inspections", {"purpose": "Curious", "director": str(network.ann.id)})
    assert (asked.status, asked.json["detail"]) == (
        403,
        "Only a lead can do this. An administrator can grant that role.",
    )
    assert (await network.clerk.get("/v1/inspections")).status == 403


async def test_an_inspection_of_a_director_leaves_out_what_is_narrowed_also_afterwards(network):
    await promised(network, "Seen")
    among_two = await promised(network, "Hidden", tier="set")
    later = await promised(network, "Hidden later")
    path = await opened(network.lead, "The yearly audit", director=str(network.ann.id))
    told = (await done(network.lead.get(f"{path}/history")))["items"]
    assert among_two not in {each["commitment"] for each in told}
    assert later in {each["commitment"] for each in told}
    await done(network.ben.post(f"/v1/commitments/{later}/narrow"))
    told = (await done(network.lead.get(f"{path}/history")))["items"]
    assert later not in {each["commitment"] for each in told}, "at once"
    assert among_two not in {id for _, id in await looks(network.ann)}, "and nothing says that it was read"
