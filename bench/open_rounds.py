"""Open data as rounds: the groups of MDGPLIB, and reviewers with the papers they would read."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "matching"
MDGPLIB = DATA / "mdgplib"


def mdgp(path: Path) -> dict[str, Any]:
    """A maximum-diversity grouping instance: distances between people, and the bounds of each group."""
    first, *rest = path.read_text().split("\n")
    number, groups, _, *bounds = first.split()
    limits = list(map(int, bounds))
    assert len(limits) == 2 * int(groups)
    pairs = [line.split() for line in rest if line.strip()]
    return grouping(
        int(number),
        [(int(one), int(other), float(distance)) for one, other, distance in pairs],
        [limits[at : at + 2] for at in range(0, len(limits), 2)],
    )


def grouping(people: int, pairs: Iterable[tuple[int, int, float]], bounds: list[list[int]]) -> dict[str, Any]:
    """People to divide into groups within these bounds, and how far any two of them are from each other."""
    return {
        "people": [{"id": f"{place:03d}"} for place in range(people)],
        "together": [[f"{one:03d}", f"{other:03d}", distance] for one, other, distance in pairs],
        "group_sizes": bounds,
    }


def made_like(kind: str, people: int, differing: bool, seed: int) -> dict[str, Any]:
    """A grouping as MDGPLIB makes them (Gallego et al. 2013), where its files are not at hand.

    RanReal and RanInt: distances from 0 to 100 by chance; Geo: between points with 2 to 21 coordinates up to 10.
    """
    chance = np.random.default_rng(seed)
    groups, (low, high) = {120: (10, (8, 16)), 240: (12, (15, 25)), 480: (20, (18, 30))}[people]
    one, other = np.triu_indices(people, 1)
    if kind == "Geo":
        points = chance.uniform(0, 10, (people, int(chance.integers(2, 22))))
        far = np.linalg.norm(points[one] - points[other], axis=1).round(5)
    else:
        far = chance.uniform(0, 100, len(one)).round(3 if kind == "RanReal" else 0)
    usual = people // groups
    bounds = [
        [int(chance.integers(low, usual + 1)), int(chance.integers(usual, high + 1))] if differing else [usual, usual]
        for _ in range(groups)
    ]
    return grouping(people, zip(one.tolist(), other.tolist(), far.tolist(), strict=True), bounds)


def reviewers(name: str) -> dict[str, Any]:
    """People who each bring some of the papers; a reviewer helps as a paper suits them; conflicts part them."""
    with np.load(DATA / f"{name}.npz") as data:
        likes, conflicts = data["similarity_matrix"], data["mask_matrix"]
    number, papers = likes.shape
    ids = [f"r{place:02d}" for place in range(number)]
    owner = [paper % number for paper in range(papers)]
    return {
        "people": [
            {"id": id, "problems": [{"id": f"p{paper:02d}"} for paper in range(papers) if owner[paper] == place]}
            for place, id in enumerate(ids)
        ],
        "help": [
            [ids[place], f"p{paper:02d}", round(60 * float(likes[place, paper]), 3)]
            for place in range(number)
            for paper in range(papers)
            if likes[place, paper] > 0
        ],
        "together": [],
        "avoid": [
            [ids[place], ids[owner[paper]]]
            for place in range(number)
            for paper in range(papers)
            if conflicts[place, paper] and owner[paper] != place
        ],
    }
