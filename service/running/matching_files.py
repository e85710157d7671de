"""The files of `unstuck match`: what is asked, what was answered; each refused in one sentence."""

from pathlib import Path
from typing import Any

import msgspec

from service import matching
from service.settings import Unusable


def question_in(file: Path) -> bytes:
    """What the file holds; Unusable if it cannot be read, UnreadableQuestion if it is too large."""
    try:
        if file.stat().st_size >= matching.TOO_LARGE:
            raise matching.UnreadableQuestion(f"{file} has 200 MB or more, which is too large to be one round.")
        return file.read_bytes()
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}.") from None


def answer_in(file: Path) -> dict[str, Any]:
    """The answer the file holds; Unusable if there is none in it."""
    raw = question_in(file)
    try:
        answer: dict[str, Any] = msgspec.json.decode(raw)
        whole = isinstance(answer, dict) and not matching.said_twice(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unusable(f"{file} is not valid JSON: {error}.") from None
    if not whole:
        raise Unusable(f"{file} should hold one answer, each field once, as `unstuck match` writes it.")
    return answer


def writable(file: Path) -> None:
    """Tries whether the file can be written, and leaves everything as it was; Unusable if it cannot."""
    try:
        new = not file.exists()
        file.open("ab").close()
        if new:
            file.unlink()
    except OSError as error:
        raise Unusable(f"{file} cannot be written: {error.strerror}.") from None


def write(file: Path, content: bytes) -> None:
    """Writes the file; Unusable if that cannot be done."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Unusable(f"{file} cannot be written: {error.strerror}.") from None
