"""A network as a whole, wherever it lives, put where there was none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from service.keeping import archive, stores
from service.ledger import NotRecorded, WrongKey, carrying_files, leaves
from service.ledger.carrying import Carried, Differs, Failed, Kept, Room, StillServed, Taken, Unknown, carry
from service.running.folder import Folder
from service.settings import Settings, Unusable


@dataclass(frozen=True)
class Place:
    """Where a network lives: the files of that folder, or the database that settings name."""

    settings: Settings
    folder: Folder

    @property
    def shown(self) -> str:
        """As it may be shown: without a password."""
        return stores.shown(self.settings, self.folder)

    def size(self) -> int:
        """How far the ledger has got."""
        with stores.open_leaves(self.settings, self.folder) as leaves:
            return leaves.size()


def carry_over(source: Place, to: Place, *, alone: bool, told: Callable[[int], object]) -> Carried:
    """Everything in one place, put into another that holds no network, and read again there. Unusable with a sentence,
    and no network there, when it cannot be; where it came from nothing is changed.

    With `alone` nobody else may be at work on either; folders are to be held by whoever calls this. `told` hears of
    events, twice each."""
    try:
        # Whether somebody was at work meanwhile is looked at before what was put there is taken for good.
        with _filling(to) as room, _reading(source, alone=alone) as kept:
            if alone and kept.open_votes():
                raise Unusable("A vote is open, and ballots are never copied: close it first, and move then.")
            carried = carry(kept, room, told)
            to.folder.add_forgotten(map(UUID, carried.forgotten))
        return carried
    except (NotRecorded, WrongKey, leaves.Unreadable, Unknown) as why:
        raise Unusable(str(why)) from None
    except Taken:
        raise stores.taken(to.settings, to.folder) from None
    except StillServed as who:
        raise Unusable(f"{who}: stop every service of this network first, on every machine.") from None
    except Differs as differs:
        raise Unusable(f"It did not arrive as it was ({differs}): what is in {to.shown} is not used.") from None
    except (Failed, OSError) as error:
        raise Unusable(f"Not everything could be carried to {to.shown} ({error}); it still is where it was.") from None


@contextmanager
def _reading(place: Place, *, alone: bool) -> Iterator[Kept]:
    stores.must_exist(place.settings, place.folder)
    if place.settings.database_url is None:
        with carrying_files.reading(_paths(place.folder)) as kept:
            yield kept
        return
    from service.ledger import postgres_carrying

    how = postgres_carrying.alone if alone else postgres_carrying.reading
    with how(place.settings.database_url) as everything:
        yield everything


@contextmanager
def _filling(place: Place) -> Iterator[Room]:
    """Room where there is no network. What was put in is one once the context has ended well."""
    stores.must_be_free(place.settings, place.folder)
    key = place.folder.key_encryption_key(place.settings)
    if place.settings.database_url is None:
        with _unfinished(place.folder):
            asyncio.run(_made(place, key))
            with carrying_files.filling(_paths(place.folder)) as room:
                yield room
        return
    from service.ledger import postgres_carrying

    asyncio.run(_made(place, key))
    with postgres_carrying.filling(place.settings.database_url) as schemas:
        yield schemas


def must_be_empty(folder: Folder, may_hold: tuple[str, ...] = ()) -> None:
    """Unusable when there is anything in that folder but a key, a list of the forgotten, what may be there besides, and
    what a move left that was broken off."""
    allowed = {"master.key", "forgotten", "lock", *may_hold}
    if folder.unfinished.exists():
        allowed |= {"unfinished", *(path.name for path in _paths(folder).values())}
    if folder.path.exists() and not folder.path.is_dir():
        raise Unusable(f"{folder.path} is no folder: name another.")
    here = {re.sub("-(wal|shm|journal)$", "", path.name) for path in folder.path.glob("*")}
    if strange := sorted(here - allowed):
        raise Unusable(f"{folder.path} is not empty ({strange[0]} is in it): name an empty folder.")


def _paths(folder: Folder) -> carrying_files.Paths:
    always: carrying_files.Paths = {"ledger": folder.ledger, "keys": folder.keys, "access": folder.access}
    return always | ({"ballots": folder.ballots} if folder.ballots.exists() else {})


async def _made(place: Place, key: bytes) -> None:
    """Every table is there, and nothing in them."""
    async with stores.open_store(place.settings, place.folder, key):
        pass


@contextmanager
def _unfinished(folder: Folder) -> Iterator[None]:
    """As long as a network is put into that folder it is marked. What an earlier attempt left there is taken away, and
    so is what this one would leave; only one that is killed leaves the mark."""
    folder.unfinished.touch(0o600)
    archive.sync(folder.path)
    _clear(folder)
    try:
        yield
    except BaseException:
        _clear(folder)
        folder.unfinished.unlink()
        raise
    archive.sync(folder.path)
    folder.unfinished.unlink()
    archive.sync(folder.path)


def _clear(folder: Folder) -> None:
    for path in _paths(folder).values():
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
