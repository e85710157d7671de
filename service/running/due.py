"""What the service does on its own: as time passes (expire, lapse), and after a stop (what was left half done)."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from projections import commitments, directors, rounds
from service.commands import Call
from service.domain.refusals import NotFound, Refused
from service.house import House
from service.running.logs import where

EVERY = 60.0  # seconds between two looks at what has come due
MADE_ANEW = 900.0  # seconds to wait for read models that begin again with a large ledger
TURN = 1.0  # seconds until it is noticed that whoever looked has gone
LEASE = "what comes due"
log = structlog.get_logger()


async def record_what_came_due(house: House) -> None:
    """Requests and offers nobody answered expire, declarations nobody confirmed lapse; nothing else is ever judged."""
    await house.read_models.reached(await house.ledger.head(), MADE_ANEW, of=[commitments.NAME])
    now = house.clock()
    async with house.read_models.read() as db:
        unanswered = await commitments.due_to_expire(db, now)
        unconfirmed = await commitments.due_to_lapse(db, now)
    for id, came_due in unanswered:
        with suppress(Refused):  # somebody answered in this very moment
            await house.commitments.expire(id, came_due=came_due)
    for id, came_due in unconfirmed:
        with suppress(Refused):
            await house.commitments.lapse(id, came_due=came_due)
    await house.read_models.reached(await house.ledger.head())


async def ask_rounds_again(house: House) -> None:
    """Rounds that were closed and have no answer: the service stopped while they were being worked on."""
    async with house.read_models.read() as db:
        for id in await rounds.unanswered(db):
            if id not in house.workshop.failures:  # nothing has changed that would make it succeed
                house.workshop.ask(id)


async def finish_forgetting(house: House) -> None:
    """Whoever is recorded as forgotten has no key left, even if the service stopped in between; whoever is on the list
    of the forgotten, and whom the ledger still knows, came back with an older backup and is forgotten again."""
    for id in house.folder.read_forgotten():
        try:
            await house.directors.forget_again(id, call=Call(by=id, via="backup restored"))
        except NotFound:
            await house.directors.erase(id)
    await house.read_models.reached(await house.ledger.head(), MADE_ANEW, of=[directors.NAME])
    async with house.read_models.read() as db:
        for id in await directors.forgotten(db):
            await house.directors.erase(id)


async def keep_watch(house: House) -> None:
    """Looks at what has come due and which rounds wait for an answer, again and again. Of several processes one does,
    and another as soon as that one has gone."""
    time = asyncio.get_running_loop().time
    held = await house.leases.hold(LEASE)
    next_look = time() + EVERY
    while True:
        await asyncio.sleep(min(TURN, EVERY))
        held_before, held = held, await house.leases.hold(LEASE)
        if not held or (held_before and time() < next_look):
            continue
        next_look = time() + EVERY
        try:
            await record_what_came_due(house)
            await ask_rounds_again(house)
        except Exception as failure:  # a look that fails is reported, and the next one still happens
            log.error("what came due was not recorded", kind=type(failure).__name__, at=where(failure))
