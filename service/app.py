"""Builds the service: the only place where the rooms meet."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial, reduce
from typing import Any
from uuid import UUID, uuid4

from aiohttp.web import Application

from projections import COUNTED, MODELS, matching_question
from projections import directors as directory
from projections.read_models import ReadModels
from service import signing_in, web
from service.access.limits import WINDOW, Tries
from service.api import Rooms, create_api
from service.api.connections import open_to_callers
from service.api.inside import Inside
from service.commands import (
    Commitments,
    Conversations,
    Desk,
    Directors,
    Goals,
    Inspections,
    Notes,
    Problems,
    Purposes,
    Rounds,
    Sets,
)
from service.commands.audit import Audit
from service.commands.imports import Imports
from service.commands.question import Questions
from service.commands.workshop import Workshop
from service.domain import director
from service.domain.refusals import NotFound, Refusal
from service.domain.words import Sealed
from service.house import House
from service.keeping import replacing, stores
from service.keeping.stores import Store, open_store
from service.ledger import ERASED, Ledger, Stopped, WrongKey
from service.ledger.signing import Signer
from service.running import due, operations
from service.running.clock import Clock
from service.running.control import listening
from service.running.folder import Folder
from service.settings import Settings, Unusable
from service.web.pictures import ready_to_draw


@asynccontextmanager
async def open_house(
    settings: Settings, clock: Clock, *, rehearsal: bool = False, new: bool = False
) -> AsyncIterator[House]:
    """The house of one data folder, for as long as the context lasts. InUse when another process has it open, Unusable
    when something in it is missing or damaged."""
    folder = Folder(settings.data)
    if not new:
        await asyncio.to_thread(stores.must_exist, settings, folder)
    async with AsyncExitStack() as stack:
        stack.enter_context(folder.held())
        folder.clear_copies()
        await asyncio.to_thread(replacing.finish, settings, folder)
        try:
            house = await _opened(stack, settings, folder, clock, rehearsal)
        except WrongKey as wrong:
            raise Unusable(str(wrong)) from None
        except sqlite3.DatabaseError as error:
            advice = "run `unstuck doctor`, which says what and what to do"
            raise Unusable(f"Something in {folder.path} cannot be read ({error}): {advice}.") from None
        yield house


async def _opened(stack: AsyncExitStack, settings: Settings, folder: Folder, clock: Clock, rehearsal: bool) -> House:
    """The rooms, opened and joined; the stack closes them in turn."""
    key = folder.key_encryption_key(settings)
    store = await stack.enter_async_context(open_store(settings, folder, key))
    ledger, tokens = store.ledger, store.access.tokens
    read_models = ReadModels(folder.read_models, ledger.events_after, MODELS)
    await read_models.open()
    stack.push_async_callback(read_models.close)
    ledger.on_commit(read_models.wake)
    read_models.wake(await ledger.head())

    desk = Desk(ledger, clock)
    questions = Questions(partial(_question_at, ledger))
    workshop = Workshop(desk, questions, settings.match_seconds, store.leases)
    stack.push_async_callback(workshop.close)
    erase = partial(_erase, folder, store, clock)
    administrators = partial(_administrators, ledger, read_models)
    nouns = _nouns(desk, questions, workshop, Directors(desk, uuid4, tokens, erase, administrators), store)
    roles_of = partial(_roles_of, ledger)
    sign_in = signing_in.by_link(settings, store.access, roles_of, clock)
    stack.push_async_callback(sign_in.close)
    rooms = Rooms(
        **nouns,
        read_models=read_models,
        tokens=tokens,
        sessions=store.access.sessions,
        calendars=store.access.calendars,
        history=ledger.history,
        head=ledger.head,
        waiting=ledger.waiting,
        stopped=partial(_stopped, ledger),
        unseal=ledger.unseal,
        audit=Audit(ledger, Signer(key)),
        roles_of=roles_of,
        clock=clock,
        secret=store.keyring.secret("requests"),
        issue_tokens=settings.issue_tokens,
        requests=Tries(settings.requests, WINDOW),
        public_url=settings.public_url,
        proxies=settings.proxies,
        clock_was_set=rehearsal,
    )
    return House(
        settings=settings,
        folder=folder,
        clock=clock,
        ledger=ledger,
        leases=store.leases,
        access=store.access,
        tokens=tokens,
        sign_in=sign_in,
        openid=signing_in.by_provider(settings, store.access, roles_of, store.keyring.secret("openid")),
        read_models=read_models,
        imports=Imports(desk, tokens.opaque_id),
        workshop=workshop,
        rooms=rooms,
        **nouns,
    )


def _nouns(desk: Desk, questions: Questions, workshop: Workshop, directors: Directors, store: Store) -> dict[str, Any]:
    """The commands, by the noun they are about."""
    return {
        "directors": directors,
        "problems": Problems(desk, uuid4),
        "conversations": Conversations(desk, uuid4, store.ballots),
        "commitments": Commitments(desk, uuid4),
        "inspections": Inspections(desk, uuid4),
        "goals": Goals(desk, uuid4),
        "notes": Notes(desk, uuid4),
        "purposes": Purposes(desk),
        "rounds": Rounds(desk, uuid4, questions, workshop),
        "sets": Sets(desk, questions),
    }


def _stopped(ledger: Ledger) -> str | None:
    return str(ledger.trouble) if isinstance(ledger.trouble, Stopped) else None


async def _roles_of(ledger: Ledger, id: UUID) -> frozenset[str] | None:
    try:
        person = await ledger.recall(director.recall(id))
    except NotFound:
        return None
    return None if person.left else person.roles


async def _administrators(ledger: Ledger, read_models: ReadModels) -> list[UUID]:
    """Whoever administers the network, by everything that has been recorded."""
    await read_models.reached(await ledger.head(), of=[directory.NAME])
    async with read_models.read() as db:
        return await directory.administrators(db)


async def _erase(folder: Folder, store: Store, clock: Clock, id: UUID) -> None:
    """Destroys what opens a person's words, and what opens the door for them; a restored backup does it again."""
    await asyncio.to_thread(folder.add_forgotten, [id])
    await asyncio.to_thread(store.keyring.destroy, id)
    await store.ballots.forget(id)
    await store.access.shut_out(id, now=clock())


