"""A data key for each person, wrapped by the key-encryption key: destroying it is forgetting."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self
from uuid import NAMESPACE_OID, UUID, uuid5

from service.ledger.envelopes import Cipher, Envelopes
from service.ledger.key_file import KeyFile

PROBE = b"probe"
LASTING = ("access", "requests")
"""Secrets that stay what they are when the key-encryption key is replaced; others go with it."""


class MadeElsewhere(Exception):
    """Another process was quicker to make somebody's key: what was sealed here is to be sealed again, with theirs."""


class Shelf(Protocol):
    """Where wrapped keys lie: a file, or a schema. None stands where a key was destroyed."""

    def everything(self) -> dict[UUID, bytes | None]:
        """Every row."""

    def look(self, subject: UUID) -> tuple[bytes | None] | None:
        """One row, if it is there."""

    def add(self, rows: Sequence[tuple[UUID, bytes]]) -> set[UUID]:
        """Writes those that have no row yet, durably; answers which those were."""

    def destroy(self, subject: UUID) -> None:
        """Nothing of that key is left, and there is a tombstone."""

    def probe(self, made: bytes | None) -> bytes | None:
        """What only the right key-encryption key opens; what was made is taken where there is none yet."""

    def replace(self, rows: Mapping[UUID, bytes], probe: bytes) -> None:
        """These rows instead of those there are, but for tombstones, and that probe: all of it durably or nothing, and
        then no trace of what was there."""

    def close(self) -> None:
        """Lets go of it."""


class Keyring:
    """The keys by person. A row without a key is a tombstone: those words are erased, not merely locked.

    Wrapped keys stay in memory, so that reading words never waits for a disk; of the unwrapped, the recently used.
    Keys made are staged and written by `keep`, before the events sealed with them are.
    """

    def __init__(
        self, shelf: Shelf, kek: bytes, *, read_only: bool = False, shared: bool = False, unwrapped: int = 10_000
    ) -> None:
        """`kek` is 32 bytes. Where the shelf is `shared`, other processes make and destroy keys too."""
        self._envelopes, self._limit = Envelopes(kek), unwrapped
        self._read_only, self._shared = read_only, shared or read_only
        self._ciphers: dict[int, Cipher] = {}  # by number, which Python itself compares and hashes, unlike the id
        self._staged: dict[UUID, bytes] = {}
        self._memory, self._disk = threading.Lock(), threading.Lock()
        self._shelf = shelf
        try:
            self._probe()
            self._wrapped = shelf.everything()
        except BaseException:
            shelf.close()
            raise

    @classmethod
    def open(cls, path: Path, kek: bytes, *, read_only: bool = False, unwrapped: int = 10_000) -> Self:
        """The keyring in that file, made if need be. `kek` is 32 bytes."""
        return cls(KeyFile(path, read_only=read_only), kek, read_only=read_only, unwrapped=unwrapped)

    def make(self, subject: UUID) -> Cipher:
        """That person's key, a new one if there is none. For somebody forgotten, a key that nobody keeps."""
        if known := self._ciphers.get(subject.int):
            return known
        with self._memory:
            cipher = self._unwrapped(subject)
            if cipher is None:
                cipher, wrapped = self._envelopes.made(subject.bytes)
                if subject not in self._wrapped:
                    self._staged[subject] = wrapped
                    self._wrapped[subject] = self._staged[subject]
                    self._remember(subject, cipher)
            return cipher

    def find(self, subject: UUID) -> Cipher | None:
        """That person's key, if it is here."""
        if known := self._ciphers.get(subject.int):
            return known
        if self._shared and subject not in self._wrapped:
            self.look_again(subject)
        with self._memory:
            return self._unwrapped(subject)

    def is_destroyed(self, subject: UUID) -> bool:
        """Whether there was a key, and there never will be again."""
        return subject in self._wrapped and self._wrapped[subject] is None

    def keep(self) -> None:
        """Writes the keys made since, durably. A tombstone that came in between stays.

        MadeElsewhere when another process made one first; theirs is known from then on."""
        if not self._staged:
            return
        with self._disk:
            with self._memory:
                staged = list(self._staged.items())
            added = self._shelf.add(staged)
            with self._memory:
                for subject, key in staged:
                    if self._staged.get(subject) == key:
                        del self._staged[subject]
            others = [subject for subject, _ in staged if subject not in added]
            if [subject for subject in others if not self.is_destroyed(subject)]:
                for subject in others:
                    self.look_again(subject)
                raise MadeElsewhere

    def discard(self) -> None:
        """Forgets the keys made since: nothing that was recorded is sealed with them."""
        with self._memory:
            for subject in self._staged:
                self._wrapped.pop(subject, None)
                self._ciphers.pop(subject.int, None)
            self._staged.clear()

    def destroy(self, subject: UUID) -> None:
        """Destroys that person's key for good. Once this returns nothing here opens their words."""
        with self._disk:
            self._shelf.destroy(subject)
            self.put(subject, None)

    def put(self, subject: UUID, wrapped: bytes | None) -> None:
        """What the shelf holds for that person from now on; None once their key was destroyed."""
        with self._memory:
            if wrapped is not None and (subject in self._staged or self.is_destroyed(subject)):
                return  # `keep` will find out, and what is destroyed stays so
            if wrapped is None or self._wrapped.get(subject) != wrapped:
                self._wrapped[subject] = wrapped
                self._ciphers.pop(subject.int, None)
                self._staged.pop(subject, None)

    def look_again(self, subject: UUID) -> None:
        """Another process may have made or destroyed that person's key."""
        if row := self._shelf.look(subject):
            self.put(subject, row[0])

    def look_at_all_again(self) -> None:
        """Other processes may have made or destroyed any."""
        for subject, wrapped in self._shelf.everything().items():
            self.put(subject, wrapped)

    def close(self) -> None:
        with self._disk:
            self._shelf.close()

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from which the key-encryption key cannot be found."""
        id = secret_id(purpose)
        kept = self._wrapped.get(id)
        return self._envelopes.derived(purpose) if kept is None else self._envelopes.open(kept, id.bytes)[1]

    def _unwrapped(self, subject: UUID) -> Cipher | None:
        wrapped = self._wrapped.get(subject)
        if wrapped is None:
            return None
        cipher = self._envelopes.cipher(wrapped, subject.bytes)
        self._remember(subject, cipher)
        return cipher

    def _remember(self, subject: UUID, cipher: Cipher) -> None:
        if len(self._ciphers) >= self._limit:
            del self._ciphers[next(iter(self._ciphers))]
        self._ciphers[subject.int] = cipher

    def _probe(self) -> None:
        """Opens what only the right key-encryption key opens, and writes it the first time."""
        made = None if self._read_only else self._envelopes.close(b"", PROBE)
        if probe := self._shelf.probe(made):
            self._envelopes.open(probe, PROBE)


def secret_id(purpose: str) -> UUID:
    """Under which a secret of the network lies among the keys of its people, once it is no longer derived."""
    return uuid5(NAMESPACE_OID, f"unstuck {purpose}")
