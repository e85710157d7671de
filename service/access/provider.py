"""An identity provider that speaks OpenID Connect: where it is, what it signs with, and what it says of somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlsplit

import msgspec
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

Fetch = Callable[[str, str, Mapping[str, str], str | None], Awaitable[tuple[int, bytes]]]
"""Asks another machine: method, URL, headers and body to status and body. OSError when it does not answer."""

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA", "Ed25519")
"""What may sign: only what whoever checks it could not have signed."""
LEEWAY = 60
"""Seconds by which two machines' clocks may differ."""
KNOWN_FOR = timedelta(hours=1)
"""For so long what a provider says of itself is taken as it is."""
KEYS_ANEW = timedelta(minutes=1)
"""At most this often its keys are asked for, however many tokens name one that is not known."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


class NotAnswering(Exception):
    """The provider cannot be asked just now; says what it was asked for, and nothing of what it said."""


class NotBelieved(Exception):
    """What came from the provider, or by way of the browser, is not what it should be; says what is wrong with it."""


@dataclass(frozen=True)
class Client:
    """Who we are to the provider."""

    issuer: str
    id: str
    secret: str | None


@dataclass(frozen=True)
class Person:
    """Somebody as the provider knows them. Their address counts for nothing unless it has been verified."""

    subject: str
    email: str | None
    is_verified: bool


@dataclass(frozen=True)
class _Read:
    """Something that was read from the provider, and when."""

    said: Any
    at: datetime

    def is_old(self, now: datetime, most: timedelta) -> bool:
        return not self.at <= now < self.at + most


class Provider:
    """One provider, asked for no more than is needed."""

    def __init__(self, client: Client, fetch: Fetch) -> None:
        self.client = client
        self._fetch = fetch
        self._metadata: _Read | None = None
        self._keys: _Read | None = None

    async def address(self, *, back: str, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """Where somebody is sent to sign in; they come `back` with the state and a code."""
        metadata = await self._about_itself(now)
        address: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self.client.id,
            "code",
            redirect_uri=back,
            scope="openid email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    async def must_have_answered(self, issuer: str | None, now: datetime) -> None:
        """NotBelieved when whoever sent the browser back calls itself something else (RFC 9207)."""
        metadata = await self._about_itself(now)
        is_said = metadata.get("authorization_response_iss_parameter_supported") is True
        if issuer != self.client.issuer and (is_said or issuer is not None):
            raise NotBelieved("the answer came from another issuer")

    async def person(self, code: str, *, back: str, nonce: str, verifier: str, now: datetime) -> Person:
        """Who it was that came back with that code. NotBelieved, NotAnswering."""
        tokens = await self._tokens(code, back, verifier, now)
        claims = await self._claims(str(tokens.get("id_token", "")), nonce, tokens.get("access_token"), now)
        if "email" not in claims:
            claims |= await self._more(claims["sub"], tokens.get("access_token"), now)
        email = claims.get("email")
        return Person(
            subject=claims["sub"],
            email=email if isinstance(email, str) else None,
            is_verified=claims.get("email_verified") is True,
        )

    async def _about_itself(self, now: datetime) -> dict[str, Any]:
        """Its metadata, of which every address is its own: we ask no machine that was not in the settings."""
        if self._metadata is None or self._metadata.is_old(now, KNOWN_FOR):
            metadata = await self._json("GET", get_well_known_url(self.client.issuer, external=True), {}, None)
            if metadata.get("issuer") != self.client.issuer:
                raise NotBelieved("its metadata is of another issuer")
            for name in ENDPOINTS:
                address = metadata.get(name)
                if address is None and name == "userinfo_endpoint":
                    continue
                if not isinstance(address, str) or _origin(address) != _origin(self.client.issuer):
                    raise NotBelieved(f"its {name} is not on its own host")
            self._metadata = _Read(metadata, now)
        said: dict[str, Any] = self._metadata.said
        return said

    async def _tokens(self, code: str, back: str, verifier: str, now: datetime) -> dict[str, Any]:
        metadata = await self._about_itself(now)
        body = prepare_token_request("authorization_code", redirect_uri=back, code=code, code_verifier=verifier)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        auth = self._who_we_are(metadata)
        address, headers, body = auth.prepare("POST", metadata["token_endpoint"], headers, body)
        return await self._json("POST", address, headers, body)

    def _who_we_are(self, metadata: dict[str, Any]) -> ClientAuth:
        """How the provider is told that it is us."""
        known = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self.client.secret is None:
            return ClientAuth(self.client.id, None, "none")
        if "client_secret_basic" not in known:
            return ClientAuth(self.client.id, self.client.secret, "client_secret_post")
        # As RFC 6749 has it, each as a form would write it; the library leaves that out.
        return ClientAuth(quote_plus(self.client.id), quote_plus(self.client.secret), "client_secret_basic")

    async def _claims(self, id_token: str, nonce: str, access_token: object, now: datetime) -> dict[str, Any]:
        """What it states, signed, for us, just now, and in answer to what we asked."""
        metadata = await self._about_itself(now)
        said = metadata.get("id_token_signing_alg_values_supported")
        allowed = [each for each in ALGORITHMS if not isinstance(said, list) or each in said]
        if not allowed:  # none at all would be taken by the library for: whatever it knows
            raise NotBelieved("it signs in no way that is taken here")
        try:
            token = await self._opened(id_token, allowed, now)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {"iss": {"value": self.client.issuer}, "aud": {"values": [self.client.id]}},
                {"nonce": nonce, "client_id": self.client.id, "access_token": access_token},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise NotBelieved(f"its statement does not hold: {type(error).__name__}") from error
        if not claims["sub"]:
            raise NotBelieved("its statement is about nobody")
        return dict(claims)

    async def _opened(self, id_token: str, allowed: list[str], now: datetime) -> jwt.Token:
        """The statement, with the signature checked; a key that is not known may be a new one."""
        try:
            return jwt.decode(id_token, await self._signing_keys(now), allowed)
        except InvalidKeyIdError:
            if self._keys is None or not self._keys.is_old(now, KEYS_ANEW):
                raise
            return jwt.decode(id_token, await self._signing_keys(now, anew=True), allowed)

    async def _signing_keys(self, now: datetime, *, anew: bool = False) -> KeySet:
        if self._keys is None or anew or self._keys.is_old(now, KNOWN_FOR):
            metadata = await self._about_itself(now)
            said = await self._json("GET", metadata["jwks_uri"], {}, None)
            self._keys = _Read(KeySet.import_key_set({"keys": list(_that_sign(said.get("keys")))}), now)
        keys: KeySet = self._keys.said
        return keys

    async def _more(self, subject: str, access_token: object, now: datetime) -> dict[str, Any]:
        """What it says of the same person beside the statement, where it says more there."""
        address = (await self._about_itself(now)).get("userinfo_endpoint")
        if address is None or not isinstance(access_token, str):
            return {}
        said = await self._json("GET", address, {"Authorization": f"Bearer {access_token}"}, None)
        if said.get("sub") != subject:
            raise NotBelieved("it was asked about one person and spoke of another")
        return {name: said[name] for name in ("email", "email_verified") if name in said}

    async def _json(self, method: str, address: str, headers: Mapping[str, str], body: str | None) -> dict[str, Any]:
        place = urlsplit(address).path
        try:
            status, raw = await self._fetch(method, address, headers, body)
        except OSError as error:
            raise NotAnswering(place) from error
        if status >= 500:
            raise NotAnswering(place)
        if status != 200:
            raise NotBelieved(f"{place} answers {status}")
        try:
            said = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError) as error:
            raise NotBelieved(f"{place} says no JSON") from error
        if not isinstance(said, dict):
            raise NotBelieved(f"{place} says something else")
        return said


def _that_sign(keys: object) -> Iterator[dict[str, Any]]:
    """Those whose owner alone can sign with them."""
    for key in keys if isinstance(keys, list) else ():
        if isinstance(key, dict) and key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP"):
            yield key


def _origin(address: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port. None where it is no address anybody should be sent to."""
    try:
        url = urlsplit(address)
        if url.username or url.password or url.fragment:
            return None
        return url.scheme, url.hostname, url.port or {"https": 443, "http": 80}.get(url.scheme)
    except ValueError:
        return None
