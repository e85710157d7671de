"""What the folders promise: who may import whom, how long a file may grow, and what every name must carry."""

import ast
import dataclasses
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).parent.parent

# What may be handed up through every floor: values, and the ways of saying no.
VALUES = ("service.domain.refusals", "service.domain.words", "service.domain.days")
# What whoever runs the service works with, on the top floor.
TOOLS = (
    "service.keeping.stores",
    "service.running.operations",
    "service.running.clock",
    "service.running.control",
    "service.running.doctor",
    "service.running.folder",
    "service.running.logs",
    "service.running.progress",
    "service.settings",
    "service.running.terminal",
)
TERMINAL = ("service.settings", "service.running.terminal")

# From the cellar to the roof. A room may import itself and what stands here, with what lies behind it; `=` means that
# door and nothing behind it.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "service/domain": (),
    "service/matching": (),
    "service/settings": (),
    "service/running/logs": (),
    "service/running/clock": ("service.settings",),
    "service/running/folder": ("service.settings",),
    "service/keeping/stores": ("service.access", "service.running.folder", "service.ledger", "service.settings"),
    "service/running/terminal": (
        "=service.matching",
        "service.running.logs",
        "service.settings",
        "service.domain.refusals",
    ),
    "service/keeping/audit": (
        "service.keeping.stores",
        "service.running.folder",
        "service.ledger",
        "service.running.progress",
        *TERMINAL,
    ),
    "service/running/control": ("service.settings", "service.running.logs", "service.domain.refusals"),
    "service/running/progress": ("=service.matching",),
    "service/running/matching_files": ("service.settings", "=service.matching"),
    "service/ledger": (
        "service.domain.events",
        "service.domain.aggregate",
        "service.domain.words",
        "service.domain.refusals",
    ),
    "projections": ("service.domain.events", "service.domain.words", "service.domain.days"),
    "service/commands": ("service.ledger", "service.domain", "service.running.logs", "=service.matching"),
    "service/access": ("service.ledger", "service.domain"),
    "service/api": ("service.commands", "projections", "service.access", "service.running.logs", *VALUES),
    "service/web": ("=service.api.inside", "service.access", *VALUES),
    "service/outbox": ("projections", "service.settings"),
    "service/running/doctor": (
        "service.keeping.stores",
        "service.running.control",
        "service.running.folder",
        "service.ledger",
        "service.settings",
    ),
    "service/house": ("service", "projections"),
    "service/running/due": ("projections", "service.commands", "service.house", "service.running.logs", *VALUES),
    "service/keeping/archive": ("service.settings",),
    "service/keeping/whole": (
        *("service.keeping.archive", "service.keeping.stores", "service.ledger"),
        *("service.running.folder", "service.settings"),
    ),
    "service/keeping/move": (
        *("service.keeping.stores", "service.keeping.whole", "service.ledger"),
        *("service.running.folder", "service.running.progress", "service.settings"),
    ),
    "service/keeping/replacing": (
        *("service.keeping.archive", "service.keeping.stores", "service.ledger"),
        *("service.running.folder", "service.settings"),
    ),
    "service/keeping/backup": (
        *("service.keeping.archive", "service.keeping.stores", "service.keeping.whole", "service.house"),
        *("service.ledger", "service.running.clock", "service.running.folder", "service.running.progress"),
        "service.settings",
    ),
    "service/keeping/restore": (
        *("service.app", "service.keeping.archive", "service.keeping.stores", "service.keeping.whole"),
        *("service.running.clock", "service.running.due", "service.running.folder", "service.running.progress"),
        *("service.ledger", "service.settings"),
    ),
    "service/running/operations": (
        *("projections", "service.access", "service.keeping.backup", "service.commands"),
        *("service.domain", "service.house", "service.settings"),
    ),
    "service/signing_in": ("service.access", "service.outbox", "service.running.clock", "service.settings"),
    "service/app": ("service", "projections"),
    "service/running/workers": ("service.app", *TOOLS),
    "service/demo": (
        "service.app",
        "service.house",
        "service.running.due",
        "service.commands",
        "service.domain",
        *TOOLS,
    ),
    "service/cli": (
        *(
            "service.app",
            "service.keeping.audit",
            "service.keeping.backup",
            "service.keeping.move",
            "service.keeping.replacing",
            "service.demo",
            "service.keeping.restore",
            "service.running.workers",
            "service.running.matching_files",
            "service.commands",
            "=service.matching",
        ),
        *(*VALUES, *TOOLS),
    ),
    "service/__main__": ("service.cli",),
}

