"""How these tests ask the workshop: people in a line, a question, and an answer the checker has read."""

from typing import Any

from service.matching import check, output, read_question, solve

Json = dict[str, Any]


def people(ids: str, **each: Any) -> list[Json]:
    """One person for every letter, all alike."""
    return [{"id": id, **each} for id in ids]


def of_size(least: int, most: int | None = None, **more: Any) -> Json:
    """Sizes of sets, with no wish for one rather than another unless it is given."""
    return {"min": least, "max": most or least, "target": least, "penalty": 0, **more}


def answer(about: Json, *, seconds: float = 0.2, seed: int = 0) -> Json:
    """The answer as it is written to a file, in which the checker finds nothing."""
    question = read_question(about)
    found = output(solve(question, seconds=seconds, seed=seed), question)
    assert check(question, found) == []
    return found


def sets(about: Json, **how: Any) -> list[str]:
    """The sets of the answer, each as the letters of its members."""
    return sorted("".join(each["people"]) for each in answer(about, **how)["sets"])


def together(about: Json, one: str, other: str) -> bool:
    """Whether two people sit in one set of the answer."""
    return any(one in each and other in each for each in sets(about))
