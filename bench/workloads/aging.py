"""A store that gets old: 20,000,000 updates over 1,000,000 SKUs at random, and reading history afterwards.

sustained  bulks of 500 over 8 connections until all are done: the last tenth's rate beside the first's; meanwhile one
           connection sends single PUTs, for their latency; what the disk holds for an adjustment in the end.
history    on the same store: 1,000,000 adjustments of one SKU and 100 of another are added; the first page of each
           side by side, then the long one streamed to its end while the server's memory is watched.
"""

import json
import re
import socket
import subprocess
import threading
import time

from harness import machine
from harness.catalogue import Catalogue, picks, sku
from harness.context import LOAD_CORE, Context
from harness.measure import interleave, median, median_of
from harness.product import Store
from harness.request_files import RequestMaker, write_bulks, write_requests
from harness.wrk import Load

BULK = 500
CONNECTIONS = 8
# SKUs that no random update touches.
LONG, SHORT = 5, 6
RESERVED = 10
SHORT_HISTORY = 100
PROBE_REQUESTS = 20_000


def run_sustained(context: Context) -> None:
    """20,000,000 updates over 1,000,000 SKUs: does it keep its rate? Disk, and PUTs beside it."""
    aged_store(context)


def aged_store(context: Context) -> Store:
    """The store after the sustained writes, made (and measured) once a run."""
    if "aged" not in context.kept:
        store = context.store(Catalogue(context.sizes.footprint_items), "aged")
        write_until_old(context, store)
        context.kept["aged"] = store
    return context.kept["aged"]


def write_until_old(context: Context, store: Store) -> None:
    items = context.sizes.footprint_items
    disk_before = machine.disk_bytes(store.directory)
    with context.serve_on_all_cores(store) as server:
        maker = RequestMaker(server.key, server.warehouse_ids())
        bulks = write_bulks(context.work / "aging-bulks", maker, picks(range(RESERVED, items), items, seed=10))
        puts = write_requests(context.work / "aging-puts",
                              [maker.put(n) for n in picks(range(RESERVED, items), PROBE_REQUESTS, seed=11)])
        probe_line = context.program("replay", "--port", server.port, "--requests", puts, "--connections", 1)
        with Peak(lambda: machine.disk_bytes(store.directory), every=0.5) as disk_peak:
            probe = subprocess.Popen(probe_line, stdout=subprocess.PIPE, text=True)
            seen = context.run_program("replay", "--port", server.port, "--requests", bulks,
                                       "--connections", CONNECTIONS, "--count", context.sizes.sustained_updates // BULK)
            probe.terminate()
            probed = json.loads(probe.communicate(timeout=30)[0])
        resident = machine.resident_bytes(server.pid)
    if seen["refused"] or probed["refused"]:
        raise RuntimeError(f"writes were refused: {seen} {probed}")
    adjustments = seen["requests"] * BULK + probed["requests"]
    disk_added = machine.disk_bytes(store.directory) - disk_before
    figures = context.figures
    figures.add("last_to_first", seen["tenths"][0] / seen["tenths"][-1], "×", "rate of the last tenth to the first's")
    figures.add("updates_per_second", seen["requests"] * BULK / seen["seconds"], "updates/s", "over all of it")
    figures.add("slowest_tenth_to_first", seen["tenths"][0] / max(seen["tenths"]), "×",
                "the slowest tenth to the first")
    figures.add("put_p99_to_p50", probed["p99_us"] / probed["p50_us"], "×", "a PUT beside it: p99 to p50")
    figures.add("put_p50", probed["p50_us"], "µs", "a PUT beside it, half are below")
    figures.add("put_p99", probed["p99_us"], "µs", "a PUT beside it, 99 % are below")
    figures.add("put_max", probed["max_us"], "µs", "the slowest PUT beside it")
    figures.add("disk_bytes_per_adjustment", disk_added / adjustments, "bytes", "disk, after a clean stop")
    figures.add("disk_peak_bytes_per_adjustment", (disk_peak.highest - disk_before) / adjustments, "bytes",
                "disk, at its fullest meanwhile")
    figures.add("resident_mib", resident / (1 << 20), "MiB", "resident memory at the end")


def run_history(context: Context) -> None:
    """History of 1,000,000 adjustments among 20,000,000: first page, streaming."""
    store = aged_store(context)
    long_history = context.sizes.long_history
    with context.serve_on_one_core(store) as server:
        maker = RequestMaker(server.key, server.warehouse_ids())
        context.run_program("replay", "--port", server.port, "--requests", history_bulks(context, maker, long_history),
                            "--connections", CONNECTIONS, "--count", long_history // BULK)
        pages = {name: Load(path=f"/api/inventory/{sku(number)}/adjustments?limit=50", core=LOAD_CORE)
                 for name, number in (("long", LONG), ("short", SHORT))}
        samples = interleave(context.sizes.rounds, {
            name: lambda load=load: context.wrk(load, server) for name, load in pages.items()
        })
        target = f"/api/inventory/{sku(LONG)}/adjustments"
        stream(server, target)
        resident = machine.resident_bytes(server.pid)
        with Peak(lambda: machine.resident_bytes(server.pid), every=0.02) as memory:
            streams = [stream(server, target) for _ in range(context.sizes.rounds)]
    figures = context.figures
    ratios = [short.rate / long.rate for short, long in zip(samples["short"], samples["long"], strict=True)]
    figures.add("long_to_short", median(ratios), "×", f"first page of {long_history:,}: its time to that of 100")
    figures.add("long_page", median_of(samples["long"], "rate"), "/s", f"first pages of {long_history:,}")
    figures.add("short_page", median_of(samples["short"], "rate"), "/s", "first pages of 100")
    figures.add("stream_rate", median([count / seconds for count, seconds in streams]), "adjustments/s",
                "all of it streamed")
    figures.add("stream_count", streams[0][0], "", "adjustments in the stream")
    figures.add("stream_memory_mib", (memory.highest - resident) / (1 << 20), "MiB", "memory that a second stream adds")


def history_bulks(context: Context, maker: RequestMaker, long_history: int):
    """Bulks of the long history's SKU; spread over them, the short one's 98 (two it has from the import)."""
    bulks = long_history // BULK
    short_in = {i * bulks // SHORT_HISTORY for i in range(SHORT_HISTORY - 2)}
    requests = []
    for i in range(bulks):
        numbers = [LONG] * (BULK - 1) + [SHORT if i in short_in else LONG]
        requests.append(maker.bulk([maker.update(number) for number in numbers]))
    return write_requests(context.work / "history-bulks", requests)


def stream(server, target: str) -> tuple[int, float]:
    """Reads the whole history; how many adjustments there were, and seconds."""
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.key}\r\n"
    head += "Connection: close\r\n\r\n"
    mark = b'"id":"adj_'
    buffer = bytearray(1 << 20)
    rest = b""
    count = 0
    begin = time.perf_counter()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode())
        while received := connection.recv_into(buffer):
            piece = rest + memoryview(buffer)[:received]
            if count == 0 and not rest and not re.match(rb"HTTP/1.1 200 ", piece):
                raise RuntimeError(f"{target}: {piece[:200]!r}")
            count += piece.count(mark)
            rest = piece[-(len(mark) - 1) :]
    return count, time.perf_counter() - begin


class Peak:
    """The highest value of something while the block runs, looked at again and again."""

    def __init__(self, look, every: float):
        self.look = look
        self.every = every
        self.highest = look()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self.ended.wait(self.every):
            self.highest = max(self.highest, self.look())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
