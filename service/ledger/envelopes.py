"""How a key lies under another: in front stand two numbers, with which cipher it is wrapped, and for which it is.

Another cipher is another number: what the old one sealed opens as it did, and new keys are made for the new one."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY = 32


class WrongKey(Exception):
    """The key-encryption key is not the one these keys were wrapped with."""


class Cipher(Protocol):
    """Seals and opens under one key of 32 bytes, with a nonce of 12 and something it is bound to."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """The sealed data."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """What was sealed. InvalidTag when anything was changed."""


CIPHERS: dict[int, Callable[[bytes], Cipher]] = {1: AESGCM}
"""AES-256-GCM; what stands here stays here for as long as there is anything it has sealed."""
IN_USE = 1
"""With which keys are wrapped, and for which new ones are made."""
BEFORE_NUMBERS = {NONCE + 16, NONCE + KEY + 16}
"""Envelopes of this length have no numbers: they are of a time when there was one cipher."""


class Envelopes:
    """Closes and opens them, with one key-encryption key of 32 bytes."""

    def __init__(self, kek: bytes) -> None:
        self._kek = kek
        self._ciphers: dict[int, Cipher] = {}

    def made(self, whose: bytes) -> tuple[Cipher, bytes]:
        """A new key, ready to seal with, and its envelope."""
        key = os.urandom(KEY)
        return CIPHERS[IN_USE](key), self.close(key, whose)

    def close(self, key: bytes, whose: bytes, made_for: int | None = None) -> bytes:
        """That key, wrapped, bound to whose it is and to its numbers; for the cipher in use, unless another is said."""
        numbers, nonce = bytes([IN_USE, made_for or IN_USE]), os.urandom(NONCE)
        return numbers + nonce + self._cipher(IN_USE).encrypt(nonce, key, numbers + whose)

    def open(self, envelope: bytes, whose: bytes) -> tuple[int, bytes]:
        """For which cipher the key is, and the key. WrongKey when another key wrapped it, or a later version."""
        numbers = b"" if len(envelope) in BEFORE_NUMBERS else envelope[:2]
        nonce, sealed = envelope[len(numbers) :][:NONCE], envelope[len(numbers) :][NONCE:]
        number, made_for = numbers or b"\1\1"
        if number not in CIPHERS or made_for not in CIPHERS:
            raise WrongKey("These keys were wrapped by a later version of the service: use that one.")
        try:
            return made_for, self._cipher(number).decrypt(nonce, sealed, numbers + whose)
        except InvalidTag:
            raise WrongKey(
                "The key-encryption key is not the one these keys were wrapped with; give the one used before."
            ) from None

    def cipher(self, envelope: bytes, whose: bytes) -> Cipher:
        """The key in it, ready to open and to seal with."""
        made_for, key = self.open(envelope, whose)
        return CIPHERS[made_for](key)

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose, from which the key-encryption key cannot be found."""
        return hmac.digest(self._kek, f"unstuck {purpose}".encode(), hashlib.sha256)

    def _cipher(self, number: int) -> Cipher:
        if number not in self._ciphers:
            self._ciphers[number] = CIPHERS[number](self._kek)
        return self._ciphers[number]
