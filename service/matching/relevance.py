"""How well what a person offers answers a problem, between 0 and 1: shared topics first, then shared words.

Nothing counts twice: a topic that a problem's text says already is read there, with the rest of the text. Topics
somebody offers are also words of their offer. So topics that were only picked out of texts change nothing much, which
is as well, for they rank the directors of real departments worse than the texts do (`python -m bench.relevance`).
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.matching.people import Real
from service.matching.question import Offers, Question

TOPICS, TEXT = 0.7, 0.3  # how much each counts where a problem has both
GRAIN = 1 << 18  # word weights are whole multiples of 1/GRAIN, so that their sums are exact in any order
SATED, LONG = 1.2, 0.75  # BM25's usual k1 and b: how soon a word said again stops counting, how much length takes off
AT_ONCE = 2_048  # words looked at in one go,
SLICE = 500  # and people: of many, only the outcome has room
COMMON = {
    *("and", "are", "but", "for", "from", "had", "has", "have", "how", "into", "its", "not", "our", "that", "the"),
    *("their", "them", "they", "this", "was", "what", "when", "who", "will", "with", "you", "your"),
}


@dataclass(frozen=True)
class Speech:
    """How the people of a round speak: how long their offers are on average, in words, and how rare each word is."""

    usual: float
    rarity: dict[str, float]


def relevance(question: Question, speech: Speech | None = None) -> Real:
    """(people, problems) the relevance of each person's offers to each problem; 0 for one's own.

    `speech` is that of a larger round, when the question holds only some of its people.
    """
    brought = [(place, problem) for place, person in enumerate(question.people) for problem in person.problems]
    offers = [person.offers or Offers() for person in question.people]
    if not brought or not offers:
        return np.zeros((len(offers), len(brought)))
    asked = [unsaid(problem.topics, problem.text or "") for _, problem in brought]
    column = {topic: place for place, topic in enumerate(sorted({topic for topics in asked for topic in topics}))}
    wanted = marks(asked, column)
    given = marks([offer.topics for offer in offers], column)
    sizes = np.maximum(wanted.sum(axis=1), 1.0)
    found = likeness([in_full(offer) for offer in offers], [problem.text or "" for _, problem in brought], speech)
    has_topics = np.array([bool(topics) for topics in asked])
    has_text = np.array([bool(words(problem.text or "")) for _, problem in brought])
    topics = np.where(has_topics, np.where(has_text, TOPICS, 1.0), 0.0)
    text = np.where(has_text, np.where(has_topics, TEXT, 1.0), 0.0)
    for first in range(0, len(offers), SLICE):
        by_topic = (given[first : first + SLICE] @ wanted.T) / sizes[None, :]
        found[first : first + SLICE] *= text[None, :]
        found[first : first + SLICE] += topics[None, :] * by_topic
    for place, (owner, _) in enumerate(brought):
        found[owner, place] = 0.0
    return found


def unsaid(topics: Sequence[str], text: str) -> list[str]:
    """The topics that a text does not say already, with all their words; one of short words only is never said."""
    said = set(words(text)) if topics else set()
    return [topic for topic in topics if not (its := words(topic)) or not said.issuperset(its)]


def in_full(offer: Offers) -> str:
    """What somebody offers, in their text and as topics."""
    return " ".join([offer.text or "", *unsaid(offer.topics, offer.text or "")])


def marks(topics: Sequence[Sequence[str]], column: dict[str, int]) -> Real:
    """(rows, topics) 1 where a row names the topic."""
    table = np.zeros((len(topics), len(column)))
    for row, named in enumerate(topics):
        table[row, [column[topic] for topic in named if topic in column]] = 1.0
    return table


def words(text: str) -> list[str]:
    """The words of a text that can tell it from another: three letters or more, none of the commonest."""
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2 and word not in COMMON]


def heard(question: Question) -> Speech:
    """How the people of this round speak."""
    offers = [Counter(words(in_full(person.offers))) for person in question.people if person.offers]
    return spoken(offers, [Counter(words(problem.text or "")) for each in question.people for problem in each.problems])


def spoken(offers: Sequence[Counter[str]], problems: Sequence[Counter[str]]) -> Speech:
    """What these offers and problems, as words, have in common; texts without words do not count."""
    said = [text for text in (*offers, *problems) if text]
    seen = Counter(word for text in said for word in text)
    usual = sum(text.total() for text in offers) / max(1, sum(map(bool, offers)))
    return Speech(usual, {word: math.log((1 + len(said)) / (count + 0.5)) ** 2 for word, count in seen.items()})


def likeness(offers: Sequence[str], problems: Sequence[str], speech: Speech | None = None) -> Real:
    """(offers, problems) how much of what is distinctive in a problem an offer says too: 1 for the very same words.

    Words weigh as in BM25 (Robertson & Zaragoza 2009), rarity counted on both sides and over all texts; that ranks the
    directors of real departments better than BM25 itself or the cosine of TF-IDF (`python -m bench.relevance`).
    """
    offered = [Counter(words(text)) for text in offers]
    asked = [Counter(words(text)) for text in problems]
    speech = speech or spoken(offered, asked)
    usual, rarity = speech.usual, speech.rarity
    both = sorted(set().union(*offered) & set().union(*asked))
    found = np.zeros((len(offers), len(problems)))
    for start in range(0, len(both), AT_ONCE):
        column = {word: place for place, word in enumerate(both[start : start + AT_ONCE])}
        given, wanted = np.zeros((len(offers), len(column))), np.zeros((len(problems), len(column)))
        for row, text in enumerate(offered):
            for word in text.keys() & column.keys():
                given[row, column[word]] = round(GRAIN * sated(text, word, usual))
        for row, text in enumerate(asked):
            whole = math.fsum(rarity[word] * count * sated(text, word, usual) for word, count in text.items())
            for word in text.keys() & column.keys():
                wanted[row, column[word]] = round(GRAIN * rarity[word] * text[word] / whole)
        for first in range(0, len(offers), SLICE):
            found[first : first + SLICE] += given[first : first + SLICE] @ wanted.T
    found /= float(GRAIN * GRAIN)
    return np.minimum(found, 1.0, out=found)


def sated(text: Counter[str], word: str, usual: float) -> float:
    """How fully a text says a word, below 1: less in a text longer than usual, more when it is said again."""
    return text[word] / (text[word] + SATED * (1 - LONG + LONG * text.total() / usual))
