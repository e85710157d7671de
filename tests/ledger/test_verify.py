"""Whatever is done to an export is found, and the sentence says where."""

import io
import json
import random
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as some

from service.domain.events import EVENTS
from service.ledger import verify
from service.ledger.signing import Signer
from service.ledger.tree import Tree, exported, grown, leaf_of, line
from service.ledger.verify import Frontier, Reading, Unverifiable, is_signature, leaf_hash, read_checkpoint

VERIFY = Path(verify.__file__)
SIGNER = Signer(bytes(32))
STATE = msgspec.json.encode(
    {"text": {"subject": str(UUID(int=5)), "place": "ab/1/text", "box": "q83v"}, "value": 13.5, "told": 'é "\n\x1f\\'}
)


class Memory:
    """A ledger of so many events."""

    def __init__(self, count, state=STATE):
        self.kept = [(place, UUID(int=place % 7).hex, place, "blocker-named", state) for place in range(1, count + 1)]
        self.stored = grown(Frontier(), self.kept)[1]

    def size(self):
        return len(self.kept)

    def hashes(self, position):
        return self.stored[position - 1]

    def page(self, after, limit):
        return list(enumerate(self.stored, 1))[after : after + limit]

    def rows(self, after, limit):
        return list(zip(self.kept, self.stored, strict=True))[after : after + limit]

    def lines(self):
        return [exported(row, hashes) for row, hashes in self.rows(0, len(self.kept))]


def signed(memory, size=None):
    return SIGNER.sign(Tree(memory, size))


def faults(lines, checkpoint=None):
    reading = Reading(checkpoint)
    reading.read(io.BytesIO(lines if isinstance(lines, bytes) else b"".join(lines)))
    return reading.faults


FORTY = Memory(40)
LINES, EXPORT, CHECKPOINT = FORTY.lines(), b"".join(FORTY.lines()), signed(FORTY)


def test_an_export_is_what_was_signed():
    assert faults(EXPORT, CHECKPOINT) == []
    assert faults(EXPORT) == []


def test_a_later_export_still_satisfies_every_earlier_checkpoint():
    for size in range(41):
        assert faults(EXPORT, signed(FORTY, size)) == []


def test_every_event_has_a_name_that_can_be_exported():
    for topic in EVENTS:
        row = (1, UUID(int=1).hex, 1, topic, b"{}")
        assert faults(exported(row, leaf_of(row))) == []


@settings(deadline=None)
@given(some.dictionaries(some.text(), some.recursive(
    some.none() | some.booleans() | some.integers(-(2**63), 2**64 - 1) | some.text()
    | some.floats(allow_nan=False, allow_infinity=False),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner), max_leaves=8,
)))  # fmt: skip
def test_whatever_the_ledger_writes_is_written_canonically(facts):
    assert faults(Memory(1, msgspec.json.encode(facts)).lines()) == []


def flip(lines, place, chance):
    changed = bytearray(lines[place])
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return [*lines[:place], bytes(changed), *lines[place + 1 :]], place + 1


def remove(lines, place, chance):
    return [*lines[:place], *lines[place + 1 :]], place + 1


def double(lines, place, chance):
    return [*lines[: place + 1], *lines[place:]], place + 2


def move(lines, place, chance):
    to = chance.choice([each for each in range(len(lines)) if each != place])
    left = [*lines[:place], *lines[place + 1 :]]
    return [*left[:to], lines[place], *left[to:]], min(place, to) + 1


def cut(lines, place, chance):
    return [*lines[:place], lines[place][: chance.randrange(len(lines[place]))]], place + 1


def add(lines, place, chance):
    more = chance.choice([b"\n", b" ", b"{}\n", b"\x00", b"\xff\xff", b"\r\n", lines[-1][:-1]])
    return [*lines, more], len(lines) + 1


def add_inside(lines, place, chance):
    at = chance.randrange(len(lines[place]))
    more = chance.choice([b" ", b"\n", b"\r", b"\t", b"\x00", b"0", b'"', b"\\u0041", b"\xef\xbb\xbf"])
    return [*lines[:place], lines[place][:at] + more + lines[place][at:], *lines[place + 1 :]], place + 1


def take_inside(lines, place, chance):
    at = chance.randrange(len(lines[place]))
    return [*lines[:place], lines[place][:at] + lines[place][at + 1 :], *lines[place + 1 :]], place + 1


MUTATIONS = (flip, flip, flip, remove, double, move, cut, add, add_inside, take_inside)


