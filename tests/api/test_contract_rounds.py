"""Rounds as their users meet them: who is in, what is proposed and why not, and what a decline does."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from service.app import _question_at
from tests.api.conftest import Network, Person, running
from tests.life import Hands, done, everything


@pytest.fixture
async def network(tmp_path):
    """A convenor, and six directors of six organisations who are always free."""
    async with running(tmp_path / "data", Hands(datetime(2026, 3, 2, 9, tzinfo=UTC)), match_seconds=0.1) as network:
        await network.welcome("convenor", "convenor")
        for name in ("ann", "ben", "cat", "dan", "eve", "fay"):
            await network.welcome(name)
        yield network


TWO = {"min": 2, "max": 2, "target": 2}


def everybody(network: Network) -> list[Person]:
    return [network.people[name] for name in ("ann", "ben", "cat", "dan", "eve", "fay")]


async def opened(network: Network, people: list[Person], **said: Any) -> str:
    """A round, and who is in."""
    made = await done(network.convenor.post("/v1/rounds", {"kind": "pair", **said}), 201)
    path = f"/v1/rounds/{made['id']}"
    for each in people:
        await done(each.post(f"{path}/opt-in", {}))
    return path


async def proposal_of(network: Network, path: str, asking: str = "propose", **said: Any) -> Any:
    """What comes of asking for it."""
    answer = await network.convenor.post(f"{path}/{asking}", said)
    assert answer.status in (200, 202), answer.raw
    await network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    return await done(network.convenor.get(f"{path}/proposal"))


async def closed(network: Network, people: list[Person], **said: Any) -> str:
    """A round that nobody else can join."""
    path = await opened(network, people, **said)
    await done(network.convenor.post(f"{path}/close", {}))
    return path


async def published(network: Network, people: list[Person], **said: Any) -> tuple[str, list[dict[str, Any]]]:
    """A round of which everybody knows their set; and the sets."""
    path = await closed(network, people, **said)
    await proposal_of(network, path)
    await done(network.convenor.post(f"{path}/publish", {}))
    sets = await everything(network.convenor, "/v1/sets")
    return path, [each for each in sets if path.endswith(each["round"])]


async def test_a_proposal_is_for_the_convenor_until_it_is_published(network):
    path = await closed(network, everybody(network))
    proposal = await proposal_of(network, path)
    assert (proposal["status"], proposal["placed"]) == ("optimal", 6)
    assert (await network.ann.get(f"{path}/proposal")).status == 403
    assert (await done(network.ann.get(f"{path}/mine")))["set"] is None
    assert (await done(network.ann.get("/v1/sets")))["items"] == []
    await done(network.convenor.post(f"{path}/publish", {}))
    mine = (await done(network.ann.get(f"{path}/mine")))["set"]
    assert str(network.ann.id) in mine["members"]
    assert mine["invitations"] == dict.fromkeys(mine["members"], "invited")


async def test_the_sets_of_a_proposal_are_told_a_page_at_a_time(network):
    path = await closed(network, everybody(network))
    assert (await network.convenor.get(f"{path}/proposal/sets")).status == 404
    proposal = await proposal_of(network, path)
    assert len(proposal["sets"]) == 3
    assert await everything(network.convenor, f"{path}/proposal/sets", limit=2) == proposal["sets"]
    assert (await network.ann.get(f"{path}/proposal/sets")).status == 403


async def test_proposing_is_accepted_at_once_and_twice_is_once(network):
    path = await closed(network, everybody(network))
    answers = [await network.convenor.post(f"{path}/propose", {}) for _ in range(3)]
    assert {each.status for each in answers} == {202}
    await network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    first = await done(network.convenor.get(f"{path}/proposal"))
    assert await proposal_of(network, path) == first


@pytest.mark.parametrize("command", ["close", "propose", "publish", "complete", "cancel", "revise"])
async def test_only_a_convenor_runs_a_round(network, command):
    path = await opened(network, everybody(network))
    assert (await network.ann.post(f"{path}/{command}", {"why": "x"})).status == 403


async def test_what_is_too_early_or_too_late_is_refused(network):
    path = await opened(network, [network.ann, network.ben])
    for command in ("propose", "publish", "complete"):
        assert (await network.convenor.post(f"{path}/{command}", {})).status == 409, command
    await done(network.convenor.post(f"{path}/close", {}))
    for command in ("opt-in", "opt-out"):
        assert (await network.cat.post(f"{path}/{command}", {})).status == 409, command
    assert (await network.convenor.get(f"{path}/proposal")).status == 404
    assert (await network.convenor.post(f"{path}/publish", {})).status == 409


async def test_a_round_nobody_is_in_cannot_be_closed(network):
    path = await opened(network, [network.ann])
    await done(network.ann.post(f"{path}/opt-out", {}))
    assert (await network.convenor.post(f"{path}/close", {})).status == 409


async def test_what_is_impossible_names_its_rules_and_may_be_asked_otherwise(network):
    people = everybody(network)[:3]
    path = await closed(network, people, rules={"place_everyone": True}, size=TWO)
    found = await proposal_of(network, path)
    assert (found["status"], found["sets"]) == ("infeasible", [])
    assert found["clashing_rules"]
    assert (await network.convenor.post(f"{path}/publish", {})).status == 409
    assert (await network.convenor.post(f"{path}/revise", {"rules": {}})).status == 422, "the reason is public"
    found = await proposal_of(network, path, "revise", why="Two are better than none", rules={"place_everyone": False})
    assert (found["status"], found["placed"]) == ("optimal", 2)
    assert len(found["unplaced"]) == 1


async def test_a_convenor_may_ask_for_fairness_and_reads_the_floor(network):
    path = await closed(network, everybody(network), rules={"fair": True})
    assert (await done(network.ann.get(path)))["rules"]["fair"] is True
    assert (await proposal_of(network, path))["floor"] is None, "nobody has brought a problem yet"
    for each in (network.cat, network.dan):
        await done(each.post("/v1/problems", {"title": "Our risk register", "topics": ["risk"]}), 201)
    await done(network.eve.says("PATCH", "/v1/me", {"offers": {"topics": ["risk"]}}))
    plain = await proposal_of(network, await closed(network, everybody(network)))
    fair = await proposal_of(network, await closed(network, everybody(network), rules={"fair": True}))
    assert plain["floor"] == fair["floor"] == 0, "only one of two can sit with whoever offers risk"
    assert plain["value"] == fair["value"]


async def test_a_change_of_weights_is_public_with_its_reason(network):
    path = await closed(network, everybody(network), weights={"region": 5})
    await proposal_of(network, path)
    await proposal_of(network, path, "revise", why="Regions matter more", weights={"region": 9})
    [change] = (await done(network.ann.get(path)))["weights_changes"]
    assert (change["before"]["region"], change["after"]["region"]) == (5, 9)
    assert (change["why"], change["by"]) == ("Regions matter more", str(network.convenor.id))


async def test_whoever_pauses_or_has_no_room_is_left_out_and_told_why(network):
    path = await opened(network, everybody(network)[:4])
    await done(network.ann.post("/v1/me/pause", {}))
    await done(network.ben.says("PATCH", "/v1/me", {"capacity": 0}))
    await done(network.convenor.post(f"{path}/close", {}))
    proposal = await proposal_of(network, path)
    assert proposal["placed"] == 2
    for each in (network.ann, network.ben):
        mine = await done(each.get(f"{path}/mine"))
        assert mine["set"] is None
        assert mine["because"]


async def test_avoidance_is_kept_both_ways_and_given_to_nobody_as_a_reason(network):
    await done(network.ann.post("/v1/me/avoid", {"director": str(network.ben.id)}))
    path = await closed(network, [network.ann, network.ben])
    proposal = await proposal_of(network, path)
    assert proposal["placed"] == 0
    reasons = {each["because"] for each in proposal["unplaced"]}
    assert len(reasons) == 1
    assert "avoid" not in reasons.pop()


async def test_who_has_met_is_not_matched_again_while_the_rule_says_so(network):
    _, sets = await published(network, everybody(network))
    for each in sets:
        for member in each["members"]:
            person = next(one for one in everybody(network) if str(one.id) == member)
            await done(person.says("PATCH", "/v1/me", {"capacity": 3}))
            await done(person.post(f"/v1/sets/{each['id']}/accept", {}))
    _, others = await published(network, everybody(network))
    assert len(others) == 3
    assert not {frozenset(each["members"]) for each in sets} & {frozenset(each["members"]) for each in others}


async def test_declining_is_free_and_lets_somebody_else_in(network):
    path, [first, *_] = await published(network, everybody(network)[:5], size=TWO)
    [left_over] = (await done(network.convenor.get(f"{path}/proposal")))["unplaced"]
    by_id = {str(each.id): each for each in everybody(network)}
    leaver, stayer = (by_id[id] for id in first["members"])
    joiner = by_id[left_over["person"]]
    assert (await done(joiner.get(f"{path}/mine")))["because"]
    after = await done(leaver.post(f"/v1/sets/{first['id']}/decline", {}))
    assert after["invitations"][str(leaver.id)] == "declined"
    assert after["members"] == [str(stayer.id), str(joiner.id)]
    assert (await leaver.post(f"/v1/sets/{first['id']}/accept", {})).status == 409
    for each in (stayer, joiner):
        formed = await done(each.post(f"/v1/sets/{first['id']}/accept", {}))
    assert formed["state"] == "formed"
    assert (await done(joiner.get(f"{path}/mine")))["set"]["id"] == first["id"]


async def test_a_set_too_small_to_go_on_lapses(network):
    _, [only] = await published(network, everybody(network)[:2])
    assert (await done(network.ann.post(f"/v1/sets/{only['id']}/decline", {})))["state"] == "lapsed"


async def trios(network: Network) -> tuple[dict[str, Any], dict[str, Any], dict[str, Person]]:
    """Two sets of three that may go on as two, and who is who."""
    _, [one, other] = await published(
        network, everybody(network), kind="action_set", size={"min": 2, "max": 3, "target": 3}
    )
    return one, other, {str(each.id): each for each in everybody(network)}


async def test_a_set_that_would_lapse_is_mended_by_one_who_has_not_answered_elsewhere(network):
    one, other, by_id = await trios(network)
    first, second, stays = (by_id[id] for id in one["members"])
    await done(by_id[other["members"][0]].post(f"/v1/sets/{other['id']}/accept", {}))
    await done(first.post(f"/v1/sets/{one['id']}/decline", {}))
    after = await done(second.post(f"/v1/sets/{one['id']}/decline", {}))
    [joiner] = set(after["members"]) - {str(stays.id)}
    assert joiner in other["members"][1:], "whoever said yes stays where they are"
    assert (after["state"], after["invitations"][joiner]) == ("proposed", "invited")
    left = await done(network.convenor.get(f"/v1/sets/{other['id']}"))
    assert set(left["members"]) == set(left["invitations"]) == set(other["members"]) - {joiner}
    assert (await by_id[joiner].get(f"/v1/sets/{other['id']}")).status == 404
    [mine] = (await done(by_id[joiner].get("/v1/sets")))["items"]
    assert mine["id"] == one["id"]
    for each in (stays, by_id[joiner]):
        formed = await done(each.post(f"/v1/sets/{one['id']}/accept", {}))
    assert formed["state"] == "formed"


async def test_whatever_is_answered_at_the_same_moment_nobody_is_in_two_sets(network):
    one, other, by_id = await trios(network)
    first, second, _ = (by_id[id] for id in one["members"])
    await done(first.post(f"/v1/sets/{one['id']}/decline", {}))
    answers = [by_id[id].post(f"/v1/sets/{other['id']}/accept", {}) for id in other["members"]]
    said = await asyncio.gather(second.post(f"/v1/sets/{one['id']}/decline", {}), *answers)
    assert said[0].status == 200, "declining is free, whoever else answers"
    sets = await everything(network.convenor, "/v1/sets")
    inside = [member for each in sets if each["state"] != "lapsed" for member in each["members"]]
    assert len(inside) == len(set(inside))


async def test_two_declines_at_the_same_moment_do_not_invite_the_same_person(network):
    path, sets = await published(network, everybody(network)[:5], size=TWO)
    by_id = {str(each.id): each for each in everybody(network)}
    [left_over] = (await done(network.convenor.get(f"{path}/proposal")))["unplaced"]
    leavers = [(by_id[each["members"][0]], each["id"]) for each in sets]
    await asyncio.gather(*(done(leaver.post(f"/v1/sets/{id}/decline", {})) for leaver, id in leavers))
    after = [await done(network.convenor.get(f"/v1/sets/{each['id']}")) for each in sets]
    assert sorted(each["state"] for each in after) == ["lapsed", "proposed"]
    assert [left_over["person"] in each["members"] for each in after].count(True) == 1


async def test_not_now_declines_and_nothing_new_comes_for_a_month(network):
    _, [only] = await published(network, everybody(network)[:2], size=TWO)
    assert (await network.cat.post(f"/v1/sets/{only['id']}/snooze", {})).status == 404
    assert (await network.convenor.post(f"/v1/sets/{only['id']}/snooze", {})).status == 403
    assert (await network.ann.post(f"/v1/sets/{only['id']}/snooze", {"until": "2026-03-01"})).status == 422
    after = await done(network.ann.post(f"/v1/sets/{only['id']}/snooze", {}))
    assert (after["state"], after["invitations"][str(network.ann.id)]) == ("lapsed", "declined")
    me = await done(network.ann.get("/v1/me"))
    assert (me["paused"], me["paused_until"]) == (True, "2026-04-01")


async def test_not_now_is_too_late_once_the_set_has_formed(network):
    _, [only] = await published(network, everybody(network)[:2], size=TWO)
    for each in everybody(network)[:2]:
        await done(each.post(f"/v1/sets/{only['id']}/accept", {}))
    assert (await network.ann.post(f"/v1/sets/{only['id']}/snooze", {})).status == 409
    assert not (await done(network.ann.get("/v1/me")))["paused"], "all of it or nothing"


async def test_a_set_is_for_its_members_and_the_convenor(network):
    _, sets = await published(network, everybody(network))
    inside = next(each for each in sets if str(network.ann.id) in each["members"])
    outside = next(one for one in everybody(network) if str(one.id) not in inside["members"])
    assert (await done(network.ann.get(f"/v1/sets/{inside['id']}")))["id"] == inside["id"]
    assert (await outside.get(f"/v1/sets/{inside['id']}")).status == 404
    assert (await outside.post(f"/v1/sets/{inside['id']}/accept", {})).status == 404
    assert (await network.convenor.post(f"/v1/sets/{inside['id']}/accept", {})).status == 403


async def test_a_cancelled_round_ends_what_had_not_formed(network):
    path, sets = await published(network, everybody(network))
    assert (await done(network.convenor.post(f"{path}/cancel", {})))["state"] == "cancelled"
    states = {(await done(network.convenor.get(f"/v1/sets/{each['id']}")))["state"] for each in sets}
    assert states == {"lapsed"}


async def test_a_round_the_service_was_answering_when_it_stopped_is_answered_after_the_next_start(tmp_path):
    clock = Hands(datetime(2026, 3, 2, 9, tzinfo=UTC))
    async with running(tmp_path / "data", clock, match_seconds=60) as network:
        convenor = await network.welcome("convenor", "convenor")
        path = await closed(network, [await network.welcome(f"person-{number}") for number in range(8)])
        await done(convenor.post(f"{path}/propose", {}), 202)
    async with running(tmp_path / "data", clock, match_seconds=0.1) as network:
        convenor.session = network.session
        await network.house.workshop.wait(UUID(path.rpartition("/")[2]))
        assert (await done(convenor.get(f"{path}/proposal")))["placed"] == 8


async def test_what_came_out_of_one_set_can_be_asked_for_by_its_members_and_others_find_nothing_narrowed(network):
    _, [mine, theirs, *_] = await published(network, everybody(network))
    members = [next(each for each in everybody(network) if str(each.id) == id) for id in mine["members"]]
    for each in members:
        await done(each.post(f"/v1/sets/{mine['id']}/accept", {}))
    pledge = {"kind": "pledge", "what": "Ask the board", "due": "2035-01-01", "tier": "set"}
    pledged = await done(
        members[0].post("/v1/commitments", {**pledge, "origin": {"type": "set", "id": mine["id"]}}), 201
    )
    call = {"format": "set_meeting", "title": "Second look", "starts_at": "2026-03-09T09:00:00Z", "set": mine["id"]}
    convened = await done(members[1].post("/v1/conversations", call), 201)
    outsider = next(each for each in everybody(network) if str(each.id) in theirs["members"])
    for path, made in (("/v1/commitments", pledged), ("/v1/conversations", convened)):
        found = await done(members[1].get(f"{path}?set={mine['id']}"))
        assert [each["id"] for each in found["items"]] == [made["id"]]
        assert (await done(members[1].get(f"{path}?set={theirs['id']}")))["items"] == []
        assert (await done(outsider.get(f"{path}?set={mine['id']}")))["items"] == []


async def test_whoever_asks_for_something_else_does_not_wait_for_the_question_of_a_round(network, monkeypatch):
    id = UUID((await closed(network, everybody(network))).rpartition("/")[2])
    ledger, threads = network.house.ledger, set[threading.Thread]()
    unseal = ledger.unseal

    def seen(words: Any) -> Any:
        threads.add(threading.current_thread())
        return unseal(words)

    monkeypatch.setattr(ledger, "unseal", seen)
    raw, _ = await _question_at(ledger, id, await ledger.head())
    assert len(raw["people"]) == 6
    assert threads
    assert threading.current_thread() not in threads
