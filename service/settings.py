"""The settings of the service: one frozen value, read once from the environment at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class Unusable(Exception):
    """A setting or a data folder that cannot be used; one sentence that says what would be right."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Each field is an environment variable `UNSTUCK_…` of the same name in capitals."""

    data: Path = Path("data")
    """The folder that holds everything; `--data` says the same."""
    master_key: str | None = None
    """The key-encryption key, 64 hexadecimal digits. Without it `init` writes one into the data folder."""
    issue_tokens: bool = False
    """1 lets administrators issue API tokens for others over HTTP."""
    match_seconds: float = 10.0
    """The work a round's proposal may cost, in seconds on two ordinary cores."""
    queue: int = 4096
    """How many commands may wait to be recorded before callers are told to come back later."""
    database_url: str | None = field(default=None, repr=False)
    """The PostgreSQL that keeps ledger, keys and sign-in (postgresql://…); without it they lie in the data folder."""
    log_level: str = "info"
    """debug, info, warning or error."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings as the environment says them. Unusable when one of them makes no sense."""
    said = {
        name: value for name in Settings.__dataclass_fields__ if (value := environment.get(f"UNSTUCK_{name.upper()}"))
    }
    known = Settings()
    return Settings(
        data=Path(said.get("data", known.data)),
        master_key=_hexadecimal(said.get("master_key")),
        issue_tokens=said.get("issue_tokens", "0") == "1",
        match_seconds=_number("match_seconds", said.get("match_seconds"), known.match_seconds),
        queue=int(_number("queue", said.get("queue"), known.queue)),
        database_url=_postgres(said.get("database_url")),
        log_level=_one_of(said.get("log_level", known.log_level), ("debug", "info", "warning", "error")),
    )


def _hexadecimal(value: str | None) -> str | None:
    try:
        if value is not None and len(bytes.fromhex(value)) != 32:
            raise ValueError
    except ValueError:
        raise Unusable("UNSTUCK_MASTER_KEY should be 64 hexadecimal digits (32 bytes).") from None
    return value


def _number(name: str, value: str | None, default: float) -> float:
    try:
        number = default if value is None else float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise Unusable(f"UNSTUCK_{name.upper()} should be a number above 0.")
    return number


def _postgres(value: str | None) -> str | None:
    # The value is never shown: it may hold a password.
    if value is not None and not value.startswith(("postgresql://", "postgres://")):
        raise Unusable("UNSTUCK_DATABASE_URL should be like postgresql://user:password@host/database.")
    return value


def _one_of(value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise Unusable(f"UNSTUCK_LOG_LEVEL should be one of {', '.join(choices)}.")
    return value