def test_ten_thousand_random_mutations_are_all_found_where_they_were_made():
    chance = random.Random(20260331)
    few = Memory(16)
    lines, checkpoint = few.lines(), signed(few)
    for number in range(10_000):
        mutate, place = chance.choice(MUTATIONS), chance.randrange(16)
        changed, position = mutate(lines, place, chance)
        found = faults(changed, checkpoint)
        assert found, (number, mutate.__name__, place)
        assert found[0].startswith(f"Position {position}: "), (number, mutate.__name__, place, found)


def resealed(text, place=16):
    """A line whose leaf was made to fit by whoever changed it."""
    event = text(line(*FORTY.kept[place]))
    written = b'{"leaf":"%b",%b\n' % (leaf_hash(event).hex().encode(), event[1:])
    return [*LINES[:place], written, *LINES[place + 1 :]]


@pytest.mark.parametrize(
    ("change", "to"),
    [
        (b'"value":13.5', b'"value": 13.5'),
        (b'"value":13.5', b'"value":13.50'),
        (b'"value":13.5', b'"value":1.35e1 '),
        (b'"value":13.5', b'"value":13.5E0'),
        (b'"value":13.5', b'"value":NaN'),
        (b'"value":13.5', b'"value":13.5,"value":13.5'),
        (b'"value":13.5', b'"value":' + b"[" * 100_000 + b"]" * 100_000),
        (b'"value":13.5', b'"value":' + b"9" * 10_000),
        (b'"q83v"', b'"q\\u00383v"'),
        (b'"ab/1/text"', b'"ab\\/1/text"'),
        (b"\\u001f", b"\\u001F"),
        (b"\\u001f", b"\x1f"),
        (b'{"position":17,', b'{ "position":17,'),
        (b'{"position":17,', b'{"position":017,'),
        (b'"version":17}', b'"version":17,"version":17}'),
        (b'"version":17}', b'"version":17}\r'),
        ("é".encode(), b"\xc3"),
        ("é".encode(), b"\xed\xa0\x80"),
        ("é".encode(), b"\\u00e9"),
    ],
)
def test_what_is_not_written_in_the_one_way_is_refused_even_where_its_leaf_fits(change, to):
    changed = resealed(lambda event: event.replace(change, to))
    assert changed[16] != LINES[16]
    for checkpoint in (None, CHECKPOINT):
        assert faults(changed, checkpoint)[0].startswith("Position 17: ")


def test_names_in_another_order_are_refused_even_where_the_leaf_fits():
    def reordered(event):
        said = json.loads(event)
        return json.dumps({"version": said.pop("version"), **said}, separators=(",", ":"), ensure_ascii=False).encode()

    assert faults(resealed(reordered))[0].startswith("Position 17: ")


def test_what_was_written_anew_with_a_fitting_leaf_is_found_by_the_checkpoint():
    forged = resealed(lambda event: event.replace(b"q83v", b"q83w"))
    assert faults(forged) == []  # nobody can tell without one
    [fault] = faults(forged, CHECKPOINT)
    assert fault.startswith("Positions 1 to 40: ")
    assert faults(forged, signed(FORTY, 16)) == []  # which is about what came before


def test_events_cut_off_at_the_end_are_found_by_the_checkpoint():
    assert faults(LINES[:-1], CHECKPOINT)[0].startswith("Position 40: ")
    assert faults([], CHECKPOINT)[0].startswith("Position 1: ")
    assert faults([]) == ["Position 1: the file is empty."]


def test_of_very_many_faults_the_first_are_told():
    found = faults([each.replace(b"q83v", b"q83w") for each in LINES])
    assert len(found) == verify.ENOUGH + 1
    assert "beyond line 20" in found[-1]


# Signatures.

SMALL = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
"""The y of a point of order eight."""


