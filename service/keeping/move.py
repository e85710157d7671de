"""`unstuck move`: a network from files into PostgreSQL, or back, with nothing changed but where it lies."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from service.keeping import stores
from service.keeping.whole import Place, carry_over, must_be_empty
from service.ledger.carrying import Carried
from service.running.folder import Folder
from service.running.progress import counting
from service.settings import Settings, Unusable


def move(settings: Settings, *, url: str | None = None, into: Path | None = None) -> dict[str, Any]:
    """Everything in that database, or in that folder, and where it came from as it was. Unusable, with nothing changed
    there, when somebody is at work on either, or there is a network where it should go."""
    source = Place(settings, Folder(settings.data))
    to = replace(source, settings=replace(settings, database_url=url))
    if into is not None:
        to = Place(replace(settings, database_url=None, data=into), Folder(into))
    stores.signer(settings, source.folder)  # or the key is another, which nobody should find out afterwards
    with ExitStack() as stack:
        stack.enter_context(source.folder.held())
        if into is not None:
            _prepare(stack, source, to)
        told = stack.enter_context(counting("Moving", 2 * source.size(), " events"))
        carried = carry_over(source, to, alone=True, told=told)
    return _report(source, to, carried)


def _prepare(stack: ExitStack, source: Place, to: Place) -> None:
    """The folder, with what the network needs beside its stores: the key, and the list of the forgotten."""
    stores.must_be_free(to.settings, to.folder)
    if to.folder.path.resolve() != source.folder.path.resolve():
        must_be_empty(to.folder)
        to.folder.make()
        stack.enter_context(to.folder.held())
        _bring_key(source, to.folder)
        to.folder.add_forgotten(source.folder.read_forgotten())
    elif not to.folder.unfinished.exists():
        for path in (to.folder.keys, to.folder.access):
            if path.exists():
                raise Unusable(f"There is {path} already, and no ledger beside it: move it away first.")


def _bring_key(source: Place, folder: Folder) -> None:
    """The same key-encryption key, unless settings give it."""
    if source.settings.master_key is not None:
        return
    key = source.folder.key_encryption_key(source.settings)
    if folder.master_key.exists():
        if folder.key_encryption_key(source.settings) != key:
            raise Unusable(f"{folder.master_key} is another key than this network's: move into an empty folder.")
        return
    beside = folder.master_key.with_suffix(".new")
    shutil.copyfile(source.folder.master_key, beside)
    beside.chmod(0o600)
    os.replace(beside, folder.master_key)


def _report(source: Place, to: Place, carried: Carried) -> dict[str, Any]:
    """What was moved, and what to set next."""
    return {
        "from": source.shown,
        "to": to.shown,
        "events": carried.rows["stored_events"],
        "size": carried.size,
        "root": carried.root,
        "rows": carried.rows,
        "next": _next(source, to),
    }


def _next(source: Place, to: Place) -> str:
    if to.settings.database_url is None:
        setting = f"Unset UNSTUCK_DATABASE_URL, set UNSTUCK_DATA={to.shown}, and run `unstuck rebuild` there"
    else:
        setting = f"Set UNSTUCK_DATABASE_URL to {to.shown}, with its password"
        if source.settings.master_key is None:
            setting += f", and on other machines UNSTUCK_MASTER_KEY to what stands in {source.folder.master_key}"
    in_files = source.settings.database_url is None
    left = (
        "ledger.db, keys.db, access.db and ballots.db" if in_files else "the schemas ledger, keys, access and ballots"
    )
    return (
        f"{setting}; then `unstuck doctor` and `unstuck serve`. Do not serve {source.shown} again, and delete {left}"
        f" there once you are content: whoever is forgotten from now on is forgotten in {to.shown} alone."
    )
