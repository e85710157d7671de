"""Asking twice under one key: for every command there is, the first answer again and nothing recorded."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.api.canaries import peopled, settled
from tests.api.conftest import Answer, Person, running
from tests.life import ENDINGS, Account, Hands, done

Asked = tuple[str, str, dict[str, Any], Answer]
LINK = {"type": "link", "url": "https://example.org/"}


@dataclass
class Twice(Person):
    """Somebody who sends every command under a key, and remembers the answers."""

    asked: list[Asked] = field(default_factory=list)

    async def says(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        if method == "GET":
            return await super().says(method, path, body, **more)
        more["headers"] = {"Idempotency-Key": str(uuid4())} | more.get("headers", {})
        answer = await super().says(method, path, body, **more)
        assert answer.status < 300, answer.raw
        self.asked.append((method, path, {"json": body, **more}, answer))
        return answer

    async def again(self) -> set[str]:
        """Everything once more, in any order; which commands these were."""
        for method, path, said, answer in reversed(self.asked):
            repeated = await Person.says(self, method, path, **said)
            assert (repeated.status, repeated.raw) == (answer.status, answer.raw), path
            for name in ("ETag", "Position", "Location"):
                assert repeated.headers.get(name) == answer.headers.get(name), (path, name)
        return {f"{method} {path.rpartition('/')[2]}" for method, path, _, _ in self.asked}


async def test_every_command_asked_again_is_answered_as_at_first_and_changes_nothing(tmp_path):
    account = Account(Hands(datetime(2026, 1, 12, 9, tzinfo=UTC)))
    async with running(tmp_path / "data", account.clock, match_seconds=0.1) as network:
        world = await peopled(network, Twice)
        await done(world.cat.post("/v1/me/pause", {"until": "2026-03-01"}))
        meeting = await account.meet(world.ann, [world.ben], "breakfast_call")
        for how in ENDINGS:
            await account.carry(how, world.ann, world.ben, {"type": "conversation", "id": meeting})
        head = await network.house.ledger.head()
        everybody = [each for each in world.people.values() if isinstance(each, Twice) and each.id]
        commands = set().union(*[await each.again() for each in everybody])
        assert len(commands) > 35
        assert await network.house.ledger.head() == head
    account.clock.move(days=400)
    async with running(tmp_path / "data", account.clock) as network:
        head = await network.house.ledger.head()
        for each in everybody:
            each.session = network.session
            await each.again()
        assert await network.house.ledger.head() == head, "a key is remembered by the ledger, not by the process"


async def test_twenty_posts_at_once_under_one_key_are_one(tmp_path):
    async with running(tmp_path / "data") as network:
        ann = await network.welcome("ann")
        head = await network.house.ledger.head()
        about = {"kind": "pledge", "what": "Once", "due": "2035-01-01", "origin": LINK}
        headers = {"Idempotency-Key": "k"}
        answers = await asyncio.gather(*(ann.post("/v1/commitments", about, headers=headers) for _ in range(20)))
        assert len({(each.status, each.raw, each.headers["Position"]) for each in answers}) == 1
        assert answers[0].status == 201
        assert await network.house.ledger.head() == head + 1


async def test_twenty_posts_at_once_of_which_half_say_something_else(tmp_path):
    async with running(tmp_path / "data") as network:
        ann = await network.welcome("ann")
        headers = {"Idempotency-Key": "k"}
        titles = ["One", "Other"] * 10
        answers = await asyncio.gather(*(ann.post("/v1/problems", {"title": t}, headers=headers) for t in titles))
        first = {each.json["title"] for each in answers if each.status == 201}
        assert len(first) == 1
        assert sorted(each.status for each in answers) == [201] * 10 + [422] * 10
        assert len((await done(ann.get("/v1/problems")))["items"]) == 1


async def test_a_key_is_remembered_whoever_moved_the_thing_on_and_whatever_version_is_named(tmp_path):
    async with running(tmp_path / "data") as network:
        world = await settled(network)
        about = {"kind": "request", "what": "Call", "due": "2035-01-01", "performer": str(world.ben.id), "origin": LINK}
        path = await world.make("ann", "/v1/commitments", about)
        key = {"Idempotency-Key": "promise", "If-Match": '"1"'}
        first = await world.ben.post(f"{path}/promise", {}, headers=key)
        await done(world.ann.post(f"{path}/release", {}))
        again = await world.ben.post(f"{path}/promise", {}, headers=key)
        assert (again.status, again.raw, again.headers["ETag"]) == (200, first.raw, '"2"')
        assert (await done(world.ben.get(path)))["state"] == "released"


async def test_a_refusal_is_not_remembered(tmp_path):
    async with running(tmp_path / "data") as network:
        ann = await network.welcome("ann")
        about = {"format": "breakfast_call", "title": "Early", "starts_at": "2026-03-02T09:00:00Z"}
        path = f"/v1/conversations/{(await done(ann.post('/v1/conversations', about), 201))['id']}"
        key = {"Idempotency-Key": "k"}
        assert (await ann.post(f"{path}/attend", {}, headers=key)).status == 409
        await done(ann.post(f"{path}/held", {}))
        assert (await ann.post(f"{path}/attend", {}, headers=key)).status == 200


async def test_what_is_answered_again_is_answered_under_todays_rights(tmp_path):
    async with running(tmp_path / "data") as network:
        convenor, clerk = await network.welcome("one", "convenor"), await network.welcome("clerk", "administrator")
        key = {"Idempotency-Key": "k"}
        assert (await convenor.post("/v1/rounds", {}, headers=key)).status == 201
        await done(clerk.post(f"/v1/directors/{convenor.id}/roles", {"roles": []}))
        assert (await convenor.post("/v1/rounds", {}, headers=key)).status == 403


async def test_a_token_is_said_once_whatever_the_key(tmp_path):
    async with running(tmp_path / "data", issue_tokens=True) as network:
        ann, clerk = await network.welcome("ann"), await network.welcome("clerk", "administrator")
        key, body = {"Idempotency-Key": "k"}, {"director": str(ann.id)}
        first = await done(clerk.post("/v1/tokens", body, headers=key), 201)
        again = await clerk.post("/v1/tokens", body, headers=key)
        assert (again.status, again.json["token"], again.json["id"]) == (201, None, first["id"])
        other = await network.welcome("ben")
        assert (await clerk.post("/v1/tokens", {"director": str(other.id)}, headers=key)).status == 422
        assert (await Person(network.session, token=first["token"]).get("/v1/me")).json["id"] == str(ann.id)
        held = (await done(ann.get("/v1/me/tokens")))["items"]
        assert [each["issued_by"] for each in held if each["issued_via"] == "api"] == [str(clerk.id)]


async def test_tokens_are_issued_over_http_only_where_that_was_allowed(tmp_path):
    async with running(tmp_path / "data") as network:
        ann, clerk = await network.welcome("ann"), await network.welcome("clerk", "administrator")
        refusal = await clerk.post("/v1/tokens", {"director": str(ann.id)})
        assert refusal.status == 403
        assert "UNSTUCK_ISSUE_TOKENS=1" in refusal.json["detail"]


async def test_an_address_since_given_up_is_not_taken_again_by_asking_again(tmp_path):
    async with running(tmp_path / "data") as network:
        ann, ben = await network.welcome("ann"), await network.welcome("ben")
        key = {"Idempotency-Key": "k"}
        first = await ann.says("PATCH", "/v1/me", {"email": "first@example.org"}, headers=key)
        await done(ann.says("PATCH", "/v1/me", {"email": "second@example.org"}))
        await done(ben.says("PATCH", "/v1/me", {"email": "first@example.org"}))
        again = await ann.says("PATCH", "/v1/me", {"email": "first@example.org"}, headers=key)
        assert (again.status, again.raw) == (200, first.raw)
        assert await network.house.tokens.find("first@example.org") == ben.id
        assert await network.house.tokens.find("second@example.org") == ann.id
        await done(ben.says("PATCH", "/v1/me", {"email": None}))
        await ann.says("PATCH", "/v1/me", {"email": "first@example.org"}, headers=key)
        assert await network.house.tokens.find("first@example.org") is None


async def test_an_address_is_taken_only_by_what_happens(tmp_path):
    async with running(tmp_path / "data") as network:
        ann, ben = await network.welcome("ann"), await network.welcome("ben")
        stale = {"If-Match": '"9"'}
        assert (await ann.says("PATCH", "/v1/me", {"email": "new@example.org"}, headers=stale)).status == 412
        assert (await ann.says("PATCH", "/v1/me", {"email": "ann@example.org"}, headers=stale)).status == 412
        assert (await ben.says("PATCH", "/v1/me", {"email": "ann@example.org"})).status == 409
        await done(ben.says("PATCH", "/v1/me", {"email": "new@example.org"}))


async def test_what_a_thing_came_from_may_be_hidden_since(tmp_path):
    async with running(tmp_path / "data") as network:
        ann, ben = await network.welcome("ann"), await network.welcome("ben")
        stuck = await done(ben.post("/v1/problems", {"title": "Stuck", "tier": "network"}), 201)
        key = {"Idempotency-Key": "k"}
        origin = {"type": "problem", "id": stuck["id"]}
        about = {"kind": "pledge", "what": "Help", "due": "2035-01-01", "origin": origin}
        first = await ann.post("/v1/commitments", about, headers=key)
        await done(ben.post(f"/v1/problems/{stuck['id']}/share", {"tier": "private"}))
        again = await ann.post("/v1/commitments", about, headers=key)
        assert (first.status, again.status, again.raw) == (201, 201, first.raw)
        assert (await ann.post("/v1/commitments", about)).status == 404
