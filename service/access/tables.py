"""Every table of sign-in, declared once for both stores. What lies in them are hashes: they open no door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Table(Protocol):
    """Where the rows lie: a file, or a schema. Statements are of the SQL both speak, with ? for each value."""

    async def run(self, statement: str, *values: object) -> int:
        """How many rows it wrote, durably."""

    async def rows(self, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
        """What it finds."""

    async def close(self) -> None:
        """Lets go of it."""


NAMES = ("tokens", "emails", "sessions", "links", "identities", "openid_attempts", "calendars")
"""All of them, in the order they are made."""

NEWEST = NAMES[-1]
"""Where this one is there, all of them are."""

TABLES = """
CREATE TABLE IF NOT EXISTS tokens (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    director BLOB NOT NULL,
    issued_by BLOB,
    issued_via TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    key TEXT,
    request BLOB,
    scope TEXT NOT NULL DEFAULT 'read+write',
    UNIQUE (issued_by, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_of ON tokens (director, created_at);
CREATE TABLE IF NOT EXISTS emails (
    hash BLOB PRIMARY KEY,
    director BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS emails_of ON emails (director);
CREATE TABLE IF NOT EXISTS sessions (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    director BLOB NOT NULL,
    how TEXT NOT NULL,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    ended_at TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_of ON sessions (director, began_at);
CREATE INDEX IF NOT EXISTS sessions_until ON sessions (ends_at);
CREATE TABLE IF NOT EXISTS links (
    hash BLOB PRIMARY KEY,
    director BLOB NOT NULL,
    how TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_of ON links (director);
CREATE INDEX IF NOT EXISTS links_until ON links (expires_at);
CREATE TABLE IF NOT EXISTS identities (
    hash BLOB PRIMARY KEY,
    issuer BLOB NOT NULL,
    director BLOB NOT NULL,
    tied_at TEXT NOT NULL,
    UNIQUE (issuer, director)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS identities_of ON identities (director);
CREATE TABLE IF NOT EXISTS openid_attempts (
    hash BLOB PRIMARY KEY,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS openid_attempts_until ON openid_attempts (expires_at);
CREATE TABLE IF NOT EXISTS calendars (
    director BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    key TEXT,
    request BLOB
) WITHOUT ROWID;
"""

ADDED = (("tokens", "scope", "TEXT NOT NULL DEFAULT 'read+write'"),)
"""Columns that a table made by an earlier version does not have."""


def for_postgres() -> str:
    """The same, as PostgreSQL says it: in the schema that is looked at first."""
    tables = TABLES.replace("BLOB", "bytea").replace(" WITHOUT ROWID", "")
    return tables + "".join(
        f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} {kind};\n" for table, name, kind in ADDED
    )
