"""Whose offers answer a real problem: does a director of the department rank above the others for its own projects?

`python -m bench.relevance [--json]`. People are the directors' posts of 2011, their offers what each post is for;
problems are the government's major projects by title and aims, each once. A way of ranking is worth the mean, over
problems, of one over the rank of the first director of the department whose project it is: the mean reciprocal rank.
Nothing here says that anybody was helped. The topics are only the usual ones where they stand in the texts, for want of
any that people chose: they tell no department from another, so whatever trusts them loses by it here. The workshop
reads a topic that a text says already as part of the text, so that here it ranks as it does by the texts alone.
"""

import argparse
import csv
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

from bench.rounds import TOPICS
from service.matching import read_question
from service.matching.people import Flags, Real
from service.matching.relevance import relevance, words

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DEPARTMENTS = {
    "BIS": "Department for Business Innovation and Skills",
    "CO": "Cabinet Office",
    "CPS": "Crown Prosecution Service",
    "DFE": "Department for Education",
    "DFT": "Department for Transport",
    "FCO": "Foreign and Commonwealth Office",
    "HMT": "HM Treasury",
    "HO": "Home Office",
    "MOD": "Ministry of Defence",
}


class Case(NamedTuple):
    """Offers and problems as texts, and which offers come from the department of which problem."""

    offers: list[str]
    problems: list[str]
    own: Flags  # (offers, problems)
    department: list[str]  # of each problem


def real_case() -> Case:
    """Posts somebody holds, and each project of their departments once."""
    posts = [post for post in rows("directors/posts-2011-09-30.csv") if post["holder"] in ("named", "undisclosed")]
    projects: dict[str, dict[str, str]] = {}
    for project in rows("problems/gmpp-2014-2017.csv"):
        if project["department"].upper() in DEPARTMENTS:
            projects.setdefault(project["project_key"], project)
    wanted = [DEPARTMENTS[project["department"].upper()] for project in projects.values()]
    return Case(
        [post["function"] for post in posts],
        [f"{project['project']}\n{project['aims']}" for project in projects.values()],
        np.array([[post["parent_department"] == name for name in wanted] for post in posts]),
        wanted,
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one open file."""
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def named(text: str) -> list[str]:
    """The usual topics that stand in a text."""
    found = set(re.findall(r"\w+", text.casefold()))
    return [topic for topic in TOPICS if topic in found]


def ours(case: Case, topics: bool) -> Real:
    """What the workshop reckons, from the texts alone or with the topics found in them."""
    about: dict[str, Any] = {
        "people": [
            *(
                {"id": f"a{place:05}", "offers": {"text": text, "topics": named(text) if topics else []}}
                for place, text in enumerate(case.offers)
            ),
            *(
                {
                    "id": f"b{place:05}",
                    "problems": [{"id": f"b{place:05}", "text": text, "topics": named(text) if topics else []}],
                }
                for place, text in enumerate(case.problems)
            ),
        ]
    }
    return relevance(read_question(about))[: len(case.offers)]


def by_topics(case: Case) -> Real:
    """The share of a problem's topics that are offered."""
    offered, asked = [set(named(text)) for text in case.offers], [set(named(text)) for text in case.problems]
    return np.array([[len(has & wants) / max(1, len(wants)) for wants in asked] for has in offered])


def by_bm25(case: Case, sated: float = 1.2, long: float = 0.75) -> Real:
    """BM25 as textbooks have it (Robertson & Zaragoza 2009), problems as queries, on the same words."""
    texts = [Counter(words(text)) for text in case.offers]
    usual = fmean(text.total() for text in texts)
    holding = Counter(word for text in texts for word in text)
    found = np.zeros((len(case.offers), len(case.problems)))
    for column, problem in enumerate(case.problems):
        for word, times in Counter(words(problem)).items():
            rarity = math.log(1 + (len(texts) - holding[word] + 0.5) / (holding[word] + 0.5))
            for row, text in enumerate(texts):
                if count := text.get(word, 0):
                    damped = count + sated * (1 - long + long * text.total() / usual)
                    found[row, column] += times * rarity * count * (sated + 1) / damped
    return found


WAYS: dict[str, Callable[[Case], Real]] = {
    "random": lambda case: np.zeros(case.own.shape),
    "topic overlap": by_topics,
    "BM25": by_bm25,
    "unstuck, topics and texts": partial(ours, topics=True),
    "unstuck, texts": partial(ours, topics=False),
}


def reciprocal_rank(points: Real, own: Flags) -> float:
    """One over the rank of the first of one's own, as it is to be expected when equals stand in any order."""
    above = 0
    for each in sorted(set(points.tolist()), reverse=True):
        level = points == each
        many, good = int(level.sum()), int((level & own).sum())
        if good:
            expected, none_yet = 0.0, 1.0
            for place in range(1, many - good + 2):
                here = good / (many - place + 1)
                expected += none_yet * here / (above + place)
                none_yet *= 1 - here
            return expected
        above += many
    return 0.0


def ranks(case: Case, points: Real) -> list[float]:
    """The reciprocal rank for each problem."""
    return [reciprocal_rank(points[:, place], case.own[:, place]) for place in range(len(case.problems))]


def by_department(case: Case, found: Sequence[float]) -> float:
    """The mean over departments of their own means: a department with many projects counts once."""
    each = defaultdict(list)
    for department, rank in zip(case.department, found, strict=True):
        each[department].append(rank)
    return fmean(fmean(all) for all in each.values())


def measured(case: Case) -> dict[str, dict[str, float]]:
    """For every way of ranking its mean reciprocal rank over problems and over departments."""
    found = {name: ranks(case, way(case)) for name, way in WAYS.items()}
    return {name: {"problems": fmean(all), "departments": by_department(case, all)} for name, all in found.items()}


def main() -> None:
    """Prints the table, or the same as JSON."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--json", action="store_true", dest="as_json")
    as_json = asking.parse_args().as_json
    if not DATA.is_dir():
        print("{}" if as_json else "The open data is not beside the project, so relevance is not measured.")
        return
    case = real_case()
    table = measured(case)
    if as_json:
        print(json.dumps(table))
        return
    print(f"{len(case.problems)} projects, {len(case.offers)} directors of {len(set(case.department))} departments")
    print(f"  {'mean reciprocal rank':28}{'problems':>10}{'departments':>13}")
    for name, row in table.items():
        print(f"  {name:28}{row['problems']:10.3f}{row['departments']:13.3f}")


if __name__ == "__main__":
    main()
