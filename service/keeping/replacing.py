"""`unstuck keys replace`: another master key, under which everybody's keys are wrapped anew."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from service.keeping import archive, stores
from service.ledger import WrongKey
from service.ledger.rewrapping import rewrap
from service.ledger.signing import Signer
from service.running.folder import Folder, key_in, write_key
from service.settings import Settings, Unusable


def replace_master_key(settings: Settings, new: Path | None) -> dict[str, Any]:
    """From now on the key in that file, or one made now, opens everybody's keys, and the one before opens none. Broken
    off at any moment it is done or it is not; done again it is finished. Unusable, with nothing changed, when somebody
    is at work on this network, or the key there is does not open it."""
    folder = Folder(settings.data)
    stores.must_exist(settings, folder)
    in_folder = settings.master_key is None
    if new is None and not in_folder:
        raise Unusable("UNSTUCK_MASTER_KEY gives the key: name a file that holds another one with --new FILE.")
    with folder.held():
        _finished(settings, folder)
        old = folder.key_encryption_key(settings)
        key = key_in(new) if new else secrets.token_bytes(32)
        if key == old:
            raise Unusable("That is the key there is: name a file that holds another one.")
        if in_folder:
            write_key(folder.next_key, key)
            archive.sync(folder.path)
        try:
            with stores.keys_alone(settings, folder) as shelf:
                wrapped = rewrap(shelf, old, key)
        except WrongKey as wrong:
            raise Unusable(str(wrong)) from None
        finally:
            _finished(settings, folder)
    return {"keys": wrapped, "public_key": Signer(key).public_key, "next": _next(settings, folder, new)}


def finish(settings: Settings, folder: Folder) -> None:
    """Where replacing was broken off, whichever key opens everybody's keys is the one, and the other is gone. WrongKey
    when neither does."""
    if settings.master_key is not None or not folder.next_key.exists():
        return
    try:
        stores.must_open(settings, folder, key_in(folder.next_key))
    except WrongKey:
        stores.must_open(settings, folder, folder.key_encryption_key(settings))
        folder.next_key.unlink()
    else:
        os.replace(folder.next_key, folder.master_key)
    archive.sync(folder.path)


def _finished(settings: Settings, folder: Folder) -> None:
    try:
        finish(settings, folder)
    except WrongKey as wrong:
        raise Unusable(str(wrong)) from None


def _next(settings: Settings, folder: Folder, new: Path | None) -> str:
    if settings.master_key is not None:
        said = f"Set UNSTUCK_MASTER_KEY to what stands in {new}."
    elif settings.database_url is not None:
        said = f"The key is in {folder.master_key}: other machines need it as UNSTUCK_MASTER_KEY."
    else:
        said = f"The key is in {folder.master_key}."
    return (
        f"{said} Make a backup of the keys. Earlier ones open with the key before alone: keep it for as long as them."
        " Checkpoints are signed with another key from now on."
    )
