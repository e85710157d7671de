"""Random texts that open a door, and what is kept of them: a hash, which opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import msgspec

Entropy = Callable[[int], bytes]


def random_text(entropy: Entropy) -> str:
    """256 random bits, as 43 characters that may stand in an address."""
    return as_text(entropy(32))


def as_text(data: bytes) -> str:
    """Bytes as characters that may stand in an address."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def hash_of(text: str) -> bytes:
    """What is kept of a random text: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def keyed(secret: bytes, kind: str, *parts: str) -> bytes:
    """What is kept of words that could be guessed; nobody without the secret can tell them."""
    # Encoded as JSON so that ("a", "bc") and ("ab", "c") are told apart.
    return hmac.digest(secret, msgspec.json.encode((kind, *parts)), hashlib.sha256)


def uuid8(data: bytes) -> UUID:
    """A UUID made of these bytes."""
    number = int.from_bytes(data[:16])
    number = number & ~(0xF << 76) | 0x8 << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def stamp(moment: datetime) -> str:
    """A moment as it is kept: as text that sorts by time, whatever sorts it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
