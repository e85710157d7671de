"""Links people write: addresses of the web that somebody may follow, and nothing that acts or signs in by itself."""

from __future__ import annotations

import re

from service.domain.refusals import Invalid

# Whoever stands before an @ would be signed in with, or only looks like the host; some browsers read \ as /.
WEB_ADDRESS = re.compile(r"https?://[^/?#@\\\s\x00-\x20\x7f]+([/?#][!-~]*)?", re.IGNORECASE)
SEEMS_ONE = re.compile(r"\s*https?:", re.IGNORECASE)


def is_web_address(text: str) -> bool:
    """Whether it begins with http:// or https:// and a host, and names nobody to sign in as."""
    return WEB_ADDRESS.fullmatch(text) is not None


def followable(field: str, text: str, *, always: bool) -> str:
    """The text, which is a web address if it looks like one, or `always` has to be."""
    if (always or SEEMS_ONE.match(text)) and not is_web_address(text):
        raise Invalid(
            field,
            "A link begins with http:// or https:// and the name of a host, without spaces or anybody's password.",
        )
    return text
