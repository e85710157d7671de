"""What `unstuck doctor` looks at, and what it says to do."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from service.folder import Folder
from service.ledger import Keyring, WrongKey
from service.settings import Settings, Unusable

LEAST_ROOM = 500 * 1024 * 1024  # bytes free below which somebody should act

LAST = (
    "SELECT position, json_extract(CAST(state AS TEXT), '$.recorded_at') FROM stored_events"
    " ORDER BY position DESC LIMIT 1"
)


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at: whether it is well, and what it is or what to do."""

    well: bool
    what: str


async def examine(settings: Settings) -> list[Finding]:
    """Everything there is to say about a data folder. It is read only, beside a running service or without one."""
    folder = Folder(settings.data)
    folder.must_exist()
    return await asyncio.to_thread(lambda: list(_findings(settings, folder)))


def _findings(settings: Settings, folder: Folder) -> Iterator[Finding]:
    yield Finding(True, f"A service is running on {folder.path}." if folder.is_held() else "No service is running.")
    yield from (_file(path) for path in (folder.ledger, folder.keys, folder.access, folder.read_models))
    yield from _key(settings, folder)
    yield from _positions(folder)
    yield _room(folder)


def _file(path: Path) -> Finding:
    """Whether a file is there, whole, and its owner's alone."""
    if not path.exists():
        return Finding(False, f"{path.name} is missing: {_mend(path)}.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077 and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        return Finding(False, f"{path.name} can be read by others: chmod 700 {path.parent}.")
    try:
        with _reading(path) as db:
            said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        return Finding(False, f"{path.name} is damaged ({said}): {_mend(path)}.")
    return Finding(True, f"{path.name} is whole ({path.stat().st_size / 1024:,.0f} KiB).")


def _mend(path: Path) -> str:
    return "run `unstuck rebuild`" if path.name == "read_models.db" else "restore it from your backup"


def _reading(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))


def _key(settings: Settings, folder: Folder) -> Iterator[Finding]:
    """Whether the key-encryption key is here, and apart from the data."""
    try:
        key = folder.key_encryption_key(settings)
        if folder.keys.exists():
            Keyring.open(folder.keys, key, read_only=True).close()
    except (Unusable, WrongKey) as error:
        yield Finding(False, f"{error} Without it nobody's words can be read.")
        return
    where = "comes from the settings"
    if settings.master_key is None:
        where = (
            f"lies beside the data ({folder.master_key.name}): fine for a trial;"
            " for real use set UNSTUCK_MASTER_KEY and keep it elsewhere"
        )
    yield Finding(True, f"The key that opens everybody's keys {where}.")


def _positions(folder: Folder) -> Iterator[Finding]:
    """Whether the read models have got as far as the ledger."""
    if not (folder.ledger.exists() and folder.read_models.exists()):
        return
    try:
        with _reading(folder.ledger) as ledger, _reading(folder.read_models) as read_models:
            head, latest = ledger.execute(LAST).fetchone() or (0, None)
            behind = read_models.execute("SELECT name FROM positions WHERE position < ?", (head,)).fetchall()
    except sqlite3.DatabaseError as error:
        yield Finding(False, f"Ledger and read models cannot be compared: {error}.")
        return
    if behind:
        names = ", ".join(name for (name,) in behind)
        advice = "They catch up while the service runs; if not, run `unstuck rebuild`."
        yield Finding(folder.is_held(), f"Behind the ledger (at {head}): {names}. {advice}")
    else:
        yield Finding(True, f"The read models have got as far as the ledger, position {head}.")
    if latest and datetime.fromisoformat(latest) > datetime.now(UTC):
        why = "this folder has been served with --now, or the clock is wrong"
        yield Finding(True, f"The last event was recorded at {latest}, which is in the future: {why}.")


def _room(folder: Folder) -> Finding:
    free = shutil.disk_usage(folder.path).free
    said = f"{free / 2**30:,.1f} GiB are free on the disk"
    if free < LEAST_ROOM:
        return Finding(False, f"Only {said}: make room before the ledger stops.")
    return Finding(True, f"{said}.")
