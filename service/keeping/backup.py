"""Backups, taken beside a running service: events in one file, what opens them in another."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from msgspec import structs

from service.house import House
from service.keeping import archive, stores
from service.keeping.archive import Header
from service.keeping.whole import Place, carry_over
from service.ledger import copies
from service.running.clock import Clock, machine_clock
from service.running.folder import Folder
from service.running.progress import counting
from service.settings import Settings, Unusable


async def backup(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """The events in one file and, when asked for, keys and sign-in in another. All that was acknowledged is in."""
    file, keys = await asyncio.to_thread(_files, arguments)
    folder = house.folder
    with folder.copying() as beside:
        # Events first: a key is written before what it seals, so that none is missing from a copy made later.
        for path in (folder.ledger, folder.keys, folder.access) if keys else (folder.ledger,):
            await asyncio.to_thread(copies.copy, path, beside / path.name)
        source = Place(house.settings, folder)
        # How old a copy is, is no matter of a clock that was set: after thirty days a restore asks for more.
        return await asyncio.to_thread(_written, source, machine_clock, Folder(beside), file, keys)


def backup_of_database(settings: Settings, clock: Clock, arguments: dict[str, Any]) -> dict[str, Any]:
    """The same of a network in PostgreSQL, as it stood at one moment, whoever serves it meanwhile."""
    file, keys = _files(arguments)
    source = Place(settings, Folder(settings.data))
    stores.signer(settings, source.folder)  # or the key is another than the one these keys were wrapped with
    source.folder.clear_copies()
    with source.folder.copying() as name:
        key = source.folder.key_encryption_key(settings).hex()
        beside = Folder(name / "copy")
        copied = Place(replace(settings, data=beside.path, database_url=None, master_key=key), beside)
        beside.make()
        with counting("Copying", 2 * source.size(), " events") as told:
            carry_over(source, copied, alone=False, told=told)
        return _written(source, clock, beside, file, keys)


def _files(arguments: dict[str, Any]) -> tuple[Path, Path | None]:
    """Where everything goes. Unusable when something is in the way."""
    file = Path(arguments["file"])
    keys = Path(arguments["keys"]) if arguments.get("keys") else None
    if keys == file:
        raise Unusable("Keys go into a file of their own, kept apart from the events: name two files.")
    for path in (file, keys) if keys else (file,):
        archive.must_be_free(path)
    return file, keys


def _written(source: Place, clock: Clock, copied: Folder, file: Path, keys: Path | None) -> dict[str, Any]:
    found = copies.contents(copied.ledger)
    header = Header(
        what="events",
        version=version("unstuck"),
        network=found.network,
        head=found.head,
        events=found.events,
        made_at=clock().isoformat(),
        parts=[],
    )
    archive.write(file, [copied.ledger], header)
    if keys is not None:
        opens = [copied.keys, copied.access]
        if source.settings.master_key is None:
            opens.append(source.folder.master_key)
        archive.write(keys, opens, structs.replace(header, what="keys"))
    return {
        "file": str(file),
        "head": found.head,
        "events": found.events,
        "bytes": file.stat().st_size,
        "keys": keys and str(keys),
    }
