"""Which store a network lives in: files in its folder, or PostgreSQL. Nobody else needs to know."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from types import ModuleType

from service.access import AccessStore
from service.access import ballots as of_votes
from service.access.ballots import Ballots
from service.access.token_file import TokenFile
from service.ledger import Keyring, Ledger, NotRecorded, SQLiteLedger, WrongKey, leaves, recorder
from service.ledger.carrying import StillServed
from service.ledger.key_file import KeyFile
from service.ledger.keyring import Shelf
from service.ledger.leases import Leases, NobodyElse
from service.ledger.signing import Signer
from service.ledger.tree import Leaves
from service.running.folder import Folder
from service.settings import Settings, Unusable

INIT = "run `unstuck init --admin EMAIL` first"


@dataclass(frozen=True)
class Store:
    """Everything that is kept: events, the keys of the words in them, who may sign in, open votes, who does what."""

    ledger: Ledger
    keyring: Keyring
    access: AccessStore
    ballots: Ballots
    leases: Leases


@contextmanager
def _away() -> Iterator[None]:
    """A database that does not answer makes everything unusable that begins by asking it."""
    try:
        yield
    except NotRecorded as away:
        raise Unusable(str(away)) from None


@asynccontextmanager
async def open_store(settings: Settings, folder: Folder, key: bytes) -> AsyncIterator[Store]:
    """The store, made if need be, for as long as the context lasts."""
    async with AsyncExitStack() as stack:
        with _away():
            store = await (_in_postgres if settings.database_url else _in_files)(stack, settings, folder, key)
        yield store


async def _in_files(stack: AsyncExitStack, settings: Settings, folder: Folder, key: bytes) -> Store:
    keyring = Keyring.open(folder.keys, key)
    stack.callback(keyring.close)
    secret = keyring.secret("access")
    ledger = await SQLiteLedger.open(folder.ledger, keyring, queue=settings.queue)
    stack.push_async_callback(ledger.close)
    access = AccessStore.over(await TokenFile.open(folder.access), secret)
    stack.push_async_callback(access.close)
    # No write-ahead log: what is destroyed would still lie in it.
    votes = await TokenFile.open(folder.ballots, of_votes.TABLES, (), journal="DELETE")
    ballots = Ballots(votes, secret, secrets.token_bytes)
    stack.push_async_callback(ballots.close)
    return Store(ledger, keyring, access, ballots, NobodyElse())


async def _in_postgres(stack: AsyncExitStack, settings: Settings, folder: Folder, key: bytes) -> Store:
    _driver()
    from service.access.postgres import PostgresTokens
    from service.ledger.postgres import PostgresLedger
    from service.ledger.postgres_keys import open_keyring
    from service.ledger.postgres_leases import PostgresLeases

    url = settings.database_url or ""
    keyring = await asyncio.to_thread(open_keyring, url, key)
    stack.callback(keyring.close)
    secret = keyring.secret("access")
    ledger = await PostgresLedger.open(url, keyring, queue=settings.queue)
    stack.push_async_callback(ledger.close)
    access = AccessStore.over(await PostgresTokens.open(url), secret)
    stack.push_async_callback(access.close)
    votes = await PostgresTokens.open(url, of_votes.SCHEMA, of_votes.NEWEST, of_votes.for_postgres)
    ballots = Ballots(votes, secret, secrets.token_bytes)
    stack.push_async_callback(ballots.close)
    leases = PostgresLeases(url)
    stack.push_async_callback(leases.close)
    return Store(ledger, keyring, access, ballots, leases)


@_away()
def must_exist(settings: Settings, folder: Folder) -> None:
    """Unusable when no network was set up here, or when its keys are missing. The folder of a network in PostgreSQL is
    this machine's own, and is made when it is not there."""
    if settings.database_url is None:
        folder.must_exist()
        folder.must_be_whole()
        return
    postgres = _driver()
    if not postgres.has_events(settings.database_url):
        raise Unusable(f"There is no network in {shown(settings, folder)}: {INIT}.")
    if not postgres.has_keys(settings.database_url):
        raise Unusable("The schema `keys` is missing: restore it; without it nobody's words can be read.")
    folder.make()


@_away()
def check_key(settings: Settings, key: bytes) -> None:
    """WrongKey when that is not the one everybody's keys in PostgreSQL were wrapped with."""
    _driver().check_key(settings.database_url, key)


