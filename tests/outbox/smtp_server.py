"""A real mail server on this machine, which keeps what it is given."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Kept:
    """Who wrote to whom, and what; `refusing` is what everybody is told instead of being heard."""

    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    logged_in: list[tuple[str, str]] = field(default_factory=list)
    refusing: str | None = None
    port: int = 0

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusing:
            return self.refusing
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.to += envelope.rcpt_tos
        return "250 taken"

    def authenticator(self, server: Any, session: Session, envelope: Envelope, mechanism: str, said: Any) -> AuthResult:
        self.logged_in.append((said.login.decode(), said.password.decode()))
        return AuthResult(success=said.password == b"p@ss word", handled=False)


@asynccontextmanager
async def mail_server(*, tls: ssl.SSLContext | None = None, needs_login: bool = False) -> AsyncIterator[Kept]:
    """The server, for as long as the context lasts; with `tls`, from the first byte."""
    kept = Kept()

    def session() -> SMTP:
        authenticator = kept.authenticator if needs_login else None
        return SMTP(
            kept, hostname="127.0.0.1", auth_required=needs_login, authenticator=authenticator, auth_require_tls=False
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=tls)
    async with server:
        kept.port = server.sockets[0].getsockname()[1]
        yield kept


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server shows that calls itself 127.0.0.1, and the file of whoever vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both, vouching = folder / "server.pem", folder / "vouching.pem"
    both.write_bytes(private + pem)
    vouching.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, vouching
