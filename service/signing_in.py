"""How people sign in here, as the settings have it."""

from __future__ import annotations

import os

from service.access import AccessStore
from service.access.openid import OpenId
from service.access.provider import Client, Provider
from service.access.sign_in import RolesOf, SignIn
from service.outbox import mail
from service.outbox.fetching import fetch
from service.running.clock import Clock
from service.settings import Settings


def by_link(settings: Settings, access: AccessStore, roles_of: RolesOf, clock: Clock) -> SignIn:
    """By e-mail. Where there is no mail server, links of this machine's own are printed: elsewhere the console is
    somebody's log, and none are sent."""
    deliver: mail.Deliver | None = mail.on_the_console if settings.public_url is None else None
    if settings.smtp_url and settings.mail_from:
        deliver = mail.by_smtp(settings.smtp_url, settings.mail_from, clock)
    return SignIn(access, roles_of, deliver)


def by_provider(settings: Settings, access: AccessStore, roles_of: RolesOf, secret: bytes) -> OpenId | None:
    """An identity provider, if there is one."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    client = Client(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    return OpenId(access, Provider(client, fetch), roles_of, secret, os.urandom)
