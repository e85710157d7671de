"""What keeps pages from being abused: the headers of every page, and the proof that a form came from a page of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from aiohttp import web

from service.domain.refusals import Forbidden
from service.web.cookies import here_of

# The one script that stands in a page itself, as the template of GOV.UK Frontend writes it.
INLINE = (
    "document.body.className += ' js-enabled' + ('noModule' in HTMLScriptElement.prototype ?"
    " ' govuk-frontend-supported' : '');"
)
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' 'sha256-{base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()}'",
        *("style-src 'self'", "img-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'"),
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers would then send forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
SALT = 32
"""Characters of a token that make it another one on each page."""
BY_TLS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def headers(*, secure: bool) -> Mapping[str, str]:
    """What every page says to the browser."""
    return {**HEADERS, **(BY_TLS if secure else {})}


def token_of(secret: bytes, anchor: str, salt: str) -> str:
    """What a form of this browser carries, and no other site can know. Each page has another salt, so that the size of
    a compressed page says nothing of it."""
    return salt + hmac.digest(secret, f"{salt} {anchor}".encode(), hashlib.sha256).hex()


def must_be_from_here(request: web.Request, secret: bytes, anchor: str | None, token: object) -> None:
    """Forbidden unless a page of ours sent this: the browser says so, and the form carries its token."""
    from_here = here_of(request).is_from_here(request.headers)
    if not from_here or not anchor or not isinstance(token, str) or not _is_token(token, secret, anchor):
        raise Forbidden(
            "This did not come from a page of ours that is still open to you, so nothing was done."
            " Open the page again and send it from there."
        )


def _is_token(said: str, secret: bytes, anchor: str) -> bool:
    return hmac.compare_digest(said.encode(), token_of(secret, anchor, said[:SALT]).encode())
