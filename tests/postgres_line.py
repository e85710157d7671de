"""A line to PostgreSQL that can be cut in the middle of a conversation."""

from __future__ import annotations

import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from psycopg.conninfo import conninfo_to_dict

NAME = ".s.PGSQL.5432"


class Line:
    """Stands between a ledger and its server, and passes everything on until it is told otherwise."""

    def __init__(self, beyond: str) -> None:
        self.beyond = beyond
        said = conninfo_to_dict(beyond)
        self._server = Path(str(said["host"]), NAME)
        self._folder = tempfile.TemporaryDirectory(prefix="unstuck-line-")
        self.url = f"postgresql://{said['user']}@/{said['dbname']}?host={self._folder.name}"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(Path(self._folder.name, NAME)))
        self._listening.listen()
        self._word: bytes | None = None
        self._arrives = self._for_good = self._broken = self.was_cut = False
        self._deaf: socket.socket | None = None
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._cut()
        self._folder.cleanup()

    def cut_at_the_next(self, word: bytes, *, after_it_arrived: bool, for_good: bool = False) -> None:
        """Whoever says that word next is cut off: before the server hears it, or after it has answered."""
        self._arrives, self._for_good, self._word = after_it_arrived, for_good, word

    def mend(self) -> None:
        """Takes calls again."""
        self._broken = False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                if self._broken:
                    caller.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                self._open += [caller, server]
                threading.Thread(target=self._ask, args=(caller, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, caller), daemon=True).start()

    def _ask(self, caller: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := caller.recv(65536):
                if self._word is not None and self._word in said:
                    self._word = None
                    if not self._arrives:
                        return self._cut()
                    self._deaf = caller
                server.sendall(said)
        return self._close(caller, server)

    def _answer(self, server: socket.socket, caller: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                if self._deaf is caller:  # and will not hear it
                    return self._cut()
                caller.sendall(said)
        return self._close(caller, server)

    def _cut(self) -> None:
        self.was_cut, self._broken = True, self._for_good
        for each in self._open:
            self._close(each)
        self._open.clear()

    def _close(self, *sockets: socket.socket) -> None:
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
