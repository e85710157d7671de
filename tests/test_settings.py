"""Settings: what they take, and the one sentence about what they do not, which shows no password."""

from pathlib import Path

import pytest

from service.settings import Settings, Unusable, read_settings


def test_none_is_needed():
    assert read_settings({}) == Settings()
    assert read_settings({"UNSTUCK_DATA": "elsewhere"}).data == Path("elsewhere")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("https://unstuck.example.org", "https://unstuck.example.org"),
        ("https://Unstuck.Example.org/", "https://unstuck.example.org"),
        ("https://unstuck.example.org:443", "https://unstuck.example.org"),
        ("https://unstuck.example.org:8443", "https://unstuck.example.org:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_pages_are_found_at_an_origin_as_browsers_say_it(said, meant):
    assert read_settings({"UNSTUCK_PUBLIC_URL": said}).public_url == meant


@pytest.mark.parametrize("said", ["-1", "10", "1.5", "one", " 1"])
def test_proxies_are_counted(said):
    assert read_settings({"UNSTUCK_PROXIES": "2"}).proxies == 2
    with pytest.raises(Unusable, match="UNSTUCK_PROXIES should be a whole number"):
        read_settings({"UNSTUCK_PROXIES": said})


@pytest.mark.parametrize(
    "said",
    [
        "http://unstuck.example.org",
        "unstuck.example.org",
        "https://unstuck.example.org/here",
        "https://me@unstuck.example.org",
        "https://unstuck.example.org?a=b",
        "ftp://127.0.0.1",
        "https://",
        "https://unstuck.example.org:port",
        "https://[::1",
    ],
)
def test_and_nowhere_else(said):
    with pytest.raises(Unusable, match="UNSTUCK_PUBLIC_URL should be like https://"):
        read_settings({"UNSTUCK_PUBLIC_URL": said})


@pytest.mark.parametrize("url", ["smtps://unstuck:wombat@mail.example.org", "smtp://127.0.0.1:2525"])
def test_letters_go_through_a_mail_server_and_come_from_somebody(url):
    settings = read_settings({"UNSTUCK_SMTP_URL": url, "UNSTUCK_MAIL_FROM": "unstuck@example.org"})
    assert settings.smtp_url == url
    assert "wombat" not in repr(settings)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"UNSTUCK_SMTP_URL": "mail.example.org", "UNSTUCK_MAIL_FROM": "a@b"}, "UNSTUCK_SMTP_URL should be like"),
        ({"UNSTUCK_SMTP_URL": "https://secret@mail", "UNSTUCK_MAIL_FROM": "a@b"}, "UNSTUCK_SMTP_URL should be like"),
        ({"UNSTUCK_SMTP_URL": "smtp://u:secret@mail"}, "needs UNSTUCK_MAIL_FROM"),
        ({"UNSTUCK_MAIL_FROM": "Unstuck"}, "UNSTUCK_MAIL_FROM should be"),
        ({"UNSTUCK_MAIL_FROM": "a@b\r\nBcc: c@d"}, "UNSTUCK_MAIL_FROM should be"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_sentence(said, sentence):
    with pytest.raises(Unusable, match=sentence) as unusable:
        read_settings(said)
    assert "secret" not in str(unusable.value)


ISSUER = {"UNSTUCK_OIDC_ISSUER": "https://login.example.org/tenant", "UNSTUCK_OIDC_CLIENT_ID": "unstuck"}


def test_people_may_sign_in_with_a_provider(tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    settings = read_settings({**ISSUER, "UNSTUCK_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")})
    assert settings.oidc_issuer == "https://login.example.org/tenant"
    assert settings.oidc_client_secret == "hush"
    assert "hush" not in repr(settings)
    assert read_settings({**ISSUER, "UNSTUCK_OIDC_CLIENT_SECRET": "hush"}).oidc_client_secret == "hush"
    assert read_settings(ISSUER).oidc_client_secret is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"UNSTUCK_OIDC_ISSUER": "http://login.example.org"}, "UNSTUCK_OIDC_ISSUER should be"),
        ({"UNSTUCK_OIDC_ISSUER": "https://login.example.org/?a=b"}, "UNSTUCK_OIDC_ISSUER should be"),
        ({"UNSTUCK_OIDC_ISSUER": "https://me@login.example.org"}, "UNSTUCK_OIDC_ISSUER should be"),
        ({"UNSTUCK_OIDC_CLIENT_ID": ""}, "needs UNSTUCK_OIDC_CLIENT_ID"),
        ({"UNSTUCK_OIDC_CLIENT_SECRET_FILE": "/nowhere/secret"}, "cannot be read: No such file"),
        (
            {"UNSTUCK_OIDC_CLIENT_SECRET": "secret", "UNSTUCK_OIDC_CLIENT_SECRET_FILE": "/nowhere/file"},
            "give one of them",
        ),
    ],
)
def test_and_with_no_other(said, sentence):
    with pytest.raises(Unusable, match=sentence):
        read_settings({**ISSUER, **said})
