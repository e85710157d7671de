"""Tokens and e-mail addresses: shown once, kept as hashes, revoked for good."""

import asyncio
import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from service.access import TokenStore
from service.access.caller import caller
from service.access.postgres import PostgresTokens
from tests.life import a_second_later
from tests.postgres_server import server

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANN, BOB = uuid4(), uuid4()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def open_again(request, tmp_path):
    """The same store as another process would open it. Every test is run on both."""
    if request.param == "SQLite":
        return lambda: TokenStore.open(tmp_path / "access.db", secret=b"s" * 32)
    url = server().database()

    async def opened():
        return TokenStore(await PostgresTokens.open(url), b"s" * 32)

    return opened


@pytest.fixture
async def tokens(open_again):
    store = await open_again()
    yield store
    await store.close()


async def test_a_token_says_who_somebody_is(tokens):
    issued = await tokens.issue(ANN, now=NOW, issued_via="init")
    assert issued.text.startswith("unstuck_")
    assert len(issued.text) == len("unstuck_") + 43
    assert (await tokens.who(issued.text, NOW)).director == ANN


@pytest.mark.parametrize("text", ["", "unstuck_", "unstuck_" + "A" * 43, "é"])
async def test_any_other_text_says_nothing(tokens, text):
    await tokens.issue(ANN, now=NOW, issued_via="init")
    assert await tokens.who(text, NOW) is None


@pytest.mark.parametrize("open_again", ["SQLite"], indirect=True)
async def test_the_file_opens_no_door(tokens, tmp_path):
    issued = await tokens.issue(ANN, now=NOW, issued_via="init")
    await tokens.reserve("ann@example.org", ANN)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert issued.text.encode() not in kept
    assert issued.text.removeprefix("unstuck_").encode() not in kept
    assert b"ann@" not in kept
    assert (tmp_path / "access.db").stat().st_mode & 0o077 == 0


async def test_a_token_ends_when_it_expires(tokens):
    issued = await tokens.issue(ANN, now=NOW, expires=NOW + timedelta(days=1), issued_via="init")
    assert await tokens.who(issued.text, NOW + timedelta(hours=23))
    assert await tokens.who(issued.text, NOW + timedelta(days=1)) is None


async def test_a_revoked_token_opens_nothing(tokens):
    issued = await tokens.issue(ANN, now=NOW, issued_via="init")
    assert await tokens.revoke(issued.token.id, ANN, now=NOW)
    assert await tokens.who(issued.text, NOW) is None
    assert [token.revoked_at for token in await tokens.of(ANN)] == [NOW]


async def test_a_token_revoked_by_another_process_opens_nothing_a_second_later(tokens, open_again, monkeypatch):
    issued = await tokens.issue(ANN, now=NOW, issued_via="init")
    elsewhere = await open_again()
    assert await tokens.who(issued.text, NOW)
    await elsewhere.revoke(issued.token.id, ANN, now=NOW)
    await elsewhere.close()
    a_second_later(monkeypatch)
    assert await tokens.who(issued.text, NOW) is None


async def test_a_token_looked_up_while_it_is_revoked_is_not_remembered(tokens):
    issued = await tokens.issue(ANN, now=NOW, issued_via="init")
    for _ in range(20):
        again = await tokens.issue(ANN, now=NOW, issued_via="init")
        await asyncio.gather(tokens.who(again.text, NOW), tokens.revoke(again.token.id, ANN, now=NOW))
        assert await tokens.who(again.text, NOW) is None
    assert await tokens.who(issued.text, NOW)


async def test_a_remembered_token_still_ends_when_it_expires(tokens):
    issued = await tokens.issue(ANN, now=NOW, expires=NOW + timedelta(seconds=5), issued_via="init")
    assert await tokens.who(issued.text, NOW)
    assert await tokens.who(issued.text, NOW + timedelta(seconds=5)) is None


async def test_nobody_revokes_the_token_of_another(tokens):
    issued = await tokens.issue(ANN, now=NOW, issued_via="init")
    assert not await tokens.revoke(issued.token.id, BOB, now=NOW)
    assert await tokens.who(issued.text, NOW)


async def test_all_tokens_of_somebody_are_revoked_at_once(tokens):
    mine = [await tokens.issue(ANN, now=NOW, issued_via="init") for _ in range(2)]
    theirs = await tokens.issue(BOB, now=NOW, issued_via="init")
    await tokens.revoke_all(ANN, now=NOW)
    assert [await tokens.who(each.text, NOW) for each in mine] == [None, None]
    assert await tokens.who(theirs.text, NOW)


async def test_a_token_is_said_once_even_when_asked_again_under_its_key(tokens):
    first = await tokens.issue(ANN, now=NOW, issued_by=BOB, issued_via="api", key="k")
    again = await tokens.issue(ANN, now=NOW + timedelta(hours=1), issued_by=BOB, issued_via="api", key="k")
    assert (again.text, again.token) == (None, first.token)
    assert len(await tokens.of(ANN)) == 1


