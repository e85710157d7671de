"""Letters reach a real mail server, by TLS where they could be read on the way, and carry nothing but the link."""

from datetime import UTC, datetime

import aiosmtplib
import pytest

from service.outbox.mail import by_smtp, letter, on_the_console
from tests.outbox.smtp_server import certificate, mail_server

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINK = "https://unstuck.example.org/sign-in/" + "A" * 43
FROM = "Unstuck <unstuck@example.org>"


def clock():
    return NOW


async def test_a_letter_brings_the_link_to_one_address():
    async with mail_server() as server:
        await by_smtp(f"smtp://127.0.0.1:{server.port}", FROM, clock)("ann@example.org", LINK)
    [sent] = server.letters
    assert server.to == ["ann@example.org"]
    assert (sent["From"], sent["To"]) == (FROM, "ann@example.org")
    assert sent["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert LINK in sent.get_content().splitlines()
    assert "once, within 15 minutes" in sent.get_content()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_whoever_needs_a_name_and_password_is_told_them():
    async with mail_server(needs_login=True) as server:
        await by_smtp(f"smtp://unstuck:p%40ss%20word@127.0.0.1:{server.port}", FROM, clock)("ann@example.org", LINK)
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await by_smtp(f"smtp://unstuck:wrong@127.0.0.1:{server.port}", FROM, clock)("ann@example.org", LINK)
    assert server.logged_in[0] == ("unstuck", "p@ss word")
    assert len(server.letters) == 1


async def test_smtps_is_tls_from_the_first_byte_with_a_server_somebody_vouches_for(tmp_path, monkeypatch):
    context, vouching = certificate(tmp_path)
    async with mail_server(tls=context) as server:
        deliver = by_smtp(f"smtps://127.0.0.1:{server.port}", FROM, clock)
        with pytest.raises(OSError, match="certificate"):
            await deliver("ann@example.org", LINK)
        monkeypatch.setenv("SSL_CERT_FILE", str(vouching))
        await deliver("ann@example.org", LINK)
    assert len(server.letters) == 1


async def test_nothing_goes_unsealed_to_another_machine(monkeypatch):
    async with mail_server() as server:
        monkeypatch.setattr("service.outbox.mail.is_this_machine", lambda host: False)
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await by_smtp(f"smtp://127.0.0.1:{server.port}", FROM, clock)("ann@example.org", LINK)
    assert not server.letters


async def test_a_letter_that_is_not_taken_is_known_not_to_be():
    async with mail_server() as server:
        server.refusing = "451 later"
        with pytest.raises(aiosmtplib.SMTPException):
            await by_smtp(f"smtp://127.0.0.1:{server.port}", FROM, clock)("ann@example.org", LINK)


def test_an_address_cannot_add_headers_or_readers():
    with pytest.raises(ValueError):
        letter(FROM, "ann@example.org\r\nBcc: eve@evil.example", LINK, NOW)


async def test_on_this_machine_the_link_is_printed(capsys):
    await on_the_console("ann@example.org", LINK)
    said = capsys.readouterr().out
    assert LINK in said
    assert "ann" not in said
