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

from service.keeping import stores
from service.ledger import Keyring, WrongKey, copies
from service.ledger.tree import first_unlike
from service.running.control import handed_over
from service.running.folder import Folder
from service.settings import Settings, Unusable

RECENT = 10_000  # events at the end of the ledger that are compared with the tree
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
    look = _findings
    if settings.database_url is None:
        folder.must_exist()
    else:
        look = _findings_in_postgres
    return [
        *_replacing(folder),
        *await asyncio.to_thread(lambda: list(look(settings, folder))),
        _signing_in(settings),
        *await _of_the_service(folder),
    ]


def _replacing(folder: Folder) -> Iterator[Finding]:
    """Whether another master key was about to take the place of the one there is."""
    if folder.next_key.exists():
        advice = "start the service, or run `unstuck keys replace` again, and it is finished"
        yield Finding(
            False, f"Replacing the master key was broken off: {advice}. Keep master.key and {folder.next_key}."
        )


def _signing_in(settings: Settings) -> Finding:
    """Where and how people sign in, by the settings this was asked with."""
    ways = []
    if settings.smtp_url:
        ways.append(f"by links from {settings.mail_from}")
    if settings.oidc_issuer:
        ways.append(f"with {settings.oidc_issuer}")
    if settings.public_url is None:
        told = f"; {' and '.join(ways)}" if ways else "; links are printed"
        return Finding(True, f"People sign in on this machine only{told}. UNSTUCK_PUBLIC_URL opens it to others.")
    if not ways:
        advice = "set UNSTUCK_SMTP_URL or UNSTUCK_OIDC_ISSUER, or hand out `unstuck sign-in-link`"
        return Finding(False, f"Nobody can sign in at {settings.public_url} by themselves: {advice}.")
    return Finding(True, f"People sign in at {settings.public_url} {' and '.join(ways)}.")


async def _of_the_service(folder: Folder) -> list[Finding]:
    """What a running service says of itself."""
    try:
        told = await handed_over(folder.socket, "trouble", {})
    except Unusable as unusable:
        return [Finding(False, f"The running service does not say how it is: {unusable}")]
    found = []
    if told and told["clock"]:
        found.append(Finding(True, f"The running service was started with --now: by its clock it is {told['clock']}."))
    if told and "workers" in told:
        found.append(Finding(not told["missing"], told["workers"]))
    if told and told["trouble"]:
        trouble = f"The running service could not record the last thing it was asked: {told['trouble']}"
        found.append(Finding(False, trouble))
    return found


def _findings(settings: Settings, folder: Folder) -> Iterator[Finding]:
    yield _service(folder)
    yield from (_file(path) for path in (folder.ledger, folder.keys, folder.access, folder.read_models))
    yield from _key(settings, folder)
    yield from _tree(settings, folder)
    yield from _positions(folder)
    yield _room(folder)


def _findings_in_postgres(settings: Settings, folder: Folder) -> Iterator[Finding]:
    """The same where only read models, a file for each process, lie on this machine."""
    yield _service(folder)
    said = [Finding(well, what) for well, what in stores.findings(settings)]
    yield from said
    if not said[0].well:  # it does not answer, and would not answer the rest
        return
    try:
        stores.must_exist(settings, folder)
        stores.check_key(settings, folder.key_encryption_key(settings))
        head, latest = stores.last_event(settings)
    except (Unusable, WrongKey) as error:
        yield Finding(False, str(error))
        return
    yield Finding(True, _where(settings, folder))
    yield from _tree(settings, folder)
    for path in (folder.read_models, *sorted(folder.path.glob("worker-*/read_models.db"))):
        if path.exists():
            yield _file(path)
            # Other machines write on while none of this one's processes runs.
            yield from _compared(path, head, catches_up=True)
    yield from _in_the_future(latest)
    yield _room(folder)


