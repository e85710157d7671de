"""What docs/asvs.csv and docs/security.md claim is shown by a test that exists."""

import ast
import csv
import re
from collections import Counter
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
HOUSE = DOCS.parent
# OWASP ASVS 5.0.0: section by section the level of its first requirement, its second, and so on.
LEVELS = """
1.1 22  1.2 1111122223  1.3 112222222223  1.4 222  1.5 123
2.1 122  2.2 112  2.3 12223  2.4 23
3.1 3  3.2 113  3.3 12223  3.4 11222233  3.5 11122333  3.6 3  3.7 22333
4.1 12233  4.2 23333  4.3 22  4.4 1222
5.1 2  5.2 112333  5.3 113  5.4 222
6.1 122  6.2 111111112222  6.3 11223333  6.4 112233  6.5 22222333  6.6 2223  6.7 33  6.8 2222
7.1 222  7.2 1111  7.3 22  7.4 11222  7.5 223  7.6 22
8.1 1233  8.2 1123  8.3 133  8.4 23
9.1 111  9.2 1222
10.1 22  10.2 223  10.3 22223  10.4 1111122222233333  10.5 22222  10.6 22  10.7 222
11.1 2233  11.2 22233  11.3 11233  11.4 1222  11.5 23  11.6 23  11.7 33
12.1 12233  12.2 11  12.3 22223
13.1 2333  13.2 222223  13.3 2233  13.4 1222233
14.1 22  14.2 12223333  14.3 122
15.1 12233  15.2 12233  15.3 1222222  15.4 3333
16.1 2  16.2 22222  16.3 2222  16.4 222  16.5 2223
17.1 23  17.2 22223333  17.3 22
"""
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


def test_every_requirement_of_levels_1_and_2_stands_there_and_no_other():
    said = iter(LEVELS.split())
    asked = {
        f"V{section}.{number}": level
        for section, levels in zip(said, said, strict=True)
        for number, level in enumerate(levels, 1)
    }
    assert Counter(asked.values()) == {"1": 70, "2": 183, "3": 92}, "as many as there are"
    found = {row["id"]: row["level"] for row in rows()}
    assert found == {id: level for id, level in asked.items() if level in "12"}
    print(Counter(row["status"] for row in rows()))


def test_what_is_met_is_shown_by_a_test_that_exists():
    missing = [row["id"] for row in rows() if row["status"] in ("met", "partly") and not is_a_test(row["test"])]
    assert not missing, f"docs/asvs.csv names no test that exists for {', '.join(missing)}"
    assert not [row["id"] for row in rows() if row["status"] not in ("met", "partly") and row["test"]]


def test_the_threat_model_names_files_that_exist():
    text = (DOCS / "security.md").read_text()
    named = re.findall(r"`((?:service|tests|docs)/[\w/.]+)`", text)
    assert named
    assert not [path for path in named if not (HOUSE / path).exists()]
