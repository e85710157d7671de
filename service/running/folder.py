"""The data folder: what lies where, who may open it, and that only one process writes to it."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from service.settings import Settings, Unusable

COPIES = ".backup-"


class InUse(Unusable):
    """Another process writes to this folder."""


@dataclass(frozen=True)
class Folder:
    """The files of one network."""

    path: Path

    @property
    def ledger(self) -> Path:
        """Every event, and nothing but events and idempotency keys."""
        return self.path / "ledger.db"

    @property
    def keys(self) -> Path:
        """Each person's key, wrapped by the key-encryption key."""
        return self.path / "keys.db"

    @property
    def access(self) -> Path:
        """Token hashes, and who holds which e-mail address."""
        return self.path / "access.db"

    @property
    def ballots(self) -> Path:
        """Ballots of votes that are open, and half of each vote's key. In no backup; gone when the vote closes."""
        return self.path / "ballots.db"

    @property
    def read_models(self) -> Path:
        """What is answered from; can be deleted and built again."""
        return self.path / "read_models.db"

    @property
    def master_key(self) -> Path:
        """The key-encryption key, where settings do not give one."""
        return self.path / "master.key"

    @property
    def next_key(self) -> Path:
        """Stands here while the key-encryption key is replaced: one of the two opens everybody's keys."""
        return self.path / "master.key.next"

    @property
    def forgotten(self) -> Path:
        """Whom to forget again when an older backup is restored: ids, one a line, and nothing else about them."""
        return self.path / "forgotten"

    @property
    def unfinished(self) -> Path:
        """Stands here while a network is moved in: until it has gone, nothing here is one."""
        return self.path / "unfinished"

    @property
    def socket(self) -> Path:
        """Where a running service takes commands from the command line of its owner."""
        return self.path / "service.sock"

    def exists(self) -> bool:
        """Whether a network was set up here."""
        return self.ledger.exists()

    def create(self, settings: Settings) -> None:
        """Makes the folder, for its owner only, with a key-encryption key unless settings give one; what is there
        already is kept. Unusable when the folder cannot be made."""
        self.make()
        try:
            if settings.master_key is None and not self.master_key.exists():
                self.make_master_key()
        except OSError as error:
            raise Unusable(f"{self.master_key} cannot be written: {error.strerror}.") from error

    def make(self) -> None:
        """The folder, for its owner only, where there is none. Unusable when it cannot be made."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unusable(f"The data folder {self.path} cannot be made: {error.strerror}.") from error

    def make_master_key(self) -> None:
        """A new key-encryption key beside the data, for its owner only; whole or not at all."""
        begun = self.master_key.with_suffix(".new")
        write_key(begun, secrets.token_bytes(32))
        os.link(begun, self.master_key)  # which replaces nothing
        begun.unlink()

    def read_forgotten(self) -> set[UUID]:
        """Who was forgotten, as far as this folder and those of its workers know."""
        return {id for path in (self.forgotten, *self.path.glob("worker-*/forgotten")) for id in self._listed(path)}

    def _listed(self, path: Path) -> set[UUID]:
        try:
            return self.forgotten_in(path.read_text())
        except FileNotFoundError:
            return set()
        except ValueError:
            raise Unusable(f"{path} should hold one id a line: put it right, or put back a copy.") from None

    @contextmanager
    def copying(self) -> Iterator[Path]:
        """A place for copies that are gone again when the context ends."""
        with tempfile.TemporaryDirectory(prefix=COPIES, dir=self.path) as name, _locked(Path(name) / "lock"):
            yield Path(name)

    def clear_copies(self) -> None:
        """Removes what a backup left behind that was killed while it was made."""
        for left in self.path.glob(f"{COPIES}*"):
            with suppress(BlockingIOError), _locked(left / "lock"):  # or else somebody is making it
                shutil.rmtree(left)

    @staticmethod
    def forgotten_in(text: str) -> set[UUID]:
        """The ids in such a list. ValueError when it holds anything else."""
        return {UUID(line.strip()) for line in text.splitlines() if line.strip()}

    def add_forgotten(self, ids: Iterable[UUID]) -> None:
        """Writes them on the list, durably."""
        if new := sorted(set(ids) - self.read_forgotten()):
            with open(os.open(self.forgotten, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
                file.writelines(f"{id}\n" for id in new)
                file.flush()
                os.fsync(file.fileno())

    def clear(self) -> None:
        """Removes what `create` and a first start have made, and nothing else."""
        for name in ("ledger.db", "keys.db", "access.db", "ballots.db", "read_models.db", "master.key", "lock"):
            for suffix in ("", "-wal", "-shm"):
                (self.path / f"{name}{suffix}").unlink(missing_ok=True)

    def key_encryption_key(self, settings: Settings) -> bytes:
        """32 bytes. Unusable when there is no key, or what stands there is none."""
        if settings.master_key is not None:
            return bytes.fromhex(settings.master_key)
        if not self.master_key.exists():
            raise Unusable(f"{self.master_key} is missing: put it back, or set UNSTUCK_MASTER_KEY.")
        return key_in(self.master_key)

    def must_exist(self) -> None:
        """Unusable when no network was set up here, or moved here to its end."""
        self.must_be_finished()
        if not self.exists():
            advice = "run `unstuck init --admin EMAIL` first, or name its folder with --data"
            raise Unusable(f"There is no network in {self.path}: {advice}.")

    def must_be_finished(self) -> None:
        """Unusable when a network was being moved here, and only a part of it may be there."""
        if self.unfinished.exists():
            raise Unusable(
                f"A network was being moved to {self.path}, and that was broken off: run `unstuck move` again, which"
                " starts over; nothing was changed where it came from."
            )

    def must_be_whole(self) -> None:
        """Unusable when there are events whose keys are gone: new ones would lock out the old for ever."""
        if not self.keys.exists():
            raise Unusable(
                f"{self.keys} is missing: restore it from your backup; without it nobody's words can be read."
            )

    @contextmanager
    def held(self) -> Iterator[None]:
        """This process alone writes to the folder for as long as the context lasts. InUse when another does.

        Meanwhile its number stands in the lock, and stays there when it is killed."""
        with ExitStack() as stack:
            try:
                lock = stack.enter_context(_locked(self.path / "lock"))
            except BlockingIOError:
                raise InUse(f"Another process is using {self.path}: stop it first, or name another folder.") from None
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            stack.callback(os.ftruncate, lock, 0)
            yield

    def is_held(self) -> bool:
        """Whether some process writes to the folder just now."""
        try:
            with _locked(self.path / "lock"):
                return False
        except BlockingIOError:
            return True

    def was_killed(self) -> bool:
        """Whether the last process that wrote to the folder, if none does now, had no time to stop."""
        lock = self.path / "lock"
        return lock.exists() and lock.stat().st_size > 0


def key_in(path: Path) -> bytes:
    """The 32 bytes that stand in that file. Unusable when there are none."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise Unusable(f"{path} cannot be read as 64 hexadecimal digits: {error}.") from None
    if len(key) != 32:
        raise Unusable(f"{path} should hold 64 hexadecimal digits.")
    return key


def write_key(path: Path, key: bytes) -> None:
    """Those bytes in that file, for its owner only, durably."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """That file, made if need be and open, is this process's alone; BlockingIOError when it is another's."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield lock
    finally:
        os.close(lock)