def _service(folder: Folder) -> Finding:
    if folder.is_held():
        return Finding(True, f"A service is running on {folder.path}.")
    if folder.was_killed():
        what = "No service is running, and the last one was stopped in the middle of its work"
        return Finding(True, f"{what}. What it acknowledged is recorded; the next start tidies up.")
    return Finding(True, "No service is running.")


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
    yield Finding(True, _where(settings, folder))


def _where(settings: Settings, folder: Folder) -> str:
    where = "comes from the settings"
    if settings.master_key is None:
        where = (
            f"lies beside the data ({folder.master_key.name}): fine for a trial;"
            " for real use set UNSTUCK_MASTER_KEY and keep it elsewhere"
        )
    return f"The key that opens everybody's keys {where}."


def _tree(settings: Settings, folder: Folder) -> Iterator[Finding]:
    """Whether what was recorded lately is still what the tree was grown from, and with which key it is signed."""
    try:
        with stores.open_leaves(settings, folder) as leaves:
            size, wrong = leaves.size(), first_unlike(leaves, RECENT)
        key = stores.signer(settings, folder).public_key
    except Unusable as error:
        yield Finding(False, f"No checkpoint can be signed: {error}")
        return
    if wrong is None:
        yield Finding(True, f"The last {min(size, RECENT):,} events are as they were hashed into the tree.")
    else:
        advice = "restore it from your backup, and check an `unstuck audit export` against an earlier checkpoint"
        yield Finding(False, f"What stands at position {wrong} of the ledger is not what was recorded: {advice}.")
    yield Finding(True, f"Checkpoints are signed with the key whose public half is {key}.")


def _positions(folder: Folder) -> Iterator[Finding]:
    """Whether the read models have got as far as the ledger."""
    if not (folder.ledger.exists() and folder.read_models.exists()):
        return
    try:
        with _reading(folder.ledger) as ledger:
            head, latest = ledger.execute(LAST).fetchone() or (0, None)
            missing = ledger.execute(copies.GAPS).fetchone()
    except sqlite3.DatabaseError as error:
        yield Finding(False, f"Ledger and read models cannot be compared: {error}.")
        return
    if missing:
        yield Finding(False, "Events are missing from the middle of the ledger: restore it from your backup.")
    yield from _compared(folder.read_models, head, catches_up=folder.is_held())
    yield from _in_the_future(latest)


def _compared(path: Path, head: int, *, catches_up: bool) -> Iterator[Finding]:
    """Whether these read models have got as far as the ledger, and no further."""
    try:
        with _reading(path) as read_models:
            [ahead] = read_models.execute("SELECT coalesce(max(position), 0) FROM positions").fetchone()
            behind = read_models.execute("SELECT name FROM positions WHERE position < ?", (head,)).fetchall()
    except sqlite3.DatabaseError as error:
        yield Finding(False, f"Ledger and read models cannot be compared: {error}.")
        return
    if ahead > head:
        lost = f"The read models have seen position {ahead}, and the ledger ends at {head}: its end was lost"
        yield Finding(False, f"{lost}. Restore it from your backup; what is younger than that has to be said again.")
    if behind:
        names = ", ".join(name for (name,) in behind)
        advice = "They catch up while the service runs; if not, run `unstuck rebuild`."
        yield Finding(catches_up, f"Behind the ledger (at {head}): {names}. {advice}")
    else:
        yield Finding(True, f"The read models have got as far as the ledger, position {head}.")


def _in_the_future(latest: str | None) -> Iterator[Finding]:
    if latest and datetime.fromisoformat(latest) > datetime.now(UTC):
        why = "this folder has been served with --now, or the clock is wrong"
        yield Finding(True, f"The last event was recorded at {latest}, which is in the future: {why}.")


def _room(folder: Folder) -> Finding:
    free = shutil.disk_usage(folder.path).free
    said = f"{free / 2**30:,.1f} GiB are free on the disk"
    if free < LEAST_ROOM:
        return Finding(False, f"Only {said}: make room before the ledger stops.")
    return Finding(True, f"{said}.")
