"""How well what a person offers answers a problem, between 0 and 1: shared topics first, then shared words."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from service.matching.people import Real
from service.matching.question import Offers, Question

TOPICS, TEXT = 0.7, 0.3  # how much each counts where a problem has both
GRAIN = 1 << 20  # word weights are whole multiples of 1/GRAIN, so that their sums are exact in any order
COMMON = {
    *("and", "are", "but", "for", "from", "had", "has", "have", "how", "into", "its", "not", "our", "that", "the"),
    *("their", "them", "they", "this", "was", "what", "when", "who", "will", "with", "you", "your"),
}


def relevance(question: Question) -> Real:
    """(people, problems) the relevance of each person's offers to each problem; 0 for one's own."""
    brought = [(place, problem) for place, person in enumerate(question.people) for problem in person.problems]
    offers = [person.offers or Offers() for person in question.people]
    found = np.zeros((len(offers), len(brought)))
    if not brought or not offers:
        return found
    names = {topic for _, problem in brought for topic in problem.topics}
    column = {topic: place for place, topic in enumerate(sorted(names))}
    wanted = marks([problem.topics for _, problem in brought], column)
    given = marks([offer.topics for offer in offers], column)
    sizes = np.maximum(wanted.sum(axis=1), 1.0)
    by_topic = (given @ wanted.T) / sizes[None, :]
    by_text = likeness([offer.text or "" for offer in offers], [problem.text or "" for _, problem in brought])
    has_topics = np.array([bool(problem.topics) for _, problem in brought])
    has_text = np.array([bool(words(problem.text or "")) for _, problem in brought])
    topics = np.where(has_topics, np.where(has_text, TOPICS, 1.0), 0.0)
    text = np.where(has_text, np.where(has_topics, TEXT, 1.0), 0.0)
    found[:] = topics[None, :] * by_topic + text[None, :] * by_text
    for place, (owner, _) in enumerate(brought):
        found[owner, place] = 0.0
    return found


def marks(topics: Sequence[Sequence[str]], column: dict[str, int]) -> Real:
    """(rows, topics) 1 where a row names the topic."""
    table = np.zeros((len(topics), len(column)))
    for row, named in enumerate(topics):
        table[row, [column[topic] for topic in named if topic in column]] = 1.0
    return table


def words(text: str) -> list[str]:
    """The words of a text that can tell it from another: three letters or more, none of the commonest."""
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2 and word not in COMMON]


def likeness(offers: Sequence[str], problems: Sequence[str]) -> Real:
    """(offers, problems) cosine of TF-IDF weights (Salton & Buckley 1988), with idf = ln((1+N)/(1+df)) + 1."""
    texts = [Counter(words(text)) for text in (*offers, *problems)]
    seen = Counter(word for text in texts for word in text)
    column = {word: place for place, word in enumerate(sorted(seen))}
    idf = {word: math.log((1 + len(texts)) / (1 + count)) + 1 for word, count in seen.items()}
    table = np.zeros((len(texts), len(column)))
    for row, text in enumerate(texts):
        length = math.sqrt(math.fsum((count * idf[word]) ** 2 for word, count in text.items()))
        for word, count in text.items():
            table[row, column[word]] = round(count * idf[word] / length * GRAIN)
    return np.asarray(table[: len(offers)] @ table[len(offers) :].T / float(GRAIN * GRAIN))
