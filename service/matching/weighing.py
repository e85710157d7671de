"""The wishes, and who is kept apart, once more in plain Python, for the check: from the question alone."""

import math
import re
from collections import Counter
from collections.abc import Container, Sequence
from itertools import combinations

from service.matching.question import Offers, Question

GRAIN = 1 << 18
COMMON = {
    *("and", "are", "but", "for", "from", "had", "has", "have", "how", "into", "its", "not", "our", "that", "the"),
    *("their", "them", "they", "this", "was", "what", "when", "who", "will", "with", "you", "your"),
}


class Apart:
    """Whom the question says to keep apart, looked up person by person."""

    def __init__(self, question: Question) -> None:
        self.pairs = {frozenset(pair) for pair in question.avoid}
        self.meetings: dict[str, set[int]] = {person.id: set() for person in question.people}
        for number, past in enumerate(question.past):
            for id in past.people if past.rounds_ago <= question.rules.cooldown_rounds else ():
                self.meetings[id].add(number)

    def avoided(self, one: str, other: str) -> bool:
        """Whether one of the two avoids the other."""
        return frozenset((one, other)) in self.pairs

    def met(self, one: str, other: str) -> bool:
        """Whether the two met within the cooldown."""
        return not self.meetings[one].isdisjoint(self.meetings[other])


class Scales:
    """What the question says sets are worth."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.cast = {person.id: person for person in question.people}
        self.problems = {problem.id: problem for person in question.people for problem in person.problems}
        self.owner = {problem.id: person.id for person in question.people for problem in person.problems}
        self.given = None if question.help is None else {(who, what): worth for who, what, worth in question.help}
        self.pairs = None if question.together is None else {(one, two): worth for one, two, worth in question.together}
        self.met = {pair for past in question.past for pair in combinations(sorted(past.people), 2)}
        if self.given is None:
            self.offer_words, self.problem_words = self.weigh_words()

    def help(self, helper: str, problem: str) -> float:
        """What a person's help with somebody else's problem is worth."""
        if helper == self.owner[problem]:
            return 0.0
        if self.given is not None:
            return self.given.get((helper, problem), 0.0)
        text = self.problem_words[problem]
        topics = [topic for topic in self.problems[problem].topics if not is_said(topic, text)]
        offered = (self.cast[helper].offers or Offers()).topics
        shared = len(set(topics) & set(offered)) / len(topics) if topics else 0.0
        offer = self.offer_words[helper]
        alike = min(1.0, sum(weight * offer.get(word, 0) for word, weight in text.items()) / (GRAIN * GRAIN))
        relevance = 0.7 * shared + 0.3 * alike if topics and text else shared if topics else alike
        return round(self.question.weights.help * relevance, 3)

    def together(self, one: str, other: str) -> float:
        """What it is worth that two people sit together."""
        one, other = min(one, other), max(one, other)
        if self.pairs is not None:
            return self.pairs.get((one, other), 0.0)
        first, second, weights = self.cast[one], self.cast[other], self.question.weights
        themes = [{topic for problem in person.problems for topic in problem.topics} for person in (first, second)]
        known = first.profession is not None and second.profession is not None
        return (
            weights.theme * bool(themes[0] & themes[1])
            + weights.profession * (known and first.profession != second.profession)
            + weights.region * (first.region is not None and first.region == second.region)
            + weights.new_tie * ((one, other) not in self.met)
        )

    def best(self, members: Sequence[str], problem: str) -> float:
        """The best help any other member gives with a problem."""
        return max((self.help(id, problem) for id in members if id != self.owner[problem]), default=0.0)

    def terms(self, members: Sequence[str]) -> dict[str, float]:
        """Help, together and size of a set."""
        brought = [problem.id for id in members for problem in self.cast[id].problems]
        size = self.question.size
        off = 0 if self.question.group_sizes is not None else abs(len(members) - size.target)
        return {
            "help": math.fsum(self.best(members, problem) for problem in brought),
            "together": math.fsum(self.together(one, other) for one, other in combinations(members, 2)),
            "size": -size.penalty * off,
        }

    def floor(self, sets: Sequence[Sequence[str]]) -> float | None:
        """What whoever of these sets is helped least gets with what they bring; None if nobody brings anything."""
        gets = [
            math.fsum(self.best(members, problem.id) for problem in self.cast[id].problems)
            for members in sets
            for id in members
            if self.cast[id].problems
        ]
        return min(gets, default=None)

    def weigh_words(self) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        """What each word of every offer and problem counts (BM25, rarity on both sides), in whole grains."""
        offers = {id: words_of(person.offers or Offers()) for id, person in self.cast.items()}
        problems = {id: Counter(split(problem.text or "")) for id, problem in self.problems.items()}
        texts = [text for text in (*offers.values(), *problems.values()) if text]
        seen = Counter(word for text in texts for word in text)
        rarity = {word: math.log((1 + len(texts)) / (count + 0.5)) ** 2 for word, count in seen.items()}
        speaking = [sum(text.values()) for text in offers.values() if text]
        usual = sum(speaking) / max(1, len(speaking))

        def fullness(text: Counter[str]) -> dict[str, float]:
            damped = 1.2 * (1 - 0.75 + 0.75 * sum(text.values()) / usual) if usual else 1.0
            return {word: count / (count + damped) for word, count in text.items()}

        def needs(text: Counter[str]) -> dict[str, int]:
            full = fullness(text)
            whole = math.fsum(rarity[word] * count * full[word] for word, count in text.items())
            return {word: round(GRAIN * rarity[word] * count / whole) for word, count in text.items()}

        given = {id: {word: round(GRAIN * each) for word, each in fullness(offers[id]).items()} for id in offers}
        return given, {id: needs(text) for id, text in problems.items()}


def words_of(offer: Offers) -> Counter[str]:
    """The words of an offer: those of its text, and of the topics that the text does not say."""
    text = Counter(split(offer.text or ""))
    return text + Counter(word for topic in offer.topics if not is_said(topic, text) for word in split(topic))


def is_said(topic: str, text: Container[str]) -> bool:
    """Whether a text says a topic, as far as it can be told from others by its words."""
    return bool(split(topic)) and all(word in text for word in split(topic))


def split(text: str) -> list[str]:
    """The words of a text that can tell it from another."""
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2 and word not in COMMON]
