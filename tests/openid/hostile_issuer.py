"""An identity provider that says whatever a test wants it to say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

Claims = dict[str, Any]


@dataclass
class HostileIssuer:
    """Honest, until something is bent. `states` makes the ID token out of its claims, or whatever it is to be."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "known"}))
    shown: list[dict[str, Any]] | None = None
    """The keys it shows; its own, if nothing is said."""
    now: int = 0
    subject: str = "ann"
    claims: Claims = field(default_factory=dict)
    """Put in place of those it would state; None leaves one out."""
    header: dict[str, Any] = field(default_factory=dict)
    states: Callable[[Claims], Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] | web.Response | None = None
    more: dict[str, Any] | None = None
    asked: list[str] = field(default_factory=list)
    """The path of every request."""
    nonces: dict[str, str] = field(default_factory=dict)

    def code_for(self, address: str) -> tuple[str, str]:
        """What the browser of somebody sent there brings back: the code and the state."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert said["code_challenge_method"] == "S256"
        assert set(said["scope"].split()) == {"openid", "email"}
        code = f"code{len(self.nonces)}"
        self.nonces[code] = said["nonce"]
        return code, said["state"]

    def signed(self, claims: Claims, key: Any = None, **header: Any) -> str:
        said = {"alg": "ES256", "kid": "known", **self.header, **header}
        return jwt.encode(said, claims, key or self.key, algorithms=[said["alg"]])

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        match request.path:
            case "/.well-known/openid-configuration":
                return web.json_response(self._metadata())
            case "/jwks":
                keys = KeySet([self.key]).as_dict()["keys"] if self.shown is None else self.shown
                return web.json_response({"keys": keys})
            case "/token":
                return await self._tokens(request)
            case "/me":
                return web.json_response(self.more or {})
        return web.Response(status=404)

    def _metadata(self) -> dict[str, Any]:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/me",
            "id_token_signing_alg_values_supported": ["ES256"],
            **self.metadata,
        }
        return {name: value for name, value in said.items() if value is not None}

    async def _tokens(self, request: web.Request) -> web.Response:
        said = await request.post()
        assert said["grant_type"] == "authorization_code"
        assert len(str(said["code_verifier"])) == 43
        if isinstance(self.tokens, web.Response):
            return self.tokens
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": "unstuck",
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": self.nonces.get(str(said["code"]), "unknown"),
            "email": "ann@example.org",
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        stated = self.states(claims) if self.states else self.signed(claims)
        answer = {"access_token": "access", "token_type": "Bearer", "id_token": stated, **(self.tokens or {})}
        return web.json_response({name: value for name, value in answer.items() if value is not None})


@asynccontextmanager
async def hostile_issuer(now: int) -> AsyncIterator[HostileIssuer]:
    """The issuer on this machine, for as long as the context lasts."""
    issuer = HostileIssuer(now=now)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", issuer.answer)
    async with TestServer(app) as server:
        issuer.issuer = f"http://127.0.0.1:{server.port}"
        yield issuer
