"""What is not believed of what an identity provider says, or somebody says in its name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from service.access import AccessStore
from service.access.openid import NOT_BELIEVED, NOT_NOW, UNVERIFIED, OpenId
from service.access.provider import KEYS_ANEW, KNOWN_FOR, Client, Provider
from service.access.token_file import TokenFile
from service.domain.refusals import Refused
from service.outbox.fetching import LARGEST, fetch
from tests.openid.forgeries import FORGED, SECRET
from tests.openid.hostile_issuer import HostileIssuer, hostile_issuer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAMP = int(NOW.timestamp())
ANN = uuid4()
BACK = "http://127.0.0.1:8080/sign-in/openid/back"


class Door:
    """The door, and somebody who goes through it."""

    def __init__(self, issuer: HostileIssuer, access: AccessStore) -> None:
        self.access = access
        self.provider = Provider(Client(issuer.issuer, "unstuck", SECRET), fetch)
        self.openid = OpenId(access, self.provider, self.roles_of, b"s" * 32, lambda count: uuid4().bytes * 2)
        self.issuer = issuer

    async def roles_of(self, id: Any) -> frozenset[str] | None:
        return frozenset() if id == ANN else None

    async def go(self, now: datetime = NOW, **said: str) -> Any:
        """Out, and back with what the issuer gave."""
        self.issuer.now = int(now.timestamp())
        out = await self.openid.set_out(back=BACK, now=now)
        code, state = self.issuer.code_for(out.address)
        brought = {"code": code, "state": state, **said}
        return await self.openid.come_back(brought, keep=out.keep, back=BACK, instead_of=None, now=now)

    async def refused(self, sentence: str = NOT_BELIEVED, now: datetime = NOW) -> None:
        """Nobody is let in, with that sentence, and nobody is tied to anything."""
        with pytest.raises(Refused) as refused:
            await self.go(now)
        assert str(refused.value) == sentence
        assert await self.access.sessions.of(ANN) == []
        assert not await self.access.table.rows("SELECT 1 FROM identities")


@pytest.fixture
async def issuer():
    async with hostile_issuer(STAMP) as issuer:
        yield issuer


@pytest.fixture
async def door(issuer, tmp_path):
    access = AccessStore.over(await TokenFile.open(tmp_path / "access.db"), b"s" * 32)
    await access.tokens.reserve("ann@example.org", ANN)
    yield Door(issuer, access)
    await access.close()


async def test_an_honest_one_is_believed(door):
    begun = await door.go()
    assert (begun.session.director, begun.session.how) == (ANN, "openid")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["unstuck", "another"], "azp": "unstuck"},
        {"aud": ["unstuck"]},
        {"exp": STAMP - 30},
        {"iat": STAMP + 30, "nbf": STAMP + 30},
        {"auth_time": STAMP, "amr": ["mfa"]},
    ],
)
async def test_so_is_one_whose_clock_is_a_little_off_or_who_says_more(door, issuer, claims):
    issuer.claims = claims
    assert (await door.go()).session.director == ANN


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"iss": ""},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["unstuck", "another"]},
        {"aud": ["unstuck", "another"], "azp": "another"},
        {"aud": []},
        {"aud": None},
        {"aud": {"unstuck": True}},
        {"azp": "another"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"nonce": ""},
        {"nonce": ["a"]},
        {"exp": STAMP - 61},
        {"exp": None},
        {"exp": str(STAMP + 300)},
        {"exp": float("nan")},
        {"exp": 1e400},
        {"iat": STAMP + 61},
        {"iat": None},
        {"iat": "now"},
        {"nbf": STAMP + 61},
        {"nbf": {}},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": ["ann"]},
        {"at_hash": "of another access token"},
        {"at_hash": 7},
        {"amr": "mfa"},
    ],
    ids=str,
)
async def test_what_it_states_must_be_for_us_just_now_and_in_answer_to_us(door, issuer, claims):
    issuer.claims = claims
    await door.refused()


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
async def test_nobody_else_states_it(door, issuer, forge):
    issuer.states = lambda claims: forge(issuer, claims)
    await door.refused()


@pytest.mark.parametrize(
    "stated", [None, "", "a.b", "a.b.c", "...", 7, [], {"a": "b"}, "é.é.é", "A" * 100_000], ids=repr
)
async def test_what_is_no_statement_is_none(door, issuer, stated):
    issuer.states = lambda claims: stated
    await door.refused()


async def test_a_key_that_both_could_sign_with_is_none(door, issuer):
    key = OctKey.import_key(SECRET, {"kid": "known"})
    issuer.shown = [key.as_dict()]
    issuer.states = lambda claims: jwt.encode({"alg": "HS256", "kid": "known"}, claims, key)
    for said in (["HS256", "none"], [], ["ES256", "HS256"], None, "HS256"):
        issuer.metadata = {"id_token_signing_alg_values_supported": said}
        door.provider._metadata = None
        await door.refused()


@pytest.mark.parametrize("offered", [["HS256"], ["none"], [], ["RS256"]])
async def test_it_signs_in_the_ways_it_says_it_does_and_in_one_that_is_taken(door, issuer, offered):
    issuer.metadata = {"id_token_signing_alg_values_supported": offered}
    await door.refused()


async def test_a_key_to_seal_with_does_not_sign(door, issuer):
    issuer.shown = [{**issuer.key.as_dict(private=False), "use": "enc"}]
    await door.refused()


async def test_a_statement_of_an_earlier_sign_in_is_not_taken_again(door, issuer):
    stated = []

    def states(claims):
        stated.append(issuer.signed(claims))
        return stated[0]

    issuer.states = states
    assert await door.go()
    with pytest.raises(Refused, match="does not hold"):
        await door.go()
    assert len(await door.access.sessions.of(ANN)) == 1


@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}, {"email_verified": 1}],
    ids=str,
)
async def test_only_an_address_that_was_verified_says_who_somebody_is(door, issuer, claims):
    issuer.claims = claims
    await door.refused(UNVERIFIED)


async def test_what_it_says_beside_must_be_of_the_same_person(door, issuer):
    issuer.claims = {"email": None, "email_verified": None}
    issuer.more = {"sub": "bob", "email": "ann@example.org", "email_verified": True}
    await door.refused()
    issuer.more = {"sub": "ann", "email": "ann@example.org", "email_verified": True}
    assert (await door.go()).session.director == ANN


async def test_nothing_said_beside_changes_who_was_stated(door, issuer):
    issuer.claims = {"email": None}
    issuer.more = {"sub": "ann", "iss": "https://elsewhere.example", "nonce": "another", "email": "bob@example.org"}
    with pytest.raises(Refused, match="Nobody in the network"):
        await door.go()


async def test_an_address_that_only_looks_like_somebodys_is_nobodys(door, issuer):
    await door.access.tokens.reserve("kate@example.org", ANN)
    issuer.claims = {"email": "\u212aate@example.org"}
    with pytest.raises(Refused, match="Nobody in the network"):
        await door.go()


async def test_a_new_key_is_learnt_and_unknown_ones_are_not_asked_for_again_and_again(door, issuer):
    await door.go()
    issuer.key = ECKey.generate_key("P-256", {"kid": "new"})
    issuer.header = {"kid": "new"}
    assert await door.go(NOW + KEYS_ANEW)
    issuer.header = {"kid": "invented"}
    before = issuer.asked.count("/jwks")
    for _ in range(20):
        with pytest.raises(Refused):
            await door.go(NOW + KEYS_ANEW)
    assert issuer.asked.count("/jwks") == before
    with pytest.raises(Refused):
        await door.go(NOW + 2 * KEYS_ANEW)
    assert issuer.asked.count("/jwks") == before + 1


async def test_what_it_says_of_itself_is_asked_for_once_an_hour(door, issuer):
    for _ in range(3):
        await door.go()
    assert issuer.asked.count("/.well-known/openid-configuration") == 1
    assert issuer.asked.count("/jwks") == 1
    await door.go(NOW + KNOWN_FOR)
    assert issuer.asked.count("/.well-known/openid-configuration") == 2


@pytest.fixture
async def elsewhere():
    """Another machine, and what it was asked."""
    asked: list[str] = []

    async def answer(request):
        asked.append(request.path)
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}", asked


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "place", ["{other}/x", "http://user@{host}/x", "file:///etc/passwd", "//{host}/x", "", "http://["]
)
async def test_no_machine_is_asked_that_was_not_in_the_settings(door, issuer, elsewhere, name, place):
    other, asked = elsewhere
    issuer.metadata = {name: place.format(other=other, host=issuer.issuer.removeprefix("http://"))}
    await door.refused()
    assert asked == []


async def test_nobody_is_followed_to_another_machine(door, issuer, elsewhere):
    other, asked = elsewhere
    issuer.tokens = web.Response(status=307, headers={"Location": f"{other}/token"})
    await door.refused()
    assert asked == []


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://elsewhere.example"}, {"issuer": None}, {"token_endpoint": None}, {"jwks_uri": 7}]
)
async def test_metadata_is_its_own_and_whole(door, issuer, metadata):
    issuer.metadata = metadata
    await door.refused()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (web.Response(status=400, text='{"error":"invalid_grant"}'), NOT_BELIEVED),
        (web.Response(status=200, text="<html>"), NOT_BELIEVED),
        (web.Response(status=200, text="[" * 100_000), NOT_BELIEVED),
        (web.Response(status=200, text="[]"), NOT_BELIEVED),
        (web.Response(status=200, body=b'{"a":"' + b"a" * LARGEST + b'"}'), NOT_NOW),
        (web.Response(status=503), NOT_NOW),
    ],
    ids=["refused", "html", "deep", "a list", "huge", "away"],
)
async def test_an_answer_that_is_none_lets_nobody_in(door, issuer, answer, sentence):
    issuer.tokens = answer
    await door.refused(sentence)


async def test_the_log_says_what_was_wrong_and_nothing_that_was_said(door, issuer, capsys):
    issuer.claims = {"sub": "a-secret-subject", "email": "wombat@example.org", "aud": "another-audience"}
    await door.refused()
    said = "".join(capsys.readouterr())  # wherever the log goes: other tests of this process may have opened it
    assert "InvalidClaimError" in said
    for word in ("a-secret-subject", "wombat", "another-audience", SECRET, "code0"):
        assert word not in said


async def test_an_issuer_that_calls_itself_so_in_its_answers_must_do_so(door, issuer):
    issuer.metadata = {"authorization_response_iss_parameter_supported": True}
    await door.refused()
    assert await door.go(iss=issuer.issuer)
    with pytest.raises(Refused, match="does not hold"):
        await door.go(iss="https://elsewhere.example")


async def test_a_key_set_that_is_none_lets_nobody_in(door, issuer):
    for shown in ([], [{"kty": "EC"}], [{"kty": "what"}], ["key"], [None]):
        issuer.shown = shown
        door.provider._keys = None
        await door.refused()
