"""Whoever behaves, among those that don't: a client that reads and writes, one request after the other with a pause
between them, without and with the others, in turn. The server on one core, all clients on the other, where the others
come last: the time that is told is the server's.

crowd         10,000 connections that are slow, silent or too loud (harness/hostile_crowd.py)
rate_limited  another tenant, 64 connections of wrk without a pause, far beyond its key's limit
"""

import random
import resource
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.catalogue import Catalogue, sku
from harness.client import Client
from harness.context import LOAD_CORE, Context
from harness.machine import on_core, resident_bytes
from harness.measure import interleave, median_of, median_ratio
from harness.product import add_tenant

PAUSE_SECONDS = 0.0005
PUT_SHARE = 0.25
CONNECTIONS_SPARE = 8
CROWD_PROGRAM = Path(__file__).resolve().parent.parent / "harness" / "hostile_crowd.py"
DESCRIPTORS_SPARE = 500
HISTORY_BULKS = 20
ITEM = "/api/inventory/A"
HAMMER_CONNECTIONS = 64
RATE_LIMIT = 600
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Latencies:
    get_p50: float  # all in µs
    get_p99: float
    put_p50: float
    put_p99: float
    slowest: float


class PoliteClient:
    """Reads and writes SKUs at random, over one connection."""

    def __init__(self, context: Context, server, items: int):
        self.requests = context.sizes.polite_requests
        self.items = items
        self.client = Client(server.port, server.key)
        self.warehouse = server.warehouse_ids()[0]

    def measure(self) -> Latencies:
        dice = random.Random(11)
        took: dict[str, list[float]] = {"GET": [], "PUT": []}
        with on_core(LOAD_CORE):
            for _ in range(self.requests):
                target = f"/api/inventory/{sku(dice.randrange(self.items))}"
                method, body = "GET", None
                if dice.random() < PUT_SHARE:
                    method, body = "PUT", {"warehouse_id": self.warehouse, "quantity": dice.randrange(1000, 2000)}
                status, nanoseconds = self.client.exchange(self.client.request(method, target, body))
                if status != 200:
                    raise RuntimeError(f"{method} {target} answered {status}")
                took[method].append(nanoseconds / 1000)
                time.sleep(PAUSE_SECONDS)
        gets, puts = (statistics.quantiles(times, n=100) for times in (took["GET"], took["PUT"]))
        return Latencies(gets[49], gets[98], puts[49], puts[98], max(took["GET"] + took["PUT"]))


def open_trade(server) -> None:
    """An item with a history of some megabytes, for those who ask for all of it."""
    post = lambda target, body: server.fetch(target, "POST", body.encode())
    post("/api/inventory", '{"sku":"A"}')
    post("/api/inventory/warehouses", '{"name":"Warehouse A","type":"own"}')
    (warehouse,) = server.warehouse_ids()
    row = f'{{"sku":"A","warehouse_id":"{warehouse}","delta":1,"note":"{"x" * 1000}"}}'
    for _ in range(HISTORY_BULKS):
        post("/api/inventory/bulk", f'{{"updates":[{",".join([row] * 500)}]}}')


@contextmanager
def crowd_of(context: Context, server, count: int):
    command = ["taskset", "-c", str(LOAD_CORE), sys.executable, str(CROWD_PROGRAM), str(server.port), str(count), ITEM]
    context.note(["bench/harness/hostile_crowd.py", "PORT", str(count), ITEM])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            process.stdin.write(f"{server.key}\n")
            process.stdin.flush()
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the crowd did not come in")
            yield
        finally:
            process.kill()


@contextmanager
def hammer_of(context: Context, server):
    command = ["nice", "-n", "19", "taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{HAMMER_CONNECTIONS}", "-d600s",
               "-H", f"Authorization: Bearer {server.key}", f"http://127.0.0.1:{server.port}/api/inventory?limit=1"]
    context.note([word.replace(server.key, "KEY").replace(str(server.port), "PORT") for word in command])
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            time.sleep(0.5)
            yield
        finally:
            process.kill()


def allow_descriptors(count: int) -> int:
    """How many connections each side may have, up to `count`."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(count, hard - DESCRIPTORS_SPARE)


def report(context: Context, samples: dict, with_others: str) -> None:
    quiet, loud = samples["quiet"], samples[with_others]
    figures = context.figures
    ratios = {what: median_ratio(loud, quiet, f"{what}_p99") for what in ("get", "put")}
    figures.add("p99_ratio", max(ratios.values()), "×", "the larger of these two")
    for what, ratio in ratios.items():
        figures.add(f"{what}_p99_ratio", ratio, "×", f"{what}: p99 to p99 without the others")
    for name, taken in samples.items():
        for what in ("get", "put"):
            for share in ("p50", "p99"):
                value = median_of(taken, f"{what}_{share}")
                figures.add(f"{name}_{what}_{share}", value, "µs", f"{name}, {what}: latency, {share[1:]} % are below")
        figures.add(f"{name}_max", max(one.slowest for one in taken), "µs", f"{name}: the slowest answer of all")


def run(context: Context) -> None:
    """A well-behaved client's p99 in a hostile crowd, beside its p99 without."""
    count = allow_descriptors(context.sizes.crowd) - CONNECTIONS_SPARE
    catalogue = Catalogue(context.sizes.http_items)
    store = context.store(catalogue, "crowd")
    others = add_tenant(store, "others")
    with context.serve_on_one_core(store) as server:
        polite = PoliteClient(context, server, catalogue.items)
        crowd = server.for_key(others)
        open_trade(crowd)
        memory_before = resident_bytes(server.pid)
        memory = []

        def in_crowd():
            with crowd_of(context, crowd, count):
                sample = polite.measure()
                memory.append(resident_bytes(server.pid))
                return sample

        samples = interleave(context.sizes.rounds, {"quiet": polite.measure, "crowd": in_crowd})
    report(context, samples, "crowd")
    context.figures.add("connections", count, "", "in the crowd")
    context.figures.add("memory", (max(memory) - memory_before) / MEBIBYTE, "MiB", "more resident memory than without")


def run_rate_limited(context: Context) -> None:
    """A well-behaved client's p99 while another tenant hammers beyond its limit, beside its p99 without."""
    catalogue = Catalogue(context.sizes.http_items)
    store = context.store(catalogue, "rate-limited")
    other = add_tenant(store, "other", RATE_LIMIT)
    with context.serve_on_one_core(store) as server:
        polite = PoliteClient(context, server, catalogue.items)

        def hammered():
            with hammer_of(context, server.for_key(other)):
                return polite.measure()

        samples = interleave(context.sizes.rounds, {"quiet": polite.measure, "hammered": hammered})
    report(context, samples, "hammered")
