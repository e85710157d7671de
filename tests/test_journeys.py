"""The main job, end to end: people are stuck, matched, meet, promise, act, confirm; and the funnel tells it truly."""

from __future__ import annotations

import base64
import csv
import io
import itertools
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from service.domain import round
from service.matching import check
from service.running import due, operations
from tests.api.conftest import Network, Person, running
from tests.life import ENDINGS, Account, Hands, done, everything
from tests.real_data import DATA, needs_real_data

BEGAN = datetime(2026, 1, 12, 9, tzinfo=UTC)
SLOTS = [f"{day}-{half}" for day in ("mon", "tue", "wed", "thu") for half in ("am", "pm")]
TOPICS = ("risk", "housing", "digital", "grants", "recruitment", "data sharing")
LINK = {"type": "link", "url": "https://example.org/minutes"}


async def bring_in(network: Network, what: str, content: bytes, **said: str) -> dict[str, Any]:
    arguments = {"content": base64.b64encode(content).decode(), **said}
    return await operations.perform(network.house, f"import {what}", arguments)


async def token_of(network: Network, id: str) -> Person:
    """Somebody who was imported, with a token from the command line."""
    issued = await operations.perform(network.house, "token", {"whom": id})
    return Person(network.session, UUID(id), issued["token"])


def difficulties() -> bytes:
    """What real projects were struggling with, in the columns of the import."""
    departments = {"HMT": "HM Treasury", "MOD": "Ministry of Defence", "HO": "Home Office", "CO": "Cabinet Office"}
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["id", "title", "text", "source", "organisation"])
    with (DATA / "problems/gmpp-2014-2017.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            department = departments.get(row["department"].upper(), "")
            struggle = row["schedule_narrative"] or row["rating_narrative"]
            table.writerow([row["id"], f"{row['project']} is {row['rating']}", struggle, "GMPP", department])
    return text.getvalue().encode()


def from_many_departments(directory: list[dict[str, Any]], people: int) -> list[dict[str, Any]]:
    """So many of them, taking turns by department."""
    by_department = defaultdict(list)
    for each in directory:
        if each["department"]:
            by_department[each["department"]].append(each)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*by_department.values()))
    return list(itertools.islice(filter(None, turns), people))


async def settle_in(person: Person, number: int) -> None:
    """They say when they are free, what they offer and what they are stuck on, if nothing was imported for them."""
    free = [SLOTS[(number + step) % len(SLOTS)] for step in (0, 1, 3, 6)]
    offers = {"topics": [TOPICS[number % len(TOPICS)], TOPICS[(number + 2) % len(TOPICS)]], "text": "I have done this."}
    mine = await done(person.says("PATCH", "/v1/me", {"slots": free, "capacity": 2, "offers": offers}))
    assert sorted(mine["slots"]) == sorted(free)
    held = [each for each in await everything(person, "/v1/problems") if each["owner"] == str(person.id)]
    if not held:
        stuck = {"title": "How do we begin?", "topics": [TOPICS[(number + 1) % len(TOPICS)]]}
        assert (await done(person.post("/v1/problems", stuck), 201))["state"] == "open"


async def matched(network: Network, convenor: Person, people: list[Person]) -> tuple[str, dict[str, Any]]:
    """A round of these people, with its proposal."""
    opened = await done(convenor.post("/v1/rounds", {"kind": "action_set"}), 201)
    path = f"/v1/rounds/{opened['id']}"
    for each in people:
        assert (await done(each.post(f"{path}/opt-in", {})))["i_am_in"]
    assert (await done(convenor.post(f"{path}/close", {})))["state"] == "closed"
    assert (await convenor.get(f"{path}/proposal")).status == 404, "there is none until it is asked for and found"
    await done(convenor.post(f"{path}/propose", {}), 202)
    await network.house.workshop.wait(UUID(opened["id"]))
    return path, await done(convenor.get(f"{path}/proposal"))


