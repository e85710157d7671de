"""Open data as rounds: the groups of MDGPLIB, and reviewers with the papers they would read."""

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
    return {
        "people": [{"id": f"{place:03d}"} for place in range(int(number))],
        "together": [
            [f"{int(one):03d}", f"{int(other):03d}", float(distance)]
            for one, other, distance in (line.split() for line in rest if line.strip())
        ],
        "group_sizes": [limits[at : at + 2] for at in range(0, len(limits), 2)],
    }


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
