"""A key for each person, in a file of its own, which forgets for good."""

from uuid import uuid4

import pytest

from service.ledger.envelopes import WrongKey
from service.ledger.keyring import Keyring
from tests.ledger.conftest import KEK, in_files
from tests.story import ANN, BOB

NONCE = b"twelve bytes"


def test_a_key_is_made_on_first_use_and_found_again(keyring, store):
    box = keyring.make(ANN).encrypt(NONCE, b"words", None)
    keyring.keep()
    keyring.close()
    again = store.keyring()
    assert again.make(ANN).decrypt(NONCE, box, None) == b"words"
    again.close()


def test_each_person_has_their_own(keyring):
    assert keyring.make(ANN) is keyring.make(ANN)
    assert keyring.make(ANN).encrypt(NONCE, b"", None) != keyring.make(BOB).encrypt(NONCE, b"", None)


def test_nobody_s_key_is_not_found(keyring):
    assert keyring.find(ANN) is None
    assert not keyring.is_destroyed(ANN)


def test_a_key_that_was_discarded_is_not_kept(keyring, tmp_path):
    keyring.make(ANN)
    keyring.discard()
    keyring.keep()
    assert keyring.find(ANN) is None


def test_a_destroyed_key_is_gone_at_once_and_for_ever(keyring, store):
    keyring.make(ANN)
    keyring.keep()
    keyring.destroy(ANN)
    assert keyring.find(ANN) is None
    assert keyring.is_destroyed(ANN)
    keyring.close()
    again = store.keyring()
    assert again.find(ANN) is None
    assert again.is_destroyed(ANN)
    again.close()


@in_files
def test_nothing_of_a_destroyed_key_stays_in_the_files(keyring, tmp_path):
    def files():
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    people = [uuid4() for _ in range(50)]
    for person in people:
        keyring.make(person)
    keyring.keep()
    wrapped = {person: keyring._wrapped[person] for person in people}
    assert all(wrapped[person] in files() for person in people)
    keyring.destroy(people[7])
    left = files()
    assert wrapped[people[7]] not in left
    assert wrapped[people[7]][12:28] not in left
    assert wrapped[people[8]] in left


def test_words_of_somebody_forgotten_are_sealed_with_a_key_nobody_keeps(keyring):
    keyring.destroy(ANN)
    assert keyring.make(ANN) is not keyring.make(ANN)
    keyring.keep()
    assert keyring.find(ANN) is None
    assert keyring.is_destroyed(ANN)


def test_a_key_destroyed_before_it_was_written_stays_destroyed(keyring, store):
    keyring.make(ANN)
    keyring.destroy(ANN)
    keyring.keep()
    beside = store.keyring(read_only=True)
    assert beside.is_destroyed(ANN)
    beside.close()


def test_more_people_than_are_kept_unwrapped(store):
    ring = store.keyring(unwrapped=3)
    people = [uuid4() for _ in range(10)]
    boxes = {person: ring.make(person).encrypt(NONCE, person.bytes, None) for person in people}
    assert all(ring.make(person).decrypt(NONCE, boxes[person], None) == person.bytes for person in people)
    assert len(ring._ciphers) == 3
    ring.close()


def test_somebody_looking_on_finds_keys_made_since(keyring, store):
    beside = store.keyring(read_only=True)
    keyring.make(ANN)
    keyring.keep()
    assert beside.find(ANN)
    beside.close()


def test_another_key_encryption_key_is_refused(keyring, store):
    with pytest.raises(WrongKey, match="give the one used before"):
        store.keyring(bytes(32))


@in_files
def test_the_file_is_its_owner_s_alone(keyring, tmp_path):
    keyring.make(ANN)
    keyring.keep()
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


def test_there_is_nothing_to_look_at_where_there_are_no_keys(tmp_path):
    with pytest.raises(FileNotFoundError, match="There are no keys"):
        Keyring.open(tmp_path / "nowhere.db", KEK, read_only=True)
