"""`unstuck audit`: the ledger as a file that anybody can check, and what it is checked against."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from service.keeping import stores
from service.ledger.tree import Leaves, Tree, exported
from service.ledger.verify import Unverifiable, verify
from service.running.folder import Folder
from service.running.progress import counting
from service.running.terminal import command, show
from service.settings import Settings, Unusable

AT_ONCE = 1_000
BEGINS = b'{"leaf":"'


@click.group("audit")
def audit() -> None:
    """Export the ledger, sign where it stands, and check an export."""


@command(audit, "export")
@click.argument("file", metavar="OUT.jsonl", type=click.Path(path_type=Path))
def export(settings: Settings, file: Path) -> None:
    """Write every event with its leaf hash to OUT.jsonl, one a line, while the service runs or not."""
    with stores.open_leaves(settings, Folder(settings.data)) as leaves:
        head = leaves.size()
        with counting("Exporting", head, " events") as told:
            count = _written(leaves, head, file, told)
    click.echo(f"{count} events are in {file}.")


def _written(leaves: Leaves, head: int, file: Path, told: Callable[[int], object]) -> int:
    """The file whole or not at all, for its owner's eyes only. It replaces an older export and nothing else."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    after = count = 0
    try:
        if file.exists() and not _is_export(file):
            raise Unusable(f"{file} is there already and is no export: name another file.")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            while after < head and (rows := leaves.rows(after, min(AT_ONCE, head - after))):
                out.write(b"".join(exported(row, hashes) for row, hashes in rows))
                after = rows[-1][0][0]
                count += len(rows)
                told(len(rows))
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, file)
    except OSError as error:
        raise Unusable(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        beside.unlink(missing_ok=True)
    return count


def _is_export(file: Path) -> bool:
    with file.open("rb") as there:
        return there.read(len(BEGINS)) in (b"", BEGINS)


@command(audit, "checkpoint")
def checkpoint(settings: Settings) -> None:
    """Print how far the ledger has got and the root of its tree, signed. Keep it elsewhere."""
    folder = Folder(settings.data)
    signer = stores.signer(settings, folder)
    with stores.open_leaves(settings, folder) as leaves:
        show(signer.sign(Tree(leaves)))


@command(audit, "verify")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--checkpoint", metavar="C", type=click.Path(path_type=Path), help="What `audit checkpoint` printed.")
@click.option("--public-key", metavar="HEX", help="The key the checkpoint must be signed with.")
def verify_(settings: Settings, file: Path, checkpoint: Path | None, public_key: str | None) -> None:
    """Check an export, to the last byte, against a checkpoint of that moment or an earlier one."""
    try:
        size = file.stat().st_size if file.exists() else 0
        with counting("Verifying", size, "B") as told:
            summary, faults = verify(str(file), str(checkpoint) if checkpoint else None, public_key, told)
    except Unverifiable as why:
        raise Unusable(str(why)) from None
    click.echo("\n".join(faults) or summary, err=bool(faults))
    if faults:
        sys.exit(1)
