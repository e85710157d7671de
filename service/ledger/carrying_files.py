"""A whole network in files: read as it stands, or filled."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from service.ledger.carrying import EVENTS, TOGETHER, Batch, Failed, Place, Table
from service.ledger.leaves import OLDER, SQLiteLeaves, Unreadable
from service.ledger.recorder import last_given
from service.ledger.verify import Frontier

# What somebody has tampered with may be of another kind: it is carried all the same, and found out there as here.
AS_RECORDED = (
    "position, CAST(originator_id AS TEXT), CAST(originator_version AS INTEGER), CAST(topic AS TEXT),"
    " CAST(state AS BLOB), CAST(hashes AS BLOB)"
)

Paths = dict[Place, Path]


class Files:
    """Ledger, keys and sign-in, each a file, seen through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.leaves = SQLiteLeaves(db)

    def sign_in(self) -> list[Table]:
        """The tables of `access`, as they are."""
        names = self._db.execute("SELECT name FROM access.sqlite_master WHERE type = 'table' ORDER BY name")
        return [Table("access", name, self._columns(name)) for (name,) in names.fetchall()]

    def rows(self, table: Table) -> Iterator[Batch]:
        """Everything in one table, in the order it lies there."""
        columns = AS_RECORDED if table.name == EVENTS else ", ".join(table.columns)
        found = self._db.execute(f"SELECT {columns} FROM {table.place}.{table.name} ORDER BY 1")
        while batch := found.fetchmany(TOGETHER):
            if table.name == EVENTS and any(row[-1] is None for row in batch):
                raise Unreadable(OLDER)
            yield batch

    def given(self) -> int:
        """The last position that was given away."""
        return max(self.leaves.size(), last_given(self._db))

    def open_votes(self) -> int:
        """How many votes have ballots that can be read."""
        if not self._db.execute("SELECT 1 FROM pragma_database_list WHERE name = 'ballots'").fetchone():
            return 0
        found: int = self._db.execute("SELECT count(*) FROM ballots.votes WHERE half_key IS NOT NULL").fetchone()[0]
        return found

    def take(self, table: Table, batches: Iterable[Batch]) -> None:
        """These rows, and no others."""
        places = ", ".join("?" * len(table.columns))
        self._db.execute("BEGIN")
        self._db.execute(f"DELETE FROM {table.place}.{table.name}")
        statement = f"INSERT INTO {table.place}.{table.name} ({', '.join(table.columns)}) VALUES ({places})"
        for batch in batches:
            self._db.executemany(statement, batch)
        self._db.execute("COMMIT")

    def go_on(self, frontier: Frontier) -> None:
        """The next event comes after that one; its hashes are grown from what lies in the rows."""
        self._db.execute("DELETE FROM ledger.sqlite_sequence WHERE name = 'stored_events'")
        self._db.execute("INSERT INTO ledger.sqlite_sequence (name, seq) VALUES ('stored_events', ?)", (frontier.size,))

    def _columns(self, name: str) -> tuple[str, ...]:
        found = self._db.execute("SELECT name FROM pragma_table_info(?, 'access')", (name,))
        return tuple(column for (column,) in found)


@contextmanager
def reading(paths: Paths) -> Iterator[Files]:
    """Those files, of which nothing changes for whoever reads."""
    with _attached(paths, "mode=ro") as db:
        db.execute("BEGIN")
        try:
            db.execute("SELECT hashes FROM ledger.stored_events LIMIT 0")
        except sqlite3.OperationalError:
            raise Unreadable(OLDER) from None
        yield Files(db)
        db.execute("COMMIT")


@contextmanager
def filling(paths: Paths) -> Iterator[Files]:
    """Those files, which have their tables; in the end all that was written to them has reached the disk, and no log
    lies beside them. Until then nobody may take them for a network: what stands in them may be lost."""
    with _attached(paths, "mode=rw") as db:
        for place in paths:
            db.execute(f"PRAGMA {place}.journal_mode = DELETE").fetchall()
            db.execute(f"PRAGMA {place}.synchronous = OFF")
        yield Files(db)
    for path in paths.values():
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _attached(paths: Paths, how: str) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect("file::memory:", uri=True, isolation_level=None)) as db:
            for place, path in paths.items():
                db.execute(f"ATTACH ? AS {place}", (f"{path.absolute().as_uri()}?{how}",))
            yield db
    except sqlite3.Error as error:
        raise Failed(str(error)) from error
