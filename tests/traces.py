"""Looks for words in everything that lies in a folder, however they may be written there."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

COMPRESSED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
SEALED = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
"""Text that some bytes are encoded in. Chance writes any short word there sooner or later, if capitals do not count."""
MOST = 64 * 1024 * 1024  # of what one stream unpacks into


def spellings(word: str) -> set[bytes]:
    """The word in small letters: as it is, in UTF-16 (either way round), and as JSON and addresses escape it; and in
    hexadecimal, with a capital or without."""
    small, capital = word.lower(), word.capitalize()
    numbers = {each.encode().hex().encode() for each in (small, capital, word.upper())}
    escaped = {"".join(f"\\u{ord(letter):04x}" for letter in each).encode() for each in (small, capital)}
    as_it_is = {small.encode(), small.encode("utf-16-le").strip(b"\0")}
    return as_it_is | numbers | escaped | {json.dumps(small)[1:-1].encode(), quote(small).lower().encode()}


def in_base64(word: str) -> set[bytes]:
    """The letters of base64 that no neighbour changes, for each of the three places the word may begin at."""
    found = set()
    for plain in (word.lower().encode(), word.capitalize().encode()):
        for before in range(3):
            whole = base64.b64encode(bytes(before) + plain)
            kept = whole[-(-before * 4 // 3) : (before + len(plain)) * 4 // 3]
            found |= {kept, kept.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes, and whatever unpacks from any place in them."""
    yield content
    view = memoryview(content)
    for start in COMPRESSED.finditer(content):
        try:
            yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(view[start.start() :], MOST)
        except zlib.error:  # it only looked like the beginning of something
            continue


def traces(folder: Path, words: Iterable[str]) -> dict[str, list[str]]:
    """Which of the words are found in which file."""
    return found(files(folder), words)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, whole."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_socket()
    }


def found(contents: dict[str, bytes], words: Iterable[str]) -> dict[str, list[str]]:
    """Which of the words are in which of these."""
    wanted = {word: (spellings(word), in_base64(word)) for word in words}
    seen: dict[str, set[str]] = {}
    for name, content in contents.items():
        for each in unpacked(content):
            small = SEALED.sub(b" ", each).lower()
            for word, (plain, encoded) in wanted.items():
                if any(spelling in small for spelling in plain) or any(spelling in each for spelling in encoded):
                    seen.setdefault(name, set()).add(word)
    return {name: sorted(here) for name, here in seen.items()}
