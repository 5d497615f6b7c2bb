"""The product as its users have it: the binary, a store that its command line filled, a server."""

import copy
import http.client
import json
import shutil
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from harness.catalogue import WAREHOUSES, Catalogue
from harness.ports import free_port, wait_until_ready

# Keys are counted against a limit in every benchmark; this one, the highest there is, is never reached.
RATE_LIMIT = 4_000_000_000
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 120


@dataclass(frozen=True)
class Store:
    """A data folder, or a database, with one tenant and a key that may do everything."""

    binary: Path
    directory: Path  # of a database only where the server's log goes
    key: str
    url: str = ""

    @property
    def flags(self) -> list[str]:
        return ["--store", self.url] if self.url else ["--data", str(self.directory)]

    def copy(self, directory: Path) -> "Store":
        if directory.exists():
            shutil.rmtree(directory)
        subprocess.run(["cp", "-r", "--reflink=auto", str(self.directory), str(directory)], check=True)
        return Store(self.binary, directory, self.key)


def admin(store: Store, *line: str) -> str:
    command = [str(store.binary), *line, *store.flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def add_tenant(store: Store, name: str, rate_limit: int = RATE_LIMIT) -> str:
    """A key of it that may do everything, so often a minute."""
    admin(store, "tenant", "create", name, "--json")
    made = admin(store, "key", "create", "--tenant", name, "--name", name, "--owner", "bench@example.com",
                 "--scope", "*", "--rate-limit", str(rate_limit), "--json")
    return json.loads(made)["key"]


def create_store(binary: Path, directory: Path, catalogue: Catalogue) -> Store:
    if directory.exists():
        shutil.rmtree(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    return fill_store(Store(binary, directory, ""), catalogue)


def fill_store(store: Store, catalogue: Catalogue) -> Store:
    """The empty store with a tenant, a key and the catalogue."""
    key = add_tenant(store, "bench")
    csv = store.directory.with_suffix(".csv")
    catalogue.write_csv(csv)
    try:
        admin(store, "import", "--tenant", "bench", str(csv), "--create-warehouses")
    finally:
        csv.unlink()
    return replace(store, key=key)


class Server:
    """A running server, access log off. `cores` pins it ("0"; "" leaves it to the system)."""

    def __init__(self, store: Store, cores: str, threads: int, wrapper: tuple[str, ...] = ()):
        self.key = store.key
        self.port = free_port()
        pin = ["taskset", "-c", cores] if cores else []
        line = [*pin, *wrapper, str(store.binary), "serve", *store.flags]
        line += ["--listen", f"127.0.0.1:{self.port}", "--threads", str(threads), "--access-log", "off"]
        self.log_path = store.directory.with_suffix(".serve.log")
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(line, stdout=log, stderr=log)
        self.pid = self.process.pid  # taskset and the wrappers exec, so it stays theirs
        try:
            wait_until_ready(self.port, self.process, START_SECONDS_MAX)
        except RuntimeError as failure:
            self.kill()
            raise RuntimeError(f"{failure}: {self.log_path.read_text()[-500:]}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def stop(self) -> None:
        """SIGTERM, which checkpoints; it must end by itself, with 0."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError("the server did not stop") from None
        if code != 0:
            raise RuntimeError(f"the server ended with {code}: {self.log_path.read_text()[-500:]}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def for_key(self, key: str) -> "Server":
        """The same server to somebody else."""
        other = copy.copy(self)
        other.key = key
        return other

    def fetch(self, target: str, method: str = "GET", body: bytes | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            return self.fetch_over(connection, target, method, body)
        finally:
            connection.close()

    def fetch_over(self, connection: http.client.HTTPConnection, target: str, method: str = "GET",
                   body: bytes | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status // 100 != 2:
            raise RuntimeError(f"{method} {target} answered {answer.status}: {content[:300]!r}")
        return content

    def warehouse_ids(self) -> list[str]:
        """In the order of catalogue.WAREHOUSES."""
        rows = json.loads(self.fetch("/api/inventory/warehouses"))["data"]
        ids = {row["name"]: row["id"] for row in rows}
        return [ids[name] for name in WAREHOUSES if name in ids]

    def metrics(self) -> dict[str, float]:
        """The figures without labels of /metrics."""
        figures = {}
        for line in self.fetch("/metrics").decode().splitlines():
            name, _, value = line.partition(" ")
            if name and not name.startswith("#") and "{" not in name:
                figures[name] = float(value)
        return figures

    def cursor_of_middle(self, query: dict[str, str]) -> str | None:
        """Walks half of a list, the first page by 50; gives the cursor there, or nothing when the list ends before."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        limit, passed, cursor = 50, 0, None
        try:
            while True:
                page_query = query | {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
                page = json.loads(self.fetch_over(connection, f"/api/inventory?{urlencode(page_query)}"))
                passed += len(page["data"])
                cursor, total = page["meta"]["nextCursor"], page["meta"]["total"]
                if cursor is None or passed * 2 >= total:
                    return cursor
                limit = 200 if total > 1000 else 50
        finally:
            connection.close()
