"""What docs/asvs.csv and docs/security.md claim is shown by a test that exists."""

import ast
import csv
import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
HOUSE = DOCS.parent
STATUSES = {"met", "partly", "not applicable", "not yet"}


def rows() -> list[dict[str, str]]:
    with (DOCS / "asvs.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def is_a_test(name: str) -> bool:
    path, _, function = name.partition("::")
    tree = ast.parse((HOUSE / path).read_text()) if (HOUSE / path).exists() else ast.Module([], [])
    return any(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == function for each in tree.body)


def test_every_requirement_stands_there_once_in_order_and_says_where_we_are():
    found = rows()
    numbers = [tuple(map(int, row["id"].removeprefix("V").split("."))) for row in found]
    assert numbers == sorted(set(numbers))
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", row["id"]) and row["level"] in ("1", "2") for row in found)
    assert {row["status"] for row in found} <= STATUSES
    assert all(row["requirement"] and row["how"].endswith(".") for row in found)


def test_what_is_met_is_shown_by_a_test_that_exists():
    missing = [row["id"] for row in rows() if row["status"] in ("met", "partly") and not is_a_test(row["test"])]
    assert not missing, f"docs/asvs.csv names no test that exists for {', '.join(missing)}"
    assert not [row["id"] for row in rows() if row["status"] not in ("met", "partly") and row["test"]]


def test_the_threat_model_names_files_that_exist():
    text = (DOCS / "security.md").read_text()
    named = re.findall(r"`((?:service|tests|docs)/[\w/.]+)`", text)
    assert named
    assert not [path for path in named if not (HOUSE / path).exists()]
