"""What somebody might put in place of an identity provider's signed statement."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from joserfc import jwe, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

SECRET = "only the two of us know this secret text"


def parts(text: str) -> list[str]:
    return text.split(".")


def written(what: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(what).encode()).decode().rstrip("=")


def unsigned(issuer, claims):
    return f"{written({'alg': 'none'})}.{written(claims)}."


def unsigned_as_known(issuer, claims):
    return f"{written({'alg': 'none', 'kid': 'known'})}.{written(claims)}.{parts(issuer.signed(claims))[2]}"


def signed_with_the_secret(issuer, claims):
    return jwt.encode({"alg": "HS256", "kid": "known"}, claims, OctKey.import_key(SECRET))


def signed_with_what_everybody_knows(issuer, claims):
    said = f"{written({'alg': 'HS256', 'kid': 'known'})}.{written(claims)}"
    public = issuer.key.as_pem(private=False)
    tail = base64.urlsafe_b64encode(hmac.digest(public, said.encode(), "sha256")).decode().rstrip("=")
    return f"{said}.{tail}"


def signed_by_another(issuer, claims):
    return issuer.signed(claims, ECKey.generate_key("P-256", {"kid": "known"}))


def signed_by_a_key_it_brings_along(issuer, claims):
    key = ECKey.generate_key("P-256")
    return issuer.signed(claims, key, jwk=key.as_dict(private=False))


def signed_by_a_key_nobody_shows(issuer, claims):
    return issuer.signed(claims, ECKey.generate_key("P-256"), kid="unknown")


def signed_in_another_way(issuer, claims):
    return jwt.encode({"alg": "RS256", "kid": "known"}, claims, RSAKey.generate_key(2048))


def with_other_words(issuer, claims):
    head, _, tail = parts(issuer.signed(claims))
    return f"{head}.{written({**claims, 'sub': 'bob'})}.{tail}"


def without_its_end(issuer, claims):
    return ".".join(parts(issuer.signed(claims))[:2]) + "."


def that_needs_what_we_do_not_know(issuer, claims):
    _, words, tail = parts(issuer.signed(claims))
    return f"{written({'alg': 'ES256', 'kid': 'known', 'crit': ['b64'], 'b64': False})}.{words}.{tail}"


def sealed(issuer, claims):
    said = {"alg": "dir", "enc": "A128CBC-HS256", "kid": "known"}
    return jwe.encrypt_compact(said, json.dumps(claims).encode(), OctKey.import_key(b"k" * 32))


def list_of_claims(issuer, claims):
    return issuer.signed(claims).replace(parts(issuer.signed(claims))[1], written([claims]))


FORGED = [
    unsigned,
    unsigned_as_known,
    signed_with_the_secret,
    signed_with_what_everybody_knows,
    signed_by_another,
    signed_by_a_key_it_brings_along,
    signed_by_a_key_nobody_shows,
    signed_in_another_way,
    with_other_words,
    without_its_end,
    that_needs_what_we_do_not_know,
    sealed,
    list_of_claims,
]