async def must_hold(network: Network, path: str, proposal: dict[str, Any], people: list[Person]) -> None:
    """Every rule, read by the checker from the question and by this test from what people said themselves."""
    asked = await network.house.ledger.recall(round.recall(UUID(path.rpartition("/")[2])))
    question = (await network.house.rounds.questions.of(asked)).matching
    assert check(question, proposal) == []
    mine = {str(each.id): await done(each.get("/v1/me")) for each in people}
    placed = [id for each in proposal["sets"] for id in each["people"]]
    assert len(placed) == len(set(placed)) == proposal["placed"]
    assert {*placed, *(each["person"] for each in proposal["unplaced"])} == mine.keys()
    for each in proposal["sets"]:
        departments = [mine[id]["department"] or mine[id]["organisation"] for id in each["people"]]
        assert 4 <= len(each["people"]) <= 6
        assert len(set(departments)) == len(departments), "nobody is with somebody of their own department"
        shared = set.intersection(*(set(mine[id]["slots"]) for id in each["people"]))
        assert set(each["slots"]) == shared != set()
        assert abs(sum(each["terms"].values()) - each["value"]) < 1e-6


async def answered(path: str, convenor: Person, people: list[Person]) -> list[tuple[str, list[Person]]]:
    """Published and answered: the first of all says no, everybody else yes. The sets that form, with their members."""
    by_id = {str(each.id): each for each in people}
    assert (await done(convenor.post(f"{path}/publish", {})))["state"] == "published"
    sets = await everything(convenor, "/v1/sets")
    refuser, first = by_id[sets[0]["members"][0]], f"/v1/sets/{sets[0]['id']}"
    assert (await done(refuser.get(f"{path}/mine")))["set"]["id"] == sets[0]["id"]
    repaired = await done(refuser.post(f"{first}/decline", {}))
    assert repaired["invitations"][str(refuser.id)] == "declined"
    assert str(refuser.id) not in repaired["members"]
    assert repaired["state"] in ("proposed", "lapsed")
    formed = []
    for each in await everything(convenor, "/v1/sets"):
        members = [by_id[id] for id in each["members"]]
        if each["state"] == "lapsed":
            continue
        for member in members:
            told = await done(member.get(f"{path}/mine"))
            assert told["set"]["id"] == each["id"]
            state = (await done(member.post(f"/v1/sets/{each['id']}/accept", {})))["state"]
        assert state == "formed"
        formed.append((each["id"], members))
    return formed


async def the_funnel_is_true(account: Account, reader: Person) -> None:
    for by in ("month", "format"):
        told = await done(reader.get(f"/v1/reports/funnel?by={by}"))
        assert told["rows"] == account.funnel(by)
        assert told["elsewhere"] == account.elsewhere()
        assert told["definition"]
        assert told["caveats"]


async def time_goes_by(network: Network, account: Account) -> None:
    """Nobody answers what is left, and the service writes down what came due."""
    account.clock.move(days=22)
    await due.record_what_came_due(network.house)


async def every_commitment_ended_as_told(account: Account, reader: Person) -> None:
    listed = {each["id"]: each for each in await everything(reader, "/v1/commitments", limit=200)}
    assert listed.keys() == account.ended.keys()
    assert {id: each["state"] for id, each in listed.items()} == {id: e.state for id, e in account.ended.items()}


