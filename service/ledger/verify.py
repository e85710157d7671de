"""Whether an export of a ledger is whole, unchanged, and what was signed. This one file is enough to find out:
`python3 -I verify.py EXPORT.jsonl --checkpoint CHECKPOINT.json`.
It needs Python 3.11 or later and nothing else. The tree is that of RFC 6962 (and 9162), the signature that of RFC 8032.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

FRAME = re.compile(
    rb'\{"leaf":"([0-9a-f]{64})","position":([1-9][0-9]{0,18}),"state":(\{.*\}),'
    rb'"stream":"[0-9a-f]{32}","topic":"[a-z0-9-]+","version":[1-9][0-9]{0,18}\}\n'
)
LEAF_ENDS = len('{"leaf":"",') + 64
# JSON has one way of being written here: no spaces, no escapes but those needed, no digits that say nothing.
PLAIN = re.compile(
    rb'(?:"(?:[^"\\\x00-\x1f]++|\\(?:["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f])))*+"'
    rb"|[]\[{}:,]|-?(?:0|[1-9][0-9]*+)(?:\.(?:0|[0-9]*[1-9]))?(?:e-?[1-9][0-9]*+)?(?=[],}])|true|false|null)*+"
)
LONGEST, ENOUGH = 256 * 1024 * 1024, 20  # bytes a line has at most; faults after which nobody reads on

_NODE = hashlib.sha256(b"\x01")

Told = Callable[[int], object]


class Unverifiable(Exception):
    """There is nothing to compare with; a sentence that says why."""


def leaf_hash(line: bytes) -> bytes:
    """RFC 6962, 2.1: the hash of one entry."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1: the hash of two subtrees."""
    hashed = _NODE.copy()  # half the cost of a new one
    hashed.update(left + right)
    return hashed.digest()


class Frontier:
    """A tree that only grows, of which nothing is kept but the roots of its complete subtrees, the largest first."""

    def __init__(self, size: int = 0, peaks: tuple[bytes, ...] = ()) -> None:
        self.size, self.peaks = size, list(peaks)

    def append(self, leaf: bytes) -> bytes:
        """One leaf more. Answers that leaf, and after it the roots of the subtrees it completes, the smallest first."""
        completed, size, node = leaf, self.size, leaf
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            completed += node
            size >>= 1
        self.peaks.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The hash of the whole tree."""
        root = self.peaks[-1] if self.peaks else hashlib.sha256().digest()
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


@dataclass(frozen=True)
class Checkpoint:
    """The tree as it stood at one size, and who says so."""

    size: int
    root: str
    signature: str
    public_key: str

    @staticmethod
    def message(size: int, root: str) -> bytes:
        """What is signed."""
        return f"Unstuck checkpoint 1\n{size}\n{root}\n".encode()

    def is_signed(self) -> bool:
        """Whether its key signed this size and this root."""
        key, signature = bytes.fromhex(self.public_key), bytes.fromhex(self.signature)
        return is_signature(key, self.message(self.size, self.root), signature)


def read_checkpoint(raw: bytes) -> Checkpoint:
    """The checkpoint in that JSON. Unverifiable when it is none."""
    lengths = {"root": 64, "signature": 128, "public_key": 64}
    try:
        said = json.loads(raw.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Unverifiable("The checkpoint is no JSON.") from None
    if not isinstance(said, dict) or said.keys() != {"size", *lengths}:
        raise Unverifiable("The checkpoint should hold size, root, signature and public_key, and nothing else.")
    if type(said["size"]) is not int or said["size"] < 0:
        raise Unverifiable("The checkpoint's size is no number of events.")
    for name, length in lengths.items():
        if not (isinstance(said[name], str) and re.fullmatch(f"[0-9a-f]{{{length}}}", said[name])):
            raise Unverifiable(f"The checkpoint's {name} should be {length} hexadecimal digits in small letters.")
    return Checkpoint(**said)


def faults_of_checkpoint(checkpoint: Checkpoint, public_key: str | None) -> Iterator[str]:
    """What is wrong with a checkpoint by itself."""
    if public_key is not None and checkpoint.public_key != public_key.lower():
        yield f"The checkpoint was signed with another key than {public_key}."
    if not checkpoint.is_signed():
        yield "The checkpoint's signature is not that of its key over its size and root: it was forged or damaged."


class Reading:
    """An export, read from its first line to its last with little memory. `faults` are sentences; none means well."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self.checkpoint, self.faults = checkpoint, list[str]()
        self.tree, self._at_checkpoint = Frontier(), b""

    def read(self, file: BinaryIO, told: Told = lambda read: None) -> None:
        """Every line; `told` hears how many bytes each had."""
        number, expected = 0, 1
        self._reach(0)
        while line := file.readline(LONGEST):
            number += 1
            told(len(line))
            position, leaf, fault = self._line(line, number, expected)
            if fault:
                self.faults.append(f"Position {expected}: {fault}.")
                if len(self.faults) == ENOUGH:
                    self.faults.append(f"Nobody has looked beyond line {number}: so much is wrong already.")
                    return
            expected = position + 1
            self.tree.append(leaf)
            self._reach(number)
        self._end(number)

    def _line(self, line: bytes, number: int, expected: int) -> tuple[int, bytes, str]:
        """Where that line stands, its leaf, and what is wrong with it."""
        if not line.endswith(b"\n"):
            return expected, b"", f"line {number} has no end; the file was cut short, or something was added to it"
        frame = FRAME.fullmatch(line)
        if frame is None:
            return expected, b"", f"line {number} is not written as the ledger writes it"
        position, leaf = int(frame[2]), leaf_hash(b"{" + line[LEAF_ENDS:-1])
        if leaf.hex().encode() != frame[1]:
            what = "what stands there does not fit its leaf hash; one of them was changed"
            return expected, leaf, what if position == expected else f"line {number} says it is {position}, and {what}"
        if position != expected:
            return (
                position,
                leaf,
                f"line {number} holds position {position} instead; lines are missing, moved or doubled",
            )
        return position, leaf, _unlike(frame[3])

    def _reach(self, size: int) -> None:
        if self.checkpoint and self.checkpoint.size == size:
            self._at_checkpoint = self.tree.root()

    def _end(self, read: int) -> None:
        if self.checkpoint is None:
            if not read:
                self.faults.append("Position 1: the file is empty.")
        elif read < self.checkpoint.size:
            self.faults.append(
                f"Position {read + 1}: it is missing, and whatever follows; the checkpoint is over"
                f" {self.checkpoint.size} events, the file holds {read}."
            )
        elif not self.faults and self._at_checkpoint.hex() != self.checkpoint.root:
            self.faults.append(
                f"Positions 1 to {self.checkpoint.size}: this is not what the checkpoint was signed over. Every line"
                " fits its leaf hash, so at least one was written anew, or the checkpoint is another ledger's."
            )

    def summary(self) -> str:
        """One sentence, where nothing is wrong."""
        said = f"{self.tree.size} events, each whole and in its place; root {self.tree.root().hex()}"
        if self.checkpoint is None:
            return f"{said}; without a checkpoint nobody can say whether they were written anew, or later ones cut off."
        beyond = self.tree.size - self.checkpoint.size
        later = f", and the last {beyond} are newer" if beyond else ""
        return f"{said}; the first {self.checkpoint.size} are what the checkpoint was signed over{later}."


