"""What 1,000,000 SKUs with two levels and titles of 20 characters take: memory, and time to start.

memory  resident memory of the whole process, divided by the items: after a start and some reading, and again after
        writes to everything.
start   from the start of the process to /readyz answering 200, nothing in the page cache, after a clean stop and
        after SIGKILL under full load; beside the time that it takes to read and checksum, also from the disk, as many
        bytes as the memory's bar gives the items. Those of the files would not do: the more compact these are, the
        less there would be to hold a start to; the ratio to them is shown without a bar (items and other records,
        neither the ledger nor the log). The replay of the log's tail, which SIGKILL leaves and the windows bound, is
        shown apart: the server says how long it took.
"""

import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from harness import machine
from harness.catalogue import Catalogue, picks
from harness.context import Context
from harness.measure import median
from harness.product import Server, Store
from harness.request_files import RequestMaker, write_bulks, write_requests
from harness.wrk import Load

ITEM_BYTES = 400
BULK = 500
READS = 20_000
CONNECTIONS = 8


def run_memory(context: Context) -> None:
    """Resident memory for an item at 1,000,000."""
    items = context.sizes.footprint_items
    store = context.store(Catalogue(items), "footprint")
    with context.serve_on_all_cores(store) as server:
        maker = RequestMaker(server.key, server.warehouse_ids())
        reads = write_requests(context.work / "reads", [maker.get_item(n) for n in picks(range(items), READS, seed=8)])
        context.wrk(Load(requests=reads), server)
        after_reads = machine.resident_bytes(server.pid)
        bulks = all_items_in_bulks(context, server)
        context.run_program("replay", "--port", server.port, "--requests", bulks, "--connections", CONNECTIONS,
                            "--count", items // BULK)
        after_writes = machine.resident_bytes(server.pid)
    figures = context.figures
    figures.add("bytes_per_item", after_reads / items, "bytes", "resident memory for an item, after start and reads")
    figures.add("bytes_per_item_after_writes", after_writes / items, "bytes", "the same after a write to every item")
    figures.add("resident_mib", after_reads / (1 << 20), "MiB", "resident memory in all")


def run_start(context: Context) -> None:
    """Time to start with 1,000,000 SKUs, after a clean stop and after SIGKILL."""
    items = context.sizes.footprint_items
    rounds = context.sizes.footprint_rounds
    store = context.store(Catalogue(items), "start")
    report(context, "clean", "a clean stop", [time_start(context, store, kill=False) for _ in range(rounds)])
    report(context, "killed", "SIGKILL under load", [time_start(context, store, kill=True) for _ in range(rounds)])


@dataclass(frozen=True)
class Start:
    seconds: float  # of all of it
    read_seconds: float  # ITEM_BYTES of each item
    files_seconds: float
    files_bytes: int
    tail_seconds: float
    tail_events: float

    @property
    def ratio(self) -> float:
        return (self.seconds - self.tail_seconds) / self.read_seconds

    @property
    def files_ratio(self) -> float:
        return (self.seconds - self.tail_seconds) / self.files_seconds


def report(context: Context, name: str, after: str, starts: list[Start]) -> None:
    figures = context.figures
    figures.add(f"{name}_ratio", median([each.ratio for each in starts]), "×",
                f"start after {after}, without the log's tail, to reading and checksumming {ITEM_BYTES} bytes an item")
    figures.add(f"{name}_whole_ratio", median([each.seconds / each.read_seconds for each in starts]), "×",
                "the same with the tail")
    figures.add(f"{name}_files_ratio", median([each.files_ratio for each in starts]), "×",
                "without the tail, to reading and checksumming the files of the state")
    figures.add(f"{name}_seconds", median([each.seconds for each in starts]), "s", f"start after {after}, all of it")
    figures.add(f"{name}_read_seconds", median([each.read_seconds for each in starts]), "s",
                "reading and checksumming")
    figures.add(f"{name}_files_mib", median([each.files_bytes for each in starts]) / (1 << 20), "MiB",
                "the files of the state")
    figures.add(f"{name}_tail_events", max(each.tail_events for each in starts), "events",
                "the longest tail of the log")
    figures.add(f"{name}_tail_seconds", median([each.tail_seconds for each in starts]), "s", "replaying the tail")


def time_start(context: Context, store: Store, kill: bool) -> Start:
    """Writes for a while, stops or kills, and starts again."""
    with context.serve_on_all_cores(store) as server:
        bulks = all_items_in_bulks(context, server)
        seconds = context.sizes.kill_after_seconds
        line = context.program("replay", "--port", server.port, "--requests", bulks, "--connections", CONNECTIONS)
        load = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        if kill:
            server.kill()
        load.terminate()
        load.wait()
    read_seconds, _ = read_and_checksum([reference_file(context)])
    files_seconds, files_bytes = read_and_checksum(state_files(context, store))
    machine.forget_cached(machine.files_below(store.directory))
    begin = time.perf_counter()
    server = Server(store, cores="", threads=2)
    start_seconds = time.perf_counter() - begin
    told = server.metrics()
    server.kill()  # nothing was written
    return Start(start_seconds, read_seconds, files_seconds, files_bytes, told["nexus_replay_seconds"],
                 told["nexus_events_replayed"])


def state_files(context: Context, store: Store) -> list[Path]:
    line = context.program("state_files", store.directory)
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    return [Path(name) for name in done.stdout.splitlines()]


def read_and_checksum(files: list[Path]) -> tuple[float, int]:
    """From the disk."""
    machine.forget_cached(files)
    return machine.read_and_checksum(files)


def reference_file(context: Context) -> Path:
    """ITEM_BYTES for each item."""
    path = context.work / "reference"
    if not path.exists():
        block = random.Random(1).randbytes(ITEM_BYTES * 1000)
        with path.open("wb") as file:
            for _ in range(context.sizes.footprint_items // 1000):
                file.write(block)
    return path


def all_items_in_bulks(context: Context, server: Server) -> Path:
    """Bulks that together write to every item once, in random order. All copies of one store take the same."""
    if "bulks of all" not in context.kept:
        items = context.sizes.footprint_items
        maker = RequestMaker(server.key, server.warehouse_ids())
        context.kept["bulks of all"] = write_bulks(context.work / "bulks-of-all", maker,
                                                   picks(range(items), items, seed=9))
    return context.kept["bulks of all"]
