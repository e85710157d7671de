"""What a database says of itself: whether a network lives there, and whether it keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from service.ledger import postgres_connection, postgres_keys
from service.ledger import postgres_tables as tables
from service.ledger.postgres_connection import unreachable, without_password

LAST = (
    "SELECT notification_id, convert_from(state, 'UTF8')::json ->> 'recorded_at' FROM ledger.stored_events"
    " ORDER BY notification_id DESC LIMIT 1"
)

MARKS = {tables.SCHEMA: "given", postgres_keys.SCHEMA: "wrapping", "access": "emails", "ballots": "votes"}
"""A table of each schema by which it is known to be ours."""

shown = without_password
has_events = tables.has_events


def has_keys(url: str) -> bool:
    """Whether there is a keyring."""
    try:
        with postgres_connection.connect(url, postgres_keys.SCHEMA) as db:
            return postgres_connection.exists(db, postgres_keys.SCHEMA, "wrapping")
    except psycopg.OperationalError as error:
        raise unreachable(error) from None


def strange_schema(url: str) -> str | None:
    """One of the schemas that a network needs, if it is there and somebody else's: it has tables, and not ours."""
    try:
        with postgres_connection.connect(url, "public") as db:
            for schema, ours in MARKS.items():
                full = db.execute("SELECT 1 FROM pg_tables WHERE schemaname = %s LIMIT 1", (schema,)).fetchone()
                if full and not postgres_connection.exists(db, schema, ours):
                    return schema
            return None
    except psycopg.OperationalError as error:
        raise unreachable(error) from None


def remove_unused(url: str) -> None:
    """Takes the schemas away, unless something was recorded in them."""
    if not has_events(url):
        with postgres_connection.connect(url, "public") as db:
            db.execute("DROP SCHEMA IF EXISTS ledger, keys, access, ballots CASCADE")


def check_key(url: str, key: bytes) -> None:
    """WrongKey when that is not the one everybody's keys were wrapped with."""
    postgres_keys.open_keyring(url, key, read_only=True).close()


def last_event(url: str) -> tuple[int, str | None]:
    """The position of the last event, and when it was recorded."""
    try:
        with tables.connect(url) as db:
            row: Any = db.execute(LAST).fetchone()
            return row or (0, None)
    except psycopg.OperationalError as error:
        raise unreachable(error) from None


def findings(url: str) -> Iterator[tuple[bool, str]]:
    """What there is to say about a server: whether it is well, and what to do."""
    try:
        with postgres_connection.connect(url, "public") as db:
            version, *settings = db.execute(
                "SELECT current_setting('server_version'), current_setting('fsync'),"
                " current_setting('full_page_writes'), pg_is_in_recovery()"
            ).fetchone() or ("?", "off", "off", False)
    except psycopg.OperationalError as error:
        yield False, str(unreachable(error))
        return
    yield True, f"PostgreSQL {version} answers at {without_password(url)}."
    fsync, whole_pages, follows = settings
    if "off" in (fsync, whole_pages):
        yield (
            False,
            "PostgreSQL runs with fsync or full_page_writes off and may lose what it acknowledged: turn them on.",
        )
    if follows:
        yield False, "This PostgreSQL follows another one and takes no writes: name the one that leads."
