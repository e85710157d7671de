"""The settings of the service: one frozen value, read once from the environment at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


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
    requests: int = 300_000
    """How many requests one director may make in a minute before they are told to wait; each process counts its own."""
    database_url: str | None = field(default=None, repr=False)
    """The PostgreSQL that keeps ledger, keys and sign-in (postgresql://…); without it they lie in the data folder."""
    log_level: str = "info"
    """debug, info, warning or error."""
    public_url: str | None = None
    """Where people find the pages, such as https://unstuck.example.org. Without it they are for this machine only."""
    proxies: int = 0
    """How many proxies stand before the service, each of which adds to X-Forwarded-For where a request came from."""
    smtp_url: str | None = field(default=None, repr=False)
    """The mail server that takes letters: smtps://user:password@host, or smtp:// with STARTTLS. Without it nobody is
    written to, and on this machine sign-in links are printed."""
    mail_from: str | None = None
    """The e-mail address letters come from."""
    oidc_issuer: str | None = None
    """The identity provider people may sign in with; all it needs of us is on its own host."""
    oidc_client_id: str | None = None
    """Who we are to it."""
    oidc_client_secret: str | None = field(default=None, repr=False)
    """And how it knows; without it PKCE alone shows that it is us."""
    oidc_client_secret_file: str | None = None
    """A file that holds the secret instead."""


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
        requests=int(_number("requests", said.get("requests"), known.requests)),
        database_url=_postgres(said.get("database_url")),
        log_level=_one_of(said.get("log_level", known.log_level), ("debug", "info", "warning", "error")),
        public_url=_public(said.get("public_url")),
        proxies=_proxies(said.get("proxies", "0")),
        smtp_url=_smtp(said.get("smtp_url"), said.get("mail_from")),
        mail_from=_mail_from(said.get("mail_from")),
        oidc_issuer=_issuer(said.get("oidc_issuer"), said.get("oidc_client_id")),
        oidc_client_id=said.get("oidc_client_id"),
        oidc_client_secret=_secret(said.get("oidc_client_secret"), said.get("oidc_client_secret_file")),
        oidc_client_secret_file=said.get("oidc_client_secret_file"),
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


def _public(value: str | None) -> str | None:
    """An origin: pages are at its root, so that their cookies are nobody else's."""
    if value is None:
        return None
    url = _url(value.rstrip("/"))
    here = url is not None and url.scheme == "http" and is_this_machine(url.hostname)
    if url is None or url.path or url.username or not (url.scheme == "https" or here):
        raise Unusable(
            "UNSTUCK_PUBLIC_URL should be like https://unstuck.example.org: https unless it is this machine, no path."
        )
    # As browsers say it: without a port that goes without saying.
    return url.geturl().lower().removesuffix({"https": ":443", "http": ":80"}[url.scheme])


def _proxies(value: str) -> int:
    if value not in [str(number) for number in range(10)]:
        raise Unusable(
            "UNSTUCK_PROXIES should be a whole number from 0 to 9: how many proxies stand before the service."
        )
    return int(value)


def _smtp(value: str | None, mail_from: str | None) -> str | None:
    # The value is never shown: it may hold a password.
    if value is None:
        return None
    url = _url(value)
    if url is None or url.scheme not in ("smtp", "smtps"):
        raise Unusable("UNSTUCK_SMTP_URL should be like smtps://user:password@host or smtp://user:password@host:587.")
    if mail_from is None:
        raise Unusable("UNSTUCK_SMTP_URL needs UNSTUCK_MAIL_FROM beside it: the e-mail address letters come from.")
    return value


def _mail_from(value: str | None) -> str | None:
    if value is not None and ("@" not in value.strip("@") or any(each in value for each in "\r\n")):
        raise Unusable("UNSTUCK_MAIL_FROM should be an e-mail address, such as unstuck@example.org.")
    return value


def _issuer(value: str | None, client: str | None) -> str | None:
    if value is None:
        return None
    url = _url(value)
    here = url is not None and url.scheme == "http" and is_this_machine(url.hostname)
    if url is None or url.username or not (url.scheme == "https" or here):
        raise Unusable(
            "UNSTUCK_OIDC_ISSUER should be the address of an identity provider, such as https://login.example.org."
        )
    if client is None:
        raise Unusable("UNSTUCK_OIDC_ISSUER needs UNSTUCK_OIDC_CLIENT_ID beside it: who we are to the provider.")
    return value


def _secret(value: str | None, file: str | None) -> str | None:
    # Neither is ever shown.
    if value is not None and file is not None:
        raise Unusable("UNSTUCK_OIDC_CLIENT_SECRET and UNSTUCK_OIDC_CLIENT_SECRET_FILE say the same: give one of them.")
    if file is None:
        return value
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise Unusable(f"UNSTUCK_OIDC_CLIENT_SECRET_FILE cannot be read: {why}.") from None


def _url(value: str) -> SplitResult | None:
    """Its parts; None when it is no URL with a host."""
    try:
        url = urlsplit(value)
        return url if url.hostname and (url.port is None or url.port) and not (url.query or url.fragment) else None
    except ValueError:
        return None


def is_this_machine(host: str | None) -> bool:
    """Whether a host is the machine this runs on."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