# Libraries that belong to a room are found nowhere else.
AT_HOME_IN = {
    "aiohttp": ("service/api", "service/web", "service/outbox", "service/app", "service/demo"),
    "jinja2": ("service/web",),
    "aiosqlite": ("projections", "service/access", "service/app"),
    "psycopg": ("service/ledger", "service/access"),
    "sqlite3": ("projections", "service/ledger", "service/access", "service/running/doctor", "service/app"),
    "eventsourcing": ("service/ledger",),
    "ortools": ("service/matching",),
    "rustworkx": ("service/matching",),
    "distributed": ("service/matching",),
    "prometheus_client": ("service/api",),
    "icalendar": ("service/api", "service/outbox"),
    "cryptography": ("service/ledger", "service/access"),
}

# What the domain may know of the world: the language, and the base of its events.
DOMAIN_KNOWS = sys.stdlib_module_names | {"msgspec"}

VAGUE = re.compile(r"^(utils?|helpers?|manager|base|common|misc)$")


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (HOUSE / folder).rglob("*.py"))


def inside(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def room_of(path: Path) -> str | None:
    return next((room for room in MAY_IMPORT if inside(path).startswith((f"{room}/", f"{room}.py"))), None)


def module_of(path: Path) -> str:
    return inside(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(path: Path, source: str) -> Iterator[str]:
    """Every module the source names, in whatever way it says so; `from a import b` may mean `a.b`."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{origin}.{alias.name}"
                yield (
                    whole
                    if origin == "service" or (is_module(whole) and not stands_at_the_door(origin, alias.name))
                    else origin
                )


def is_module(name: str) -> bool:
    place = HOUSE / name.replace(".", "/")
    return place.with_suffix(".py").exists() or place.is_dir()


def stands_at_the_door(package: str, name: str) -> bool:
    """Whether the package hands this out itself, under a name that one of its files may share."""
    door = HOUSE / package.replace(".", "/") / "__init__.py"
    for node in ast.walk(ast.parse(door.read_text())) if door.exists() else ():
        if isinstance(node, ast.ImportFrom) and any(name == (alias.asname or alias.name) for alias in node.names):
            return True
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return True
    return False


def breaches(path: Path, source: str) -> Iterator[str]:
    room = room_of(path)
    if room is None:
        if path.name != "__init__.py":
            yield f"{inside(path)} stands in no room of the house"
        return
    own = room.replace("/", ".")
    for name in imports(path, source):
        top = name.partition(".")[0]
        if top in ("service", "projections", "tests", "bench"):
            if not any(may(name, door) for door in (own, *MAY_IMPORT[room])):
                yield f"{inside(path)} imports {name}"
        elif room not in AT_HOME_IN.get(top, (room,)) or (room == "service/domain" and top not in DOMAIN_KNOWS):
            yield f"{inside(path)} imports {top}"


def may(name: str, door: str) -> bool:
    return name == door.removeprefix("=") or name.startswith(f"{door}.")


@pytest.mark.parametrize("path", python_files("service", "projections"), ids=inside)
def test_nobody_imports_up_the_stairs(path):
    found = list(breaches(path, path.read_text()))
    assert not found, "; ".join(found)


@pytest.mark.parametrize(
    ("place", "source", "sentence"),
    [
        ("service/domain/round.py", "import aiohttp.web", "service/domain/round.py imports aiohttp"),
        ("service/domain/round.py", "from service import ledger", "service/domain/round.py imports service.ledger"),
        (
            "service/domain/round.py",
            "def f():\n    from .. import ledger",
            "service/domain/round.py imports service.ledger",
        ),
        ("service/commands/rounds.py", "import aiosqlite", "service/commands/rounds.py imports aiosqlite"),
        (
            "service/commands/rounds.py",
            "import service.matching.check",
            "service/commands/rounds.py imports service.matching.check",
        ),
        ("service/api/rounds.py", "import service.domain.round", "service/api/rounds.py imports service.domain.round"),
        ("service/web/stuck.py", "import service.commands", "service/web/stuck.py imports service.commands"),
        ("service/web/stuck.py", "import service.api.journey", "service/web/stuck.py imports service.api.journey"),
        ("projections/rounds.py", "from service.ledger import x", "projections/rounds.py imports service.ledger"),
        ("service/attic.py", "", "service/attic.py stands in no room of the house"),
    ],
)
def test_the_guard_sees_who_climbs(place, source, sentence):
    assert list(breaches(HOUSE / place, source)) == [sentence]


def test_the_guard_lets_down_the_stairs():
    assert not list(
        breaches(
            HOUSE / "service/commands/rounds.py", "from service.matching import solve\nimport service.domain.round"
        )
    )
    assert not list(
        breaches(
            HOUSE / "service/ledger/writer.py", "import sqlite3, eventsourcing\nfrom service.domain.events import Event"
        )
    )


def test_no_file_outgrows_its_room():
    limits = [(320, python_files("service", "projections", "bench")), (500, python_files("tests"))]
    long = [
        f"{inside(path)} has {lines} lines, and {limit} are enough"
        for limit, paths in limits
        for path in paths
        if (lines := len(path.read_text().splitlines())) > limit
    ]
    assert not long, "; ".join(long)


def test_every_file_has_a_name_that_says_something():
    vague = [
        inside(path) for path in python_files("service", "projections", "bench", "tests") if VAGUE.match(path.stem)
    ]
    assert not vague, f"{', '.join(vague)}: if it has no name, it has no place yet"


def test_a_folder_with_one_file_is_a_file():
    folders = {path.parent for path in python_files("service", "projections", "bench")}
    lonely = [inside(folder) for folder in folders if {path.name for path in folder.glob("*")} == {"__init__.py"}]
    assert not lonely, f"{', '.join(lonely)} could be a file"


def test_every_module_opens_with_a_sentence():
    silent = [
        inside(path)
        for path in python_files("service", "projections", "bench", "tests")
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent, f"{', '.join(silent)} do not say what is in the room"


def descendants(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def test_every_event_has_its_own_stored_name():
    events = importlib.import_module("service.domain.events")
    kinds = list(descendants(events.Event))
    assert kinds
    nameless = [kind.__name__ for kind in kinds if "TOPIC" not in vars(kind)]
    assert not nameless, f"{', '.join(nameless)} carry no TOPIC"
    topics = [vars(kind)["TOPIC"] for kind in kinds]
    assert len(topics) == len(set(topics)), "two events share one TOPIC"


def test_no_lock_names_a_host():
    naming = [
        inside(lock)
        for lock in (
            *HOUSE.glob("requirements*.txt"),
            HOUSE / "package-lock.json",
            *HOUSE.glob("tests/**/package-lock.json"),
        )
        if re.search(r"https?://|--(extra-)?index|--find", lock.read_text())
    ]
    assert not naming, f"{', '.join(naming)} name a host"


def test_whatever_is_locked_is_looked_through_for_known_holes(tmp_path):
    for name in ("Makefile", *(lock.name for lock in HOUSE.glob("requirements*.txt"))):
        (tmp_path / name).write_text((HOUSE / name).read_text())
    subprocess.run(["make", "-s", ".cache/audit/pyproject.toml"], cwd=tmp_path, check=True)
    asked = tomllib.loads((tmp_path / ".cache/audit/pyproject.toml").read_text())["project"]["dependencies"]
    locked = re.findall(r"^[\w.-]+==[^ ]+", "\n".join(lock.read_text() for lock in HOUSE.glob("*.txt")), re.MULTILINE)
    assert locked
    assert {each.split()[0] for each in asked} == set(locked)


def test_every_dependency_is_locked_and_has_its_sentence_in_the_readme():
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[<>=\[;]", line)[0].strip() for line in project["dependencies"]]
    readme, lock = (HOUSE / "README.md").read_text(), (HOUSE / "requirements.txt").read_text()
    unexplained = [
        name for name in names if not re.search(rf"^- \*\*{re.escape(name)}\*\* .*\.$", readme, re.MULTILINE)
    ]
    assert not unexplained, f"the README does not say why we cannot do without {', '.join(unexplained)}"
    assert not [name for name in names if f"\n{name}==" not in f"\n{lock}"]
    assert lock.count("==") <= 45, "more than 45 packages at run time"


def test_every_setting_stands_in_the_readme():
    settings = importlib.import_module("service.settings").Settings
    readme = (HOUSE / "README.md").read_text()
    names = [f"UNSTUCK_{field.name.upper()}" for field in dataclasses.fields(settings)]
    unexplained = [name for name in names if f"| `{name}` |" not in readme]
    assert not unexplained, f"the README does not say what {', '.join(unexplained)} means"


def test_every_command_stands_in_the_readme():
    main = importlib.import_module("service.cli").main
    readme = (HOUSE / "README.md").read_text()
    unexplained = [name for name in main.commands if f"| `unstuck {name}" not in readme]
    assert not unexplained, f"the README does not say what unstuck {', '.join(unexplained)} does"
