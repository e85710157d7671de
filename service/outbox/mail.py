"""Letters: by SMTP, or onto the console where this machine is the only one that could be written to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib

from service.settings import is_this_machine

PATIENCE = 20.0
"""Seconds for each step of a conversation with the mail server."""

TLS, PLAIN = 465, 587
SUBJECT = "Sign in to Unstuck"
TEXT = """Somebody, hopefully you, wants to sign in to Unstuck with this e-mail address.

{link}

The link opens a page with a button. It works once, within 15 minutes. If it was not you, do nothing:
nobody can sign in without this letter.
"""

Deliver = Callable[[str, str], Awaitable[None]]


def by_smtp(url: str, sender: str, clock: Callable[[], datetime]) -> Deliver:
    """Sends links through that server: smtps://, or smtp:// with STARTTLS unless it is this machine. What goes wrong is
    raised as aiosmtplib.SMTPException or OSError."""
    server = urlsplit(url)
    is_tls = server.scheme == "smtps"
    host = server.hostname or ""

    async def deliver(address: str, link: str) -> None:
        await aiosmtplib.send(
            letter(sender, address, link, clock()),
            hostname=host,
            port=server.port or (TLS if is_tls else PLAIN),
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=is_tls,
            start_tls=None if is_this_machine(host) and not is_tls else not is_tls,
            timeout=PATIENCE,
        )

    return deliver


def letter(sender: str, address: str, link: str, now: datetime) -> EmailMessage:
    """The letter with a sign-in link. ValueError when an address could not stand in a header."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = address
    message["Subject"] = SUBJECT
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip("> ") or "unstuck")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(TEXT.format(link=link))
    return message


async def on_the_console(_: str, link: str) -> None:
    """Prints the link for whoever looks at this machine."""
    print(f"A sign-in link, good once and for 15 minutes: {link}", flush=True)