async def _question_at(ledger: Ledger, round_id: UUID, position: int) -> tuple[dict[str, Any], dict[UUID, str]]:
    """The question of a round folded from everything recorded up to a position. Other threads do that: it may be a lot,
    and nobody should wait for it who asks for something else."""
    state, after = None, 0
    while after < position and (events := await ledger.events_after(after, min(1000, position - after))):
        state = await asyncio.to_thread(reduce, matching_question.fold, events, state)
        after = events[-1].position

    def unseal(words: Sealed | None) -> str | None:
        # Whoever was forgotten since has nothing to say any more; words that are locked stop the round.
        text = ledger.unseal(words)
        return None if text == ERASED else text

    asked = await asyncio.to_thread(matching_question.as_input, state, round_id, unseal)
    return asked, matching_question.left_out(state, round_id)


async def begin(settings: Settings, clock: Clock, admin: str) -> dict[str, Any]:
    """A new network with its first administrator; leaves nothing behind when the address is refused."""
    folder = Folder(settings.data)
    await asyncio.to_thread(stores.create, settings, folder)
    try:
        async with open_house(settings, clock, new=True) as house:
            if await house.ledger.head():  # somebody else began it in this very moment
                raise stores.taken(settings, folder)
            return await operations.begin(house, admin)
    except Refusal as refusal:
        await asyncio.to_thread(stores.clear, settings, folder)
        raise Unusable(str(refusal)) from None


async def serve(settings: Settings, clock: Clock, *, host: str, port: int, rehearsal: bool = False) -> None:
    """Serves until SIGTERM or SIGINT; then takes nothing new, answers what is under way, and stops."""
    async with serving(settings, clock, host=host, port=port, rehearsal=rehearsal) as (_, address):
        stopped = told_to_stop()
        print(f"Unstuck is serving at {address}", flush=True)
        await stopped.wait()


def told_to_stop() -> asyncio.Event:
    """Set once this process gets SIGTERM or SIGINT: listened for before anybody is told that it serves."""
    stopped = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    return stopped


@asynccontextmanager
async def serving(
    settings: Settings,
    clock: Clock,
    *,
    host: str,
    port: int,
    rehearsal: bool = False,
    workers: Callable[[], str] | None = None,
) -> AsyncIterator[tuple[House, str]]:
    """The house, open to callers, and its address, which it shares where it is one of several `workers`. What has come
    due is recorded before the first is let in (by each process that starts: the ledger takes it only once)."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings, clock, rehearsal=rehearsal))
        house = replace(house, rooms=replace(house.rooms, workers=workers)) if workers else house
        await due.finish_forgetting(house)
        await house.conversations.finish_voting()
        await due.record_what_came_due(house)
        await due.ask_rounds_again(house)
        await _made_ready(house)
        watching = asyncio.create_task(due.keep_watch(house), name="what comes due")
        stack.push_async_callback(_stop, watching)
        await stack.enter_async_context(listening(house.folder.socket, partial(_operation, house)))
        _rest_the_collector()
        callers = open_to_callers(doors(house), host, port, shared=workers is not None)
        try:
            actual = await stack.enter_async_context(callers)
        except OSError as error:
            raise Unusable(f"Nothing can be served at {host}:{port}: {error.strerror}.") from None
        yield house, f"http://{f'[{host}]' if ':' in host else host}:{actual}"


async def _made_ready(house: House) -> None:
    """What takes long once is done before anybody waits for it: what draws is loaded, what reports count is read."""
    await asyncio.to_thread(ready_to_draw)
    async with house.read_models.read() as db:
        for table in COUNTED:
            await db.facts(table)


def doors(house: House, pages: Sequence[web.Pages] = web.NOUNS) -> Application:
    """The API and the pages, at one address: pages are everywhere outside /v1."""
    rooms = house.rooms
    api = create_api(rooms)
    needs = web.House(
        inside=Inside(rooms),
        sessions=rooms.sessions,
        sign_in=house.sign_in,
        openid=house.openid,
        roles_of=rooms.roles_of,
        head=rooms.head,
        shown=rooms.read_models.positions,
        clock=rooms.clock,
        entropy=os.urandom,
        secret=hmac.digest(rooms.secret, b"forms", hashlib.sha256),
        public_url=rooms.public_url,
    )
    web.add_pages(api, needs, pages)
    return api


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _rest_the_collector() -> None:
    """What has been built so far stays, and what a request leaves goes by itself: looking through all of it every few
    hundred objects would hold everybody up for tens of milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 100)


async def _operation(house: House, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """One of the operations of the command line."""
    if name not in operations.OPERATIONS:
        raise Unusable(f"The running service knows no operation {name!r}: is it of the same version?")
    return await operations.perform(house, name, arguments)
