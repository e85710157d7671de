"""Everybody's keys under another key-encryption key, and ciphers that may be exchanged."""

import sqlite3
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from service.ledger import envelopes
from service.ledger.envelopes import Envelopes, WrongKey
from service.ledger.key_file import KeyFile
from service.ledger.keyring import Keyring, Shelf, secret_id
from service.ledger.postgres_keys import PostgresKeys
from service.ledger.rewrapping import rewrap
from tests.ledger.conftest import KEK, Store, in_files
from tests.story import ANN, BOB

NEW = b"and the key that takes its place"
NONCE = b"twelve bytes"


def shelf_of(store: Store) -> Shelf:
    if isinstance(store.place, str):
        return PostgresKeys(store.place)
    return KeyFile(store.place / "keys.db", read_only=False)


def replaced(store: Store, old: bytes = KEK, new: bytes = NEW) -> int:
    shelf = shelf_of(store)
    try:
        return rewrap(shelf, old, new)
    finally:
        shelf.close()


@pytest.fixture
def box(store: Store) -> bytes:
    """Words of Ann's; Bob's key was destroyed."""
    ring = store.keyring()
    sealed = ring.make(ANN).encrypt(NONCE, b"words", None)
    ring.make(BOB)
    ring.keep()
    ring.destroy(BOB)
    ring.close()
    return sealed


def opened(store: Store, box: bytes, kek: bytes) -> bytes:
    ring = store.keyring(kek)
    try:
        return ring.make(ANN).decrypt(NONCE, box, None)
    finally:
        ring.close()


def test_the_new_key_opens_what_the_old_one_did_and_the_old_one_nothing(store, box):
    assert replaced(store) == 3
    assert opened(store, box, NEW) == b"words"
    with pytest.raises(WrongKey):
        store.keyring(KEK)
    ring = store.keyring(NEW)
    assert ring.is_destroyed(BOB), "whoever was forgotten stays so"
    ring.close()


def test_doing_it_again_finishes_it(store, box):
    replaced(store)
    assert replaced(store) == 3
    assert opened(store, box, NEW) == b"words"


def test_with_neither_key_nothing_is_changed(store, box):
    with pytest.raises(WrongKey, match="give the one used before"):
        replaced(store, old=bytes(32))
    assert opened(store, box, KEK) == b"words"


def test_secrets_by_which_addresses_are_found_stay_what_they_were(store, box):
    ring = store.keyring()
    before = {purpose: ring.secret(purpose) for purpose in ("access", "requests", "openid")}
    ring.close()
    for old, new in ((KEK, NEW), (NEW, b"one that takes its place in turn")):
        replaced(store, old, new)
    ring = store.keyring(new)
    after = {purpose: ring.secret(purpose) for purpose in before}
    ring.close()
    assert after == {**before, "openid": after["openid"]}
    assert after["openid"] != before["openid"]
    assert len(set(before.values())) == 3


def test_broken_off_in_the_middle_nothing_is_changed(store, box):
    shelf = shelf_of(store)
    with pytest.raises((psycopg.Error, sqlite3.Error)):
        shelf.replace({ANN: b"half of it", secret_id("access"): object()}, b"")  # type: ignore[dict-item]
    shelf.close()
    assert opened(store, box, KEK) == b"words"


@in_files
def test_nothing_wrapped_by_the_old_key_stays_in_the_files(store, box, tmp_path):
    ring = store.keyring()
    wrapped = ring._wrapped[ANN]
    ring.close()
    assert wrapped
    replaced(store)
    assert wrapped[14:] not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_keys_wrapped_before_there_were_numbers_open(tmp_path):
    file, key = KeyFile(tmp_path / "keys.db", read_only=False), bytes(range(32))
    file.add([(ANN, NONCE + AESGCM(KEK).encrypt(NONCE, key, ANN.bytes))])
    file.probe(NONCE + AESGCM(KEK).encrypt(NONCE, b"", b"probe"))
    file.close()
    ring = Keyring.open(tmp_path / "keys.db", KEK)
    found = ring.find(ANN)
    ring.close()
    assert found
    assert found.decrypt(NONCE, AESGCM(key).encrypt(NONCE, b"words", None), None) == b"words"


def test_another_cipher_takes_over_and_what_the_old_one_sealed_opens(store, box, monkeypatch):
    monkeypatch.setitem(envelopes.CIPHERS, 2, ChaCha20Poly1305)
    monkeypatch.setattr(envelopes, "IN_USE", 2)
    replaced(store)
    ring = store.keyring(NEW)
    assert ring.make(ANN).decrypt(NONCE, box, None) == b"words"
    cleo = uuid4()
    assert isinstance(ring.make(cleo), ChaCha20Poly1305)
    ring.keep()
    assert {ring._wrapped[each][:2] for each in (ANN, cleo)} == {b"\2\1", b"\2\2"}
    ring.close()


def test_a_key_is_bound_to_its_numbers(monkeypatch):
    monkeypatch.setitem(envelopes.CIPHERS, 2, ChaCha20Poly1305)
    closed = Envelopes(KEK).close(bytes(32), ANN.bytes)
    assert Envelopes(KEK).open(closed, ANN.bytes) == (1, bytes(32))
    for other in (b"\1\2", b"\2\1", b"\2\2"):
        with pytest.raises(WrongKey):
            Envelopes(KEK).open(other + closed[2:], ANN.bytes)


def test_what_a_later_version_wrapped_is_said_to_be_that(store, box, monkeypatch):
    with monkeypatch.context() as later:
        later.setitem(envelopes.CIPHERS, 3, AESGCM)
        later.setattr(envelopes, "IN_USE", 3)
        replaced(store)
    with pytest.raises(WrongKey, match="later version"):
        store.keyring(NEW)
