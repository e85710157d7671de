"""Backups, taken beside a running service: events in one file, what opens them in another."""

from __future__ import annotations

import asyncio
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from msgspec import structs

from service.house import House
from service.keeping import archive
from service.keeping.archive import Header
from service.ledger import copies
from service.settings import Unusable


async def backup(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """The events in one file and, when asked for, keys and sign-in in another. All that was acknowledged is in."""
    file = Path(arguments["file"])
    keys = Path(arguments["keys"]) if arguments.get("keys") else None
    if keys == file:
        raise Unusable("Keys go into a file of their own, kept apart from the events: name two files.")
    for path in (file, keys) if keys else (file,):
        await asyncio.to_thread(archive.must_be_free, path)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=house.folder.path) as beside:
        return await _copied(house, Path(beside), file, keys)


async def _copied(house: House, beside: Path, file: Path, keys: Path | None) -> dict[str, Any]:
    """Events first: a key is written before what it seals, so that none is missing from a copy made later."""
    folder = house.folder
    events = await _copy(folder.ledger, beside)
    found = await asyncio.to_thread(copies.contents, events)
    header = Header(
        what="events",
        version=version("unstuck"),
        network=found.network,
        head=found.head,
        events=found.events,
        made_at=house.clock().isoformat(),
        parts=[],
    )
    await asyncio.to_thread(archive.write, file, [events], header)
    if keys is not None:
        opens = [await _copy(path, beside) for path in (folder.keys, folder.access)]
        if house.settings.master_key is None:
            opens.append(folder.master_key)
        await asyncio.to_thread(archive.write, keys, opens, structs.replace(header, what="keys"))
    return {
        "file": str(file),
        "head": found.head,
        "events": found.events,
        "bytes": await asyncio.to_thread(lambda: file.stat().st_size),
        "keys": keys and str(keys),
    }


async def _copy(path: Path, beside: Path) -> Path:
    copied = beside / path.name
    await asyncio.to_thread(copies.copy, path, copied)
    return copied