async def test_without_a_key_each_token_is_another(tokens):
    texts = {(await tokens.issue(ANN, now=NOW, issued_by=BOB, issued_via="api")).text for _ in range(3)}
    assert len(texts) == 3


@pytest.mark.parametrize(
    ("said", "door"),
    [
        ({"issued_via": "init"}, "api"),
        ({"issued_via": "command line"}, "token issued on the command line"),
        ({"issued_via": "api", "issued_by": BOB}, f"token issued by {BOB}"),
    ],
    ids=["init", "command line", "api"],
)
async def test_events_tell_who_handed_out_the_key_to_the_door(tokens, said, door):
    issued = await tokens.issue(ANN, now=NOW, **said)
    assert caller(issued.token, frozenset()).via == door


async def test_an_address_belongs_to_whoever_took_it_first(tokens):
    assert await tokens.reserve("Ann@Example.org", ANN) == ANN
    assert await tokens.reserve(" ann@example.org", BOB) == ANN
    assert await tokens.find("ANN@example.org") == ANN


async def test_an_address_let_go_is_free(tokens):
    await tokens.reserve("ann@example.org", ANN)
    await tokens.let_go("ann@example.org", BOB)
    assert await tokens.find("ann@example.org") == ANN
    await tokens.let_go("ann@example.org", ANN)
    assert await tokens.reserve("ann@example.org", BOB) == BOB


async def test_somebody_settles_on_one_address_or_none(tokens):
    for address in ("old@example.org", "new@example.org"):
        await tokens.reserve(address, ANN)
    await tokens.settle("new@example.org", ANN)
    assert (await tokens.find("old@example.org"), await tokens.find("new@example.org")) == (None, ANN)
    await tokens.settle(None, ANN)
    assert await tokens.find("new@example.org") is None


async def test_the_same_words_have_the_same_id_and_nobody_can_tell_the_words(tokens, tmp_path):
    id = tokens.opaque_id("post", "Home Office", "12")
    assert id == tokens.opaque_id("post", "Home Office", "12")
    assert id.version == 8
    assert isinstance(id, UUID)
    assert len({id, tokens.opaque_id("post", "Home Office1", "2"), tokens.opaque_id("pos", "t", "Home Office")}) == 3
    other = await TokenStore.open(tmp_path / "other.db", secret=b"o" * 32)
    assert other.opaque_id("post", "Home Office", "12") != id
    await other.close()


async def test_tokens_outlive_the_process(open_again):
    store = await open_again()
    issued = await store.issue(ANN, now=NOW, issued_via="init")
    await store.close()
    store = await open_again()
    found = await store.who(str(issued.text), NOW)
    assert found == issued.token
    await store.close()


BEFORE_SCOPES = """
CREATE TABLE tokens (id BLOB PRIMARY KEY, hash BLOB NOT NULL UNIQUE, director BLOB NOT NULL, issued_by BLOB,
    issued_via TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT, revoked_at TEXT, key TEXT, request BLOB,
    UNIQUE (issued_by, key));
CREATE TABLE emails (hash BLOB PRIMARY KEY, director BLOB NOT NULL);
"""
ONE = "INSERT INTO tokens (id, hash, director, issued_via, created_at) VALUES (?, ?, ?, ?, ?)"


def row(text):
    return ANN.bytes, hashlib.sha256(text.encode()).digest(), ANN.bytes, "init", NOW.isoformat()


async def test_a_token_from_before_there_were_scopes_may_do_what_it_could(tmp_path):
    with sqlite3.connect(tmp_path / "access.db") as db:
        db.executescript(BEFORE_SCOPES)
        db.execute(ONE, row("old"))
    store = await TokenStore.open(tmp_path / "access.db", secret=b"s" * 32)
    token = await store.who("old", NOW)
    await store.close()
    assert token
    assert caller(token, frozenset()).may_write


async def test_and_so_may_one_in_postgresql():
    url = server().database()
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE SCHEMA access; SET search_path TO access;" + BEFORE_SCOPES.replace("BLOB", "bytea"))
        db.execute(ONE.replace("?", "%s"), row("old"))
    store = TokenStore(await PostgresTokens.open(url), b"s" * 32)
    token = await store.who("old", NOW)
    await store.close()
    assert token
    assert caller(token, frozenset()).may_write


async def test_a_token_to_read_with_may_do_nothing_else(tokens):
    issued = await tokens.issue(ANN, now=NOW, issued_via="init", scope="read")
    token = await tokens.who(issued.text, NOW)
    assert token.scope == "read"
    assert not caller(token, frozenset({"administrator"})).may_write
