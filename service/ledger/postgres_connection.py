"""Connections to PostgreSQL, as every room opens them. Prepared in one place, so that no server's habits matter."""

from __future__ import annotations

import logging
import os
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from service.ledger.interface import NotRecorded

Connection = psycopg.Connection[TupleRow]
AsyncConnection = psycopg.AsyncConnection[TupleRow]

KNOWS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "client_encoding": "utf8",
}
"""What a connection is opened with, unless the URL says otherwise: a server that is gone is noticed within seconds.
Each says there whose it is, by the number of its process."""

SETTINGS = """
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
SET default_transaction_isolation = 'read committed';
SET idle_in_transaction_session_timeout = '30s';
SET lock_timeout = '10s';
SET statement_timeout = 0;
SET tcp_keepalives_idle = 10;
SET tcp_keepalives_interval = 5;
SET tcp_keepalives_count = 3;
SET jit = off;
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET search_path TO {schema};
"""
# What is committed is on the disk. A process that stops in the middle of a transaction, or is cut off, holds the others
# up for seconds and not for ever. And everything asked here goes by an index, whatever a table that grew from nothing
# in a minute is thought to hold.

# Whoever asked is told of a connection that was lost; the driver's own remarks would stand between the log's lines.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)

LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What the driver raises when a connection is gone, or none can be had."""

SETTING_UP = int.from_bytes(b"set up")


class Unreachable(NotRecorded):
    """PostgreSQL does not answer."""


def unreachable(error: Exception) -> Unreachable:
    """The sentence, with the first thing the driver said."""
    failure = Unreachable(f"PostgreSQL does not answer just now ({first_line(error)}).")
    failure.__cause__ = error
    return failure


def first_line(error: Exception) -> str:
    """What the driver or the server said first; what follows may quote a row."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def connect(url: str, schema: str) -> Connection:
    """A connection in autocommit, looking at that schema first. psycopg.OperationalError when there is none."""
    db = psycopg.connect(url, autocommit=True, **_said(url))
    db.execute(SETTINGS.format(schema=schema).encode())
    return db


async def connect_async(url: str, schema: str) -> AsyncConnection:
    """The same for the event loop."""
    db = await psycopg.AsyncConnection.connect(url, autocommit=True, **_said(url))
    await db.execute(SETTINGS.format(schema=schema).encode())
    return db


def set_up(url: str, schema: str, table: str, tables: str) -> None:
    """Makes the schema and its tables unless that table is there. Unreachable when nobody answers."""
    try:
        with connect(url, schema) as db, db.transaction():
            db.execute("SELECT pg_advisory_xact_lock(%s)", (SETTING_UP,))
            if not exists(db, schema, table):
                db.execute(f"CREATE SCHEMA IF NOT EXISTS {schema};{tables}".encode())
    except LOST as error:
        raise unreachable(error) from None
    except psycopg.Error as error:
        raise Unreachable(f"PostgreSQL will not take the schema {schema} ({first_line(error)}).") from error


def exists(db: Connection, schema: str, table: str) -> bool:
    """Whether there is such a table."""
    found = db.execute("SELECT to_regclass(%s)", (f"{schema}.{table}",)).fetchone()
    return found is not None and found[0] is not None


def is_lost(db: Connection, error: psycopg.Error) -> bool:
    """Whether the connection went away; if not, the server has taken back what the transaction did."""
    if db.closed or (error.sqlstate or "08")[:2] in ("08", "57"):
        return True
    return db.pgconn.transaction_status not in (TransactionStatus.INERROR, TransactionStatus.IDLE)


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}{place}", query="").geturl()


def _said(url: str) -> dict[str, Any]:
    try:
        said = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # whose words may hold the password
        raise Unreachable(
            "UNSTUCK_DATABASE_URL is not a URL that PostgreSQL reads: look at how it is written."
        ) from None
    known = {**KNOWS, "application_name": f"unstuck {os.getpid()}"}
    return {name: value for name, value in known.items() if name not in said}
