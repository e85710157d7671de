"""A network out of its backups: checked before anything is touched, and the forgotten stay forgotten."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from service import app
from service.keeping import archive, stores
from service.keeping.archive import Header
from service.keeping.whole import Place, carry_over, must_be_empty
from service.ledger import copies
from service.running import due
from service.running.clock import Clock
from service.running.folder import Folder
from service.running.progress import counting
from service.settings import Settings, Unusable

KEYS = ("keys.db", "access.db")
"""What is used where it lies in the folder already, and no keys are brought."""
KEYS_KEPT = timedelta(days=30)
"""A copy of the keys that is older opens them only beside the list of those who were forgotten since."""
AT_HAND = ("master.key", "forgotten")
"""What lies in a folder even where the network lies in a database."""


async def restore(
    settings: Settings, clock: Clock, file: Path, *, keys: Path | None = None, forgotten: Path | None = None
) -> dict[str, Any]:
    """The network in that backup, where there is none. Unusable, and nothing changed, when it cannot be."""
    folder = Folder(settings.data)
    await asyncio.to_thread(_must_be_free, settings, folder, keys is not None)
    events = await asyncio.to_thread(archive.checked, file, "events")
    is_list_at_hand = forgotten is not None or folder.forgotten.exists()
    if keys is not None:
        said = await asyncio.to_thread(archive.checked, keys, "keys")
        if said.network != events.network:
            raise Unusable(f"{keys} holds the keys of another network than {file}: name the one made with it.")
        _must_know_the_forgotten(said, is_list_at_hand, clock())
    gone = {*folder.read_forgotten(), *(_list(forgotten) if forgotten else ())}
    folder.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.path.name}.restoring-", dir=folder.path.parent) as name:
        beside = Folder(Path(name))
        await asyncio.to_thread(_laid_out, settings, folder, beside, file, keys, events)
        beside.add_forgotten(gone)
        done = await _opened(replace(settings, data=beside.path, database_url=None), clock, events)
        await asyncio.to_thread(_move, settings, beside, folder)
    since = f"no list of them was at hand: whoever was forgotten after {events.made_at} has to be forgotten again"
    return {**done, **({} if is_list_at_hand else {"list": since}), "data": str(folder.path)}


def _must_know_the_forgotten(keys: Header, is_list_at_hand: bool, now: datetime) -> None:
    """Unusable where keys were copied long ago and nobody says who was forgotten since: they could be read again."""
    try:
        age = now - datetime.fromisoformat(keys.made_at)
    except (TypeError, ValueError):
        raise Unusable("The file of the keys is damaged (it does not say when it was made): use another.") from None
    if not is_list_at_hand and age > KEYS_KEPT:
        raise Unusable(
            f"These keys were copied on {keys.made_at[:10]}, more than {KEYS_KEPT.days} days ago, and open the words of"
            " whoever was forgotten since: name the newest list with --forgotten; where nobody was, an empty file."
        )


def _must_be_free(settings: Settings, folder: Folder, bringing_keys: bool) -> None:
    folder.must_be_finished()
    stores.must_be_free(settings, folder)
    if folder.exists():
        raise Unusable(f"There is a network in {folder.path} already: restore into another folder with --data.")
    must_be_empty(folder, () if settings.database_url else KEYS)
    if bringing_keys and any((folder.path / name).exists() for name in KEYS):
        raise Unusable(f"There are keys in {folder.path} already: leave out --keys to use them, or move them away.")


def _laid_out(
    settings: Settings, folder: Folder, beside: Folder, file: Path, keys: Path | None, events: Header
) -> None:
    """Everything a network needs, beside the folder it will stand in."""
    archive.unpack(file, beside.path)
    try:
        found = copies.looked_through(beside.ledger)
    except copies.Damaged as damage:
        raise Unusable(f"{file} cannot be used: {damage}.") from None
    if (found.head, found.events, found.network) != (events.head, events.events, events.network):
        raise Unusable(f"{file} does not hold what its header says: use another backup.")
    if keys is not None:
        archive.unpack(keys, beside.path)
    elif folder.keys.exists():
        for path in (folder.keys, folder.access):
            if path.exists():
                copies.copy(path, beside.path / path.name)
    if folder.master_key.exists():  # the one that is there is the one somebody put there
        shutil.copyfile(folder.master_key, beside.master_key)
        beside.master_key.chmod(0o600)
    if settings.master_key is not None:
        beside.master_key.unlink(missing_ok=True)
    elif not beside.master_key.exists() and not beside.keys.exists():
        beside.make_master_key()


async def _opened(settings: Settings, clock: Clock, events: Header) -> dict[str, Any]:
    """Opened once, where nobody sees it: keys fit, every event can be read, the forgotten are forgotten."""
    beside = Folder(settings.data)
    with_keys = beside.keys.exists()
    async with app.open_house(settings, clock, new=not with_keys) as house:
        await due.finish_forgetting(house)
        await house.access.begin_anew(now=clock())
        head = await house.ledger.head()
        await house.read_models.reached(head, seconds=3600)
        failed = [said["failure"] for said in house.read_models.status().values() if said["failure"]]
        if failed:
            raise Unusable(f"The backup cannot be read to its end: {failed[0]}")
    words = "readable" if with_keys else "locked: no keys were given, and whoever wrote them has to sign in anew"
    return {"restored": events.events, "position": head, "forgotten": len(beside.read_forgotten()), "words": words}


def _move(settings: Settings, beside: Folder, folder: Folder) -> None:
    """The finished network into its place; the ledger comes last, and with it the network is there."""
    folder.make()
    with folder.held():
        stores.must_be_free(settings, folder)
        if settings.database_url is not None:
            _move_into_database(settings, beside, folder)
            return
        names = [path.name for path in beside.path.iterdir() if path.name not in ("lock", "service.sock")]
        _put(beside, folder, sorted(names, key=lambda name: name == folder.ledger.name))


def _move_into_database(settings: Settings, beside: Folder, folder: Folder) -> None:
    """Ledger, keys and sign-in into the database, what this machine needs besides into its folder."""
    brought = [name for name in AT_HAND if (beside.path / name).exists() and not (folder.path / name).exists()]
    _put(beside, folder, brought)  # without the key what lies in the database would be locked
    try:
        source = Place(replace(settings, data=beside.path, database_url=None), beside)
        with counting("Restoring", 2 * source.size(), " events") as told:
            carry_over(source, Place(settings, folder), alone=True, told=told)
    except BaseException:
        for name in brought:
            (folder.path / name).unlink()
        raise
    folder.add_forgotten(beside.read_forgotten())
    _put(beside, folder, [folder.read_models.name])


def _put(beside: Folder, folder: Folder, names: Sequence[str]) -> None:
    for name in names:
        for suffix in ("-wal", "-shm"):
            (folder.path / f"{name}{suffix}").unlink(missing_ok=True)
        os.replace(beside.path / name, folder.path / name)
    archive.sync(folder.path)


def _list(path: Path) -> set[UUID]:
    try:
        return Folder.forgotten_in(path.read_text())
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise Unusable(f"{path} is no list of the forgotten: it should hold one id a line.") from None