@needs_real_data
async def test_sixty_real_directors_go_from_being_stuck_to_what_lasted(tmp_path):
    account = Account(Hands(BEGAN))
    async with running(tmp_path / "data", account.clock, match_seconds=1.0) as network:
        admin = await network.welcome("registrar", "administrator")
        posts = (DATA / "directors/posts-2011-09-30.csv").read_bytes()
        pitches = (DATA / "problems/pitches-open.csv").read_bytes()
        imported = await bring_in(network, "directors", posts, grade="SCS2")
        assert (await bring_in(network, "problems", pitches))["imported"] == 162
        stated = await bring_in(network, "problems", difficulties())
        assert stated["imported"] + len(stated["problems"]) == 673
        directory = await everything(admin, "/v1/directors", limit=200)
        assert len(directory) == imported["imported"] + 2, "the two administrators too"

        chosen = from_many_departments(directory, 60)
        people = [await token_of(network, each["id"]) for each in chosen]
        convenor, lead = people[0], people[1]
        for person, role in ((convenor, "convenor"), (lead, "lead")):
            roles = await done(admin.post(f"/v1/directors/{person.id}/roles", {"roles": [role]}))
            assert roles["roles"] == [role]
        for number, person in enumerate(people):
            await settle_in(person, number)

        path, proposal = await matched(network, convenor, people)
        await must_hold(network, path, proposal, people)
        assert proposal["placed"] >= 48
        formed = await answered(path, convenor, people)
        assert len(formed) >= 8

        endings = itertools.cycle(ENDINGS)
        for number, (id, members) in enumerate(formed):
            meeting = await account.meet(members[0], members[1:], "set_meeting", set=id)
            pairs = itertools.islice(itertools.permutations(members, 2), 3 if number else 0)
            for performer, beneficiary in pairs:
                await account.carry(next(endings), performer, beneficiary, {"type": "conversation", "id": meeting})
            account.clock.move(days=3)
        account.clock.move(days=10)
        call = await account.meet(people[5], people[6:20], "breakfast_call", series="First Tuesday")
        for how, performer, beneficiary in zip(ENDINGS, people, people[20:], strict=False):
            await account.carry(how, performer, beneficiary, {"type": "conversation", "id": call})
        id, (one, other, *_) = formed[0]
        await account.carry("sustained", one, other, {"type": "set", "id": id})
        await account.carry("revoked", people[3], people[4], LINK)
        await time_goes_by(network, account)

        await every_commitment_ended_as_told(account, lead)
        await the_funnel_is_true(account, lead)
        account.clock.move(days=60)
        await the_funnel_is_true(account, people[30])


async def test_twelve_people_go_from_being_stuck_to_a_kept_promise_and_a_lead_sees_it(tmp_path):
    account = Account(Hands(BEGAN))
    async with running(tmp_path / "data", account.clock, match_seconds=0.5) as network:
        people = [await network.welcome(f"director-{number}") for number in range(12)]
        convenor, lead = await network.welcome("convenor", "convenor"), await network.welcome("lead", "lead")
        for number, person in enumerate(people):
            await settle_in(person, number % 3)
        path, proposal = await matched(network, convenor, people)
        await must_hold(network, path, proposal, people)
        (id, members), *_ = await answered(path, convenor, people)
        ann, ben = members[:2]
        meeting = await account.meet(ann, [ben], "set_meeting", set=id)
        promise = await account.carry("sustained", ann, ben, {"type": "conversation", "id": meeting})
        await account.carry("released", ben, ann, {"type": "conversation", "id": meeting})
        await account.carry("never answered", ben, ann, {"type": "set", "id": id})
        await time_goes_by(network, account)
        await every_commitment_ended_as_told(account, lead)
        await the_funnel_is_true(account, lead)

        assert (await lead.get(f"/v1/commitments/{promise}/history")).status == 403
        opened = await done(lead.post("/v1/inspections", {"purpose": "The yearly audit", "commitment": promise}), 201)
        told = await done(lead.get(f"/v1/inspections/{opened['id']}/history"))
        own = await done(ann.get(f"/v1/commitments/{promise}/history"))
        assert [each["event"] for each in told["items"]] == [each["event"] for each in own["items"]]
        assert told["items"][-1]["event"] == "OutcomeReviewed"
        await done(lead.get(f"/v1/inspections/{opened['id']}/history"))
        account.clock.move(days=1)
        await done(lead.get(f"/v1/inspections/{opened['id']}/history"))
        for subject in (ann, ben):
            seen = (await done(subject.get("/v1/me/inspections")))["items"]
            assert [each["what"] for each in seen] == ["read", "read", "opened"], "once a day, however often"
            for each in seen:
                assert (each["inspection"], each["by"]) == (opened["id"], str(lead.id))
                assert each["purpose"] == "The yearly audit"
        stranger = next(each for each in people if each not in (ann, ben))
        assert (await done(stranger.get("/v1/me/inspections")))["items"] == []
        await done(ben.post(f"/v1/inspections/{opened['id']}/contest", {"why": "Nobody asked me."}))
        await done(lead.post(f"/v1/inspections/{opened['id']}/close", {}))
        assert (await lead.get(f"/v1/inspections/{opened['id']}/history")).status == 403
