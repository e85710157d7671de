"""Signing in with an identity provider: somebody sets out with a state, and what they come back with is taken once."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog

from service.access.hashes import Entropy, as_text, keyed, random_text
from service.access.limits import ASKING, SIGN_INS_FROM_ONE_PLACE, Tries, Wait, network_of
from service.access.provider import NotAnswering, NotBelieved, Person, Provider
from service.access.sessions import Begun
from service.access.sign_in import RolesOf
from service.access.store import AccessStore
from service.domain.refusals import Refused

LOG = structlog.get_logger(__name__)

NOT_NOW = "Your organisation's sign-in does not answer just now. Try again in a while, or ask for a link by e-mail."
NOT_BELIEVED = "What came back from your organisation's sign-in does not hold, so you are not signed in. Begin again."
STALE = "This was begun in another browser, more than 10 minutes ago, or is finished already. Begin again."
DECLINED = "Your organisation's sign-in did not let you in. Begin again, or ask for a link by e-mail."
UNVERIFIED = "Your organisation does not vouch for an e-mail address of yours. Ask for a link by e-mail instead."
UNKNOWN = "Nobody in the network has the e-mail address your organisation knows you by. An administrator can add you."
TAKEN = (
    "Your place in the network belongs to another account of your organisation's sign-in, or that account to somebody"
    " else. Ask for a link by e-mail instead."
)


PATIENCE = timedelta(minutes=10)
"""How long somebody may take to sign in with their provider."""


class SettingOut(NamedTuple):
    """Where the browser is sent, and what it keeps until it is back."""

    address: str
    keep: str


class OpenId:
    """The door for people whom a provider vouches for. It makes no directors: who is let in is one already."""

    def __init__(
        self, access: AccessStore, provider: Provider, roles_of: RolesOf, secret: bytes, entropy: Entropy
    ) -> None:
        self._access = access
        self._provider = provider
        self._roles_of = roles_of
        self._secret = secret
        self._entropy = entropy
        self._from_there = Tries(SIGN_INS_FROM_ONE_PLACE, ASKING)

    def too_often(self, place: str | None, now: datetime) -> Wait | None:
        """One more comes back from that address; None while that is not too many for us, or for the provider."""
        return self._from_there.another(network_of(place), now)

    async def set_out(self, *, back: str, now: datetime) -> SettingOut:
        """The way to the provider. Refused when it does not answer."""
        keep = f"{random_text(self._entropy)}.{int(now.timestamp())}"
        state = self._for(keep, "state")
        try:
            address = await self._provider.address(
                back=back, state=state, nonce=self._for(keep, "nonce"), verifier=self._for(keep, "verifier"), now=now
            )
        except (NotAnswering, NotBelieved) as failure:
            raise _refused(failure) from None
        return SettingOut(address, keep)

    async def come_back(
        self, said: Mapping[str, str], *, keep: str | None, back: str, instead_of: str | None, now: datetime
    ) -> Begun:
        """Whoever comes back is signed in. Refused, with a sentence, when they are not. Anybody could have made up what
        is `said`; only this browser knows what it keeps."""
        try:
            director = await self._let_in(said, keep, back, now)
        except Refused as refused:
            LOG.info("sign-in refused", how="openid", why=str(refused))
            raise
        return await self._access.sessions.begin(director, how="openid", now=now, instead_of=instead_of)

    async def _let_in(self, said: Mapping[str, str], keep: str | None, back: str, now: datetime) -> UUID:
        state = self._for(keep, "state") if keep else ""
        if not state or not hmac.compare_digest(said.get("state", "").encode(), state.encode()):
            raise Refused(STALE)
        # The state is ours, so what it was made from is too, and with it the time.
        until = datetime.fromtimestamp(int((keep or "").rpartition(".")[2]), UTC) + PATIENCE
        if now >= until or not await self._access.identities.take(state, until=until, now=now):
            raise Refused(STALE)
        return await self._director(await self._person(said, keep or "", back, now), now)

    async def _person(self, said: Mapping[str, str], keep: str, back: str, now: datetime) -> Person:
        try:
            await self._provider.must_have_answered(said.get("iss"), now)
            if "code" not in said:
                raise Refused(DECLINED)
            return await self._provider.person(
                said["code"], back=back, nonce=self._for(keep, "nonce"), verifier=self._for(keep, "verifier"), now=now
            )
        except (NotAnswering, NotBelieved) as failure:
            raise _refused(failure) from None

    async def _director(self, person: Person, now: datetime) -> UUID:
        """Who that is here. The first time a verified address says so; from then on issuer and subject do."""
        identities, issuer = self._access.identities, self._provider.client.issuer
        known = await identities.find(issuer, person.subject)
        if known is None:
            if person.email is None or not person.is_verified:
                raise Refused(UNVERIFIED)
            # Two addresses that differ are one in small letters, if one of them has a Kelvin sign for a k.
            known = await self._access.tokens.find(person.email) if person.email.isascii() else None
            if known is None or await self._roles_of(known) is None:
                raise Refused(UNKNOWN)
            if not await identities.tie(issuer, person.subject, known, now=now):
                raise Refused(TAKEN)
        if await self._roles_of(known) is None:
            raise Refused(UNKNOWN)
        return known

    def _for(self, keep: str, purpose: str) -> str:
        """State, nonce and verifier, out of what only this browser keeps: none of them is kept here."""
        return as_text(keyed(self._secret, f"openid {purpose}", keep))


def _refused(failure: NotAnswering | NotBelieved) -> Refused:
    """What whoever wants to sign in is told; what was wrong is for whoever runs the service."""
    LOG.warning("sign-in with the provider failed", kind=type(failure).__name__, why=str(failure))
    return Refused(NOT_NOW if isinstance(failure, NotAnswering) else NOT_BELIEVED)
