"""What people write, read once and kindly before it is sealed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from service.domain.refusals import Invalid
from service.domain.words import Sealed, sealed_lines


def needed(field: str, text: str | None) -> str:
    """The text without blank edges; there has to be some."""
    if not text or not text.strip():
        raise Invalid(field, f"The {field.replace('_', ' ')} is empty; a few words are needed.")
    return text.strip()


def wanted(text: str | None) -> str | None:
    """The text without blank edges; nothing is fine, and blank is nothing."""
    return (text or "").strip() or None


def topic_lines(topics: Iterable[str]) -> tuple[str, ...]:
    """Topics as they are kept: each on one line, each once, in the order they were given."""
    return tuple(dict.fromkeys(line for topic in topics if (line := " ".join(topic.split()))))


def sealed_topics(subject: UUID, topics: Iterable[str]) -> Sealed | None:
    """Topics as words of that person; no topics are no words."""
    lines = topic_lines(topics)
    return sealed_lines(subject, lines) if lines else None