@settings(deadline=None, max_examples=30)
@given(some.binary(min_size=32, max_size=32), some.binary(max_size=200), some.integers(0, 511))
def test_signatures_are_those_of_ed25519(seed, message, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert is_signature(public, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not is_signature(public, message, bytes(flipped))
    assert not is_signature(public, message + b".", signature)


def test_the_vectors_of_rfc_8032():
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert is_signature(public, b"\xaf\x82", signature)
    beyond = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not is_signature(public, b"\xaf\x82", signature[:32] + beyond.to_bytes(32, "little"))
    assert not is_signature(b"\xff" * 32, b"\xaf\x82", signature)
    assert not is_signature(public[:31], b"\xaf\x82", signature)


@pytest.mark.parametrize("y", [1, verify.P - 1, 0, SMALL, verify.P - SMALL])
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_a_key_that_needs_no_secret_signs_nothing(y, sign):
    """Of the eight points of small order, each signs about any eighth message at least."""
    public, one = (y + sign).to_bytes(32, "little"), (1).to_bytes(32, "little")
    assert not any(is_signature(public, bytes([number]), one + bytes(32)) for number in range(64))


def faults_of(checkpoint, public_key=None):
    return list(verify.faults_of_checkpoint(checkpoint, public_key))


def test_a_forged_checkpoint_is_found():
    assert faults_of(CHECKPOINT) == []
    other = signed(Memory(39))
    forged = [
        replace(CHECKPOINT, size=39),
        replace(CHECKPOINT, root=other.root),
        replace(CHECKPOINT, signature=other.signature),
        replace(CHECKPOINT, public_key=Signer(b"1" * 32).public_key),
    ]
    for each in forged:
        [fault] = faults_of(each)
        assert "forged or damaged" in fault


def test_a_checkpoint_signed_by_somebody_else_is_found_by_whoever_knows_the_key():
    theirs = Signer(b"1" * 32).sign(Tree(FORTY))
    assert faults_of(theirs) == []
    [fault] = faults_of(theirs, SIGNER.public_key)
    assert "another key" in fault
    assert faults_of(CHECKPOINT, SIGNER.public_key.upper()) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps({**asdict(CHECKPOINT), "size": "40"}).encode(),
        json.dumps({**asdict(CHECKPOINT), "size": True}).encode(),
        json.dumps({**asdict(CHECKPOINT), "size": -1}).encode(),
        json.dumps({**asdict(CHECKPOINT), "root": CHECKPOINT.root.upper()}).encode(),
        json.dumps({**asdict(CHECKPOINT), "root": CHECKPOINT.root + "\n"}).encode(),
        json.dumps({**asdict(CHECKPOINT), "signature": None}).encode(),
        json.dumps({**asdict(CHECKPOINT), "more": 1}).encode(),
        json.dumps({name: each for name, each in asdict(CHECKPOINT).items() if name != "public_key"}).encode(),
        b'{"size":1,' + json.dumps(asdict(CHECKPOINT)).encode()[1:],
    ],
)
def test_what_is_no_checkpoint_is_said_so(raw):
    with pytest.raises(Unverifiable, match=r"^The checkpoint.*\.$"):
        read_checkpoint(raw)


# As a file of its own.


@pytest.fixture
def files(tmp_path):
    (tmp_path / "export.jsonl").write_bytes(EXPORT)
    (tmp_path / "checkpoint.json").write_text(json.dumps(asdict(CHECKPOINT), indent=2))
    return tmp_path


def alone(folder, *words):
    """The one file, where nothing is installed and nothing can be imported."""
    return subprocess.run(
        [sys.executable, "-I", "-S", VERIFY, *words], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_the_file_alone_says_one_sentence_and_nothing_is_wrong(files):
    done = alone(files, "export.jsonl", "--checkpoint", "checkpoint.json", "--public-key", SIGNER.public_key)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("40 events, each whole and in its place; root " + CHECKPOINT.root)
    assert "what the checkpoint was signed over" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert alone(files, "export.jsonl").returncode == 0


def test_the_file_alone_names_the_position(files):
    (files / "export.jsonl").write_bytes(EXPORT.replace(b'"position":23', b'"position":24'))
    done = alone(files, "export.jsonl", "--checkpoint", "checkpoint.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Position 23: ")


def test_the_file_alone_finds_a_forged_signature(files):
    (files / "checkpoint.json").write_text(json.dumps(asdict(replace(CHECKPOINT, size=39))))
    done = alone(files, "export.jsonl", "--checkpoint", "checkpoint.json")
    assert done.returncode == 1
    assert "forged or damaged" in done.stderr


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["none.jsonl"], 1),
        (["."], 1),
        (["export.jsonl", "--checkpoint", "none.json"], 1),
        (["export.jsonl", "--checkpoint", "export.jsonl"], 1),
        ([], 2),
    ],
)
def test_the_file_alone_says_in_a_sentence_what_it_cannot_read(files, words, status):
    done = alone(files, *words)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert status == 2 or len(done.stderr.splitlines()) == 1


def test_it_needs_nothing_but_the_standard_library():
    names = [each.split()[1] for each in VERIFY.read_text().splitlines() if each.startswith(("import ", "from "))]
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
