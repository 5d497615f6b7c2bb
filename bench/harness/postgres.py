"""A PostgreSQL of the benchmark's own, durable and otherwise as it comes but for what any server would be given."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path

from harness.catalogue import Catalogue
from harness.ports import free_port
from harness.product import Store, fill_store

BINARIES = Path("/usr/lib/postgresql/15/bin")
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "50"}
START_SECONDS_MAX = 60


class Postgres:
    """Runs while it is entered, as the user `postgres` where this is root, for it refuses to run as root."""

    def __init__(self, directory: Path):
        if not (BINARIES / "postgres").exists():
            raise RuntimeError(f"PostgreSQL is not installed in {BINARIES}")
        self.directory = directory
        self.data = directory / "data"
        self.port = free_port()
        self.names = itertools.count(1)
        self.as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def __enter__(self):
        self.directory.mkdir()
        if self.as_owner:
            shutil.chown(self.directory, "postgres", "postgres")
            self.directory.parent.chmod(0o711)  # lets it through to its own
        self._run("initdb", "-D", self.data, "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")
        settings = SETTINGS | {"port": self.port, "listen_addresses": "127.0.0.1",
                               "unix_socket_directories": self.directory}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "-D", self.data, "-l", self.directory / "log", "-o", options, "-t", START_SECONDS_MAX,
                  "-w", "start")
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        line = [*self.as_owner, str(BINARIES / program), *map(str, arguments)]
        done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              check=False, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr.strip()[-500:]}")

    def sql(self, statement: str) -> None:
        self._run("psql", "-h", self.directory, "-p", self.port, "-U", "postgres", "-d", "postgres", "-qc", statement)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_store(self, binary: Path, log: Path, catalogue: Catalogue) -> Store:
        """A new database, filled with the catalogue and looked over as autovacuum will sooner or later."""
        database = f"bench_{next(self.names)}"
        self.sql(f"CREATE DATABASE {database}")
        store = fill_store(Store(binary, log, "", self.url(database)), catalogue)
        self._run("vacuumdb", "-h", self.directory, "-p", self.port, "-U", "postgres", "-d", database, "-zq")
        return store

    def copy(self, store: Store) -> str:
        """The URL of a copy. Nobody may be connected to the store."""
        database = f"bench_{next(self.names)}"
        self.sql(f"CREATE DATABASE {database} TEMPLATE {store.url.rpartition('/')[2]}")
        return self.url(database)