def _unlike(state: bytes) -> str:
    """How the JSON of an event differs from how it would be written here."""
    if not PLAIN.fullmatch(state):
        return "its JSON has spaces, escapes or digits that the ledger does not write"
    try:
        json.loads(state.decode(), object_pairs_hook=_once)
    except UnicodeDecodeError:
        return "it is not in UTF-8"
    except (ValueError, RecursionError):
        return "its JSON cannot be read, or says something twice"
    return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("A name stands twice in one object.")
    return said


# RFC 8032, 5.1: Ed25519, only as much as it takes to check a signature. Nothing here is secret, so nothing need be
# constant in time. Points are extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def is_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032, 5.1.7, but for keys of small order, by which anybody could sign anything."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = _decoded(public_key), _decoded(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER or _times(8, a)[0] == 0:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    left, right = _times(s, BASE), _plus(r, _times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _decoded(raw: bytes) -> Point | None:
    """RFC 8032, 5.1.3: the point in 32 bytes."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (sign and not x):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _plus(one: Point, other: Point) -> Point:
    """RFC 8032, 5.1.4."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        number >>= 1
    return total


BASE = _decoded((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def verify(
    file: str, checkpoint: str | None = None, public_key: str | None = None, told: Told = lambda read: None
) -> tuple[str, list[str]]:
    """One sentence about an export, and what is wrong with it. Unverifiable when a file cannot be read."""
    try:
        against, faults = None, list[str]()
        if checkpoint is not None:
            with open(checkpoint, "rb") as opened:
                against = read_checkpoint(opened.read(65_536))
            faults = list(faults_of_checkpoint(against, public_key))
        reading = Reading(against)
        with open(file, "rb") as opened:
            reading.read(opened, told)
    except OSError as error:
        raise Unverifiable(f"{error.filename or file} cannot be read: {error.strerror}.") from None
    faults += reading.faults
    return ("" if faults else reading.summary()), faults


def main() -> int:
    """0 and one sentence, or 1 and a sentence for each fault."""
    asked = argparse.ArgumentParser(description="Checks an export of an Unstuck ledger.")
    asked.add_argument("file", metavar="FILE", help="what `unstuck audit export` wrote")
    asked.add_argument("--checkpoint", metavar="C", help="what `unstuck audit checkpoint` printed, then or earlier")
    asked.add_argument("--public-key", metavar="HEX", help="the key the checkpoint must be signed with")
    said = asked.parse_args()
    try:
        summary, faults = verify(said.file, said.checkpoint, said.public_key)
    except Unverifiable as why:
        summary, faults = "", [str(why)]
    print("\n".join(faults) or summary, file=sys.stderr if faults else sys.stdout)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
