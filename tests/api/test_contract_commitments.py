"""Commitments as their users meet them: who may promise what to whom, and what an answer says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from tests.api.conftest import Network, Person, running
from tests.life import Hands, done

LINK = {"type": "link", "url": "https://example.org/minutes"}
FIELDS = {
    "id", "kind", "state", "performer", "beneficiary", "what", "tier", "origin", "terms", "first_due", "due",
    "confidence", "actions", "evidence", "outcomes", "self_assessed", "overdue",
}  # fmt: skip


@pytest.fixture
async def network(tmp_path):
    """Ann, Ben and Cat on a Monday in March; a lead, and a clerk who only administers."""
    async with running(tmp_path / "data", Hands(datetime(2026, 3, 2, 9, tzinfo=UTC))) as network:
        for name, roles in (("ann", ()), ("ben", ()), ("cat", ()), ("lead", ("lead",)), ("clerk", ("administrator",))):
            await network.welcome(name, *roles)
        yield network


def about(kind: str, **said: Any) -> dict[str, Any]:
    """A commitment to begin, with what every one needs."""
    return {"kind": kind, "what": "Introduce them", "due": "2026-04-01", "origin": LINK} | {
        name: str(value.id) if isinstance(value, Person) else value for name, value in said.items()
    }


async def begun(who: Person, kind: str, **said: Any) -> str:
    """The address of a new one."""
    made = await done(who.post("/v1/commitments", about(kind, **said)), 201)
    return f"/v1/commitments/{made['id']}"


async def promised(network: Network, **said: Any) -> str:
    """What Ben has promised Ann."""
    path = await begun(network.ann, "request", performer=network.ben, **said)
    await done(network.ben.post(f"{path}/promise", {}))
    return path


async def refused(network: Network, who: Person, path: str, body: Any, status: int) -> str:
    """Refused with that status, and no event."""
    head = await network.house.ledger.head()
    answer = await who.post(path, body)
    assert answer.status == status, answer.raw
    assert await network.house.ledger.head() == head
    return str(answer.json["detail"])


@pytest.mark.parametrize("kind", ["offer", "pledge"])
async def test_nobody_offers_or_pledges_for_another(network, kind):
    said = about(kind, performer=network.ben, beneficiary=network.cat)
    assert "for another" in await refused(network, network.ann, "/v1/commitments", said, 403)


async def test_nobody_promises_for_another(network):
    path = await begun(network.ann, "request", performer=network.ben)
    for who in ("ann", "cat", "lead", "clerk"):
        await refused(network, getattr(network, who), f"{path}/promise", {}, 403)
    assert (await done(network.ben.post(f"{path}/promise", {})))["state"] == "promised"


async def test_only_whom_it_was_promised_to_says_whether_it_was_kept(network):
    path = await promised(network)
    commands = ("confirm", "send-back", "assess-not-kept", "release")
    for command, who in product(commands, ("ben", "cat", "lead", "clerk")):
        await refused(network, getattr(network, who), f"{path}/{command}", {"why": "x"}, 403)


async def test_only_who_promised_it_does_something_about_it(network):
    path = await promised(network)
    commands = ("take-action", "declare-done", "state-confidence", "revoke", "admit-not-kept")
    for command, who in product(commands, ("ann", "cat", "lead", "clerk")):
        await refused(network, getattr(network, who), f"{path}/{command}", {}, 403)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"origin": None}, "origin"),
        ({"due": "2026-02-30"}, "due"),
        ({"due": "soon"}, "due"),
        ({"what": ""}, "what"),
        ({"what": 7}, "what"),
        ({"kind": "order"}, "kind"),
        ({"colour": "red"}, "colour"),
        ({"origin": {"type": "link"}}, "origin.url"),
        ({"origin": {"type": "rumour"}}, "origin.type"),
        ({"tier": "everybody"}, "tier"),
        ({"performer": "ben"}, "performer"),
        ({"occurred_at": "2026-03-02T09:00:01Z"}, "occurred_at"),
    ],
)
async def test_what_cannot_be_meant_is_named(network, said, field):
    body = about("request", performer=network.ben) | said
    if said == {"origin": None}:
        del body["origin"]
    head = await network.house.ledger.head()
    answer = await network.ann.post("/v1/commitments", body)
    assert answer.status == 422, answer.raw
    assert [each["field"] for each in answer.json["errors"]] == [field]
    assert await network.house.ledger.head() == head


async def test_you_ask_others_and_pledge_yourself(network):
    await refused(network, network.ann, "/v1/commitments", about("request", performer=network.ann), 422)
    await refused(network, network.ann, "/v1/commitments", about("offer", beneficiary=network.ann), 422)


async def test_what_one_may_not_know_of_is_no_origin(network):
    made = await done(network.cat.post("/v1/problems", {"title": "Mine", "tier": "private"}), 201)
    origin = {"type": "problem", "id": made["id"]}
    await refused(network, network.ann, "/v1/commitments", about("pledge", origin=origin), 404)
    assert await begun(network.cat, "pledge", origin=origin)


async def test_an_offer_to_the_network_is_that_of_whoever_accepts_first(network):
    path = await begun(network.ann, "offer")
    takers = [network.ben, network.cat, network.lead]
    answers = await asyncio.gather(*(each.post(f"{path}/accept", {}) for each in takers))
    assert sorted(each.status for each in answers) == [200, 409, 409]
    taken = await done(network.ann.get(path))
    [winner] = [who for who, answer in zip(takers, answers, strict=True) if answer.status == 200]
    assert (taken["state"], taken["beneficiary"]) == ("promised", str(winner.id))


async def test_an_offer_to_somebody_is_theirs_to_accept(network):
    path = await begun(network.ann, "offer", beneficiary=network.ben)
    await refused(network, network.cat, f"{path}/accept", {}, 403)
    assert (await done(network.ben.post(f"{path}/accept", {})))["state"] == "promised"


async def test_a_pledge_before_a_witness_is_confirmed_by_the_witness(network):
    path = await begun(network.ann, "pledge", beneficiary=network.ben)
    await done(network.ann.post(f"{path}/declare-done", {"no_evidence_because": "We spoke."}))
    await refused(network, network.ann, f"{path}/confirm", {}, 403)
    kept = await done(network.ben.post(f"{path}/confirm", {}))
    assert (kept["state"], kept["self_assessed"]) == ("kept", False)


async def test_a_promise_to_oneself_changes_at_once_and_is_self_assessed(network):
    path = await begun(network.ann, "pledge")
    changed = await done(network.ann.post(f"{path}/propose-terms", {"due": "2026-05-01"}))
    assert [each["due"] for each in changed["terms"]] == ["2026-04-01", "2026-05-01"]
    await done(network.ann.post(f"{path}/declare-done", {"no_evidence_because": "I know it."}))
    assert (await done(network.ann.post(f"{path}/confirm", {})))["self_assessed"] is True


async def test_terms_keep_every_version_and_the_first_date_for_ever(network):
    path = await promised(network)
    asked = await done(network.ben.post(f"{path}/propose-terms", {"due": "2026-05-01", "conditions": "With help"}))
    assert asked["due"] == "2026-04-01", "the old terms stay in force until the other agrees"
    agreed = await done(network.ann.post(f"{path}/agree-terms", {}))
    assert [(each["version"], each["due"]) for each in agreed["terms"]] == [(1, "2026-04-01"), (2, "2026-05-01")]
    assert (agreed["first_due"], agreed["due"]) == ("2026-04-01", "2026-05-01")
    assert agreed["terms"][1]["conditions"] == "With help"


async def test_whoever_asked_for_other_terms_does_not_agree_to_them(network):
    path = await promised(network)
    await done(network.ben.post(f"{path}/propose-terms", {"due": "2026-05-01"}))
    await refused(network, network.ben, f"{path}/agree-terms", {}, 403)


async def test_an_open_renegotiation_ends_when_done_is_declared(network):
    path = await promised(network)
    await done(network.ann.post(f"{path}/propose-terms", {"due": "2026-05-01"}))
    declared = await done(network.ben.post(f"{path}/declare-done", {"evidence": [{"kind": "decision"}]}))
    assert (declared["state"], declared["proposal"]) == ("declared", None)
    await refused(network, network.ben, f"{path}/agree-terms", {}, 409)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"evidence": []},
        {"evidence": [{"kind": "rumour"}]},
        {"evidence": [{"kind": "link"}], "no_evidence_because": "both"},
        {"no_evidence_because": " "},
    ],
)
async def test_done_needs_evidence_or_a_plain_reason_why_there_is_none(network, said):
    path = await promised(network)
    await refused(network, network.ben, f"{path}/declare-done", said, 422)


async def test_it_can_be_not_kept_only_once_its_day_is_over_in_london(network):
    path = await promised(network, due="2026-03-02")
    await refused(network, network.ann, f"{path}/assess-not-kept", {}, 409)
    network.house.clock.move(hours=15)
    assert (await done(network.ann.get(path)))["overdue"] is True
    assert (await done(network.ann.post(f"{path}/assess-not-kept", {})))["state"] == "not_kept"


async def test_a_day_that_has_passed_already_can_be_agreed(network):
    path = await promised(network, due="2026-02-01")
    shown = await done(network.ann.get(path))
    assert (shown["state"], shown["overdue"]) == ("promised", True)


async def test_an_answer_has_every_field_there_is(network):
    path = await promised(network, conditions="If it rains")
    shown = [{"kind": "link", "ref": "https://example.org/proof", "text": "Page 3"}]
    await done(network.ben.post(f"{path}/take-action", {"what": "Rang them", "evidence": shown}))
    await done(network.ben.post(f"{path}/state-confidence", {"confidence": "on_track"}))
    await done(network.ben.post(f"{path}/declare-done", {"evidence": shown}))
    await done(network.ann.post(f"{path}/confirm", {}))
    await done(network.ann.post(f"{path}/report-outcome", {"scale": "early_sign", "contribution": "helped"}))
    told = await done(network.ben.post(f"{path}/review-outcome", {"verdict": "sustained"}))
    assert told.keys() >= FIELDS
    assert told["terms"][0].keys() >= {"version", "due", "conditions", "agreed_at"}
    assert [(each["what"], each["evidence"]) for each in told["actions"]] == [("Rang them", shown)]
    assert told["evidence"] == shown
    assert (told["confidence"], told["origin"]) == ("on_track", LINK)
    assert (told["outcomes"][0]["scale"], told["outcomes"][0]["verdict"]) == ("early_sign", "sustained")


async def test_a_history_tells_each_event_once_in_words_with_its_terms(network):
    path = await promised(network)
    await done(network.ben.post(f"{path}/propose-terms", {"due": "2026-05-01", "occurred_at": "2026-03-01T12:00:00Z"}))
    await done(network.ann.post(f"{path}/agree-terms", {}))
    items = (await done(network.ben.get(f"{path}/history")))["items"]
    assert [each["event"] for each in items] == [
        "CommitmentRequested",
        "CommitmentPromised",
        "RenegotiationProposed",
        "TermsRenegotiated",
    ]
    positions = [each["position"] for each in items]
    assert positions == sorted(set(positions))
    assert [each["by"] for each in items] == [str(getattr(network, name).id) for name in ("ann", "ben", "ben", "ann")]
    assert (items[2]["at"], items[2]["occurred_at"]) == ("2026-03-02T09:00:00Z", "2026-03-01T12:00:00Z")
    assert [each["terms"]["due"] for each in items] == ["2026-04-01", "2026-04-01", "2026-05-01", "2026-05-01"]
    assert "ann" in items[0]["words"]
    for other in (network.cat, network.lead):
        assert (await other.get(f"{path}/history")).status == 403


async def test_failures_are_looked_for_in_their_order(network):
    path = await promised(network)
    stale = {"If-Match": '"1"'}
    post = network.ben.post
    assert (await network.nobody.post(f"{path}/take-action", {"x": 1})).status == 401
    assert (await post(f"/v1/commitments/{network.ben.id}/take-action", {"x": 1}, headers=stale)).status == 404
    assert (await network.cat.post(f"{path}/take-action", {"x": 1}, headers=stale)).status == 403
    assert (await post(f"{path}/take-action", {"x": 1}, headers=stale)).status == 422
    assert (await post(f"{path}/take-action", {"what": "x"}, headers=stale)).status == 412
    await done(network.ann.post(f"{path}/release", {}))
    assert (await post(f"{path}/take-action", {"what": "x"}, headers=stale)).status == 412
    assert (await post(f"{path}/take-action", {"what": "x"}, headers={"If-Match": '"3"'})).status == 409