@_away()
def last_event(settings: Settings) -> tuple[int, str | None]:
    """The position of the last event in PostgreSQL, and when it was recorded."""
    found: tuple[int, str | None] = _driver().last_event(settings.database_url)
    return found


@_away()
def findings(settings: Settings) -> list[tuple[bool, str]]:
    """What PostgreSQL says of itself: whether that is well, and what to do."""
    return list(_driver().findings(settings.database_url))


@_away()
def create(settings: Settings, folder: Folder) -> None:
    """Makes ready for a new network, or for one that was begun and in which nothing was recorded. Unusable when there
    is one already."""
    if settings.database_url is None:
        folder.must_be_finished()
    else:
        must_be_free(settings, folder)
    if folder.exists() and not recorder.is_empty(folder.ledger):
        raise taken(replace(settings, database_url=None), folder)
    folder.create(settings)


@_away()
def must_be_free(settings: Settings, folder: Folder) -> None:
    """Unusable when a network lives there; what is left of a move that was broken off is none."""
    if settings.database_url is None:
        there = folder.exists() and not folder.unfinished.exists()
    else:
        there = _driver().has_events(settings.database_url)
        if schema := _driver().strange_schema(settings.database_url):
            where = shown(settings, folder)
            raise Unusable(
                f"The schema `{schema}` in {where} is somebody else's: name a database of the network's own."
            )
    if there:
        raise taken(settings, folder)


def taken(settings: Settings, folder: Folder) -> Unusable:
    """What is said to whoever would put a second network in one place."""
    other = "folder" if settings.database_url is None else "database"
    return Unusable(f"There is a network in {shown(settings, folder)} already: name another {other}.")


def shown(settings: Settings, folder: Folder) -> str:
    """Where a network lives, as it may be shown: without a password."""
    if settings.database_url is None:
        return str(folder.path)
    said: str = _driver().shown(settings.database_url)
    return said


def clear(settings: Settings, folder: Folder) -> None:
    """Takes away what was made for a network that was not begun after all."""
    if settings.database_url is not None:
        _driver().remove_unused(settings.database_url)
    folder.clear()


@contextmanager
def open_leaves(settings: Settings, folder: Folder) -> Iterator[Leaves]:
    """Every event with its hashes, to be read beside whoever writes. No key is needed."""
    if settings.database_url is None:
        folder.must_exist()
        try:
            with leaves.reading(folder.ledger) as kept:
                yield kept
        except leaves.Unreadable as why:
            raise Unusable(str(why)) from None
        return
    with _away():
        postgres = _driver()
        if not postgres.has_events(settings.database_url):
            raise Unusable(f"There is no network in {shown(settings, folder)}: {INIT}.")
        from service.ledger.postgres_leaves import reading

        with reading(settings.database_url) as kept:
            yield kept


@_away()
def signer(settings: Settings, folder: Folder) -> Signer:
    """Whoever signs for this network. Unusable when the key-encryption key is not the network's own."""
    must_exist(settings, folder)
    key = folder.key_encryption_key(settings)
    try:
        must_open(settings, folder, key)
    except WrongKey as wrong:
        raise Unusable(str(wrong)) from None
    return Signer(key)


def must_open(settings: Settings, folder: Folder, key: bytes) -> None:
    """WrongKey when that is not the key-encryption key of this network."""
    if settings.database_url is None:
        Keyring.open(folder.keys, key, read_only=True).close()
    else:
        check_key(settings, key)


@contextmanager
def keys_alone(settings: Settings, folder: Folder) -> Iterator[Shelf]:
    """Where everybody's keys lie, with nobody else at work on this network; folders are to be held by whoever calls
    this. Unusable when somebody is."""
    if settings.database_url is None:
        with closing(KeyFile(folder.keys, read_only=False)) as file:
            yield file
        return
    with _away():
        _driver()
        from service.ledger.postgres_carrying import held
        from service.ledger.postgres_keys import PostgresKeys

        try:
            with held(settings.database_url), closing(PostgresKeys(settings.database_url)) as schema:
                yield schema
        except StillServed as who:
            raise Unusable(f"{who}: stop every service of this network first, on every machine.") from None


def _driver() -> ModuleType:
    """What asks PostgreSQL about itself. Unusable where its driver is not installed."""
    try:
        from service.ledger import postgres_state
    except ModuleNotFoundError as missing:
        if missing.name != "psycopg":
            raise
        raise Unusable("UNSTUCK_DATABASE_URL needs the PostgreSQL driver: install `unstuck[postgres]`.") from None
    return postgres_state
