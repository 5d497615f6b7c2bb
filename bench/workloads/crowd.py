"""Whoever behaves, among those that don't: latencies of a mixed load over 4 connections, without and with the others,
in turn. The server on one core, all clients on the other, where the others come last.

crowd         10,000 connections that are slow, silent or too loud (harness/hostile_crowd.py)
rate_limited  another tenant, 64 connections of wrk without a pause, far beyond its key's limit
"""

import random
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from harness.catalogue import Catalogue
from harness.context import LOAD_CORE, Context
from harness.machine import resident_bytes
from harness.measure import interleave, median, median_of
from harness.product import add_tenant
from harness.request_files import RequestMaker, write_requests
from harness.wrk import Load

REQUESTS = 20_000
CONNECTIONS = 4
CROWD_PROGRAM = Path(__file__).resolve().parent.parent / "harness" / "hostile_crowd.py"
DESCRIPTORS_SPARE = 500
HISTORY_BULKS = 20
ITEM = "/api/inventory/A"
HAMMER_CONNECTIONS = 64
RATE_LIMIT = 600
MEBIBYTE = 1 << 20


def polite_load(context: Context, server, items: int) -> Load:
    maker = RequestMaker(server.key, server.warehouse_ids())
    dice = random.Random(11)

    def request() -> bytes:
        number = dice.randrange(items)
        return maker.get_item(number) if dice.random() < 0.85 else maker.put(number)

    requests = write_requests(context.work / "polite-requests", [request() for _ in range(REQUESTS)])
    return Load(requests=requests, connections=CONNECTIONS, core=LOAD_CORE)


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
    ratios = [with_them.p99_us / without.p99_us for without, with_them in zip(quiet, loud, strict=True)]
    figures.add("p99_ratio", median(ratios), "×", "p99 to p99 without the others")
    for name, taken in samples.items():
        figures.add(f"{name}_p50", median_of(taken, "p50_us"), "µs", f"{name}: latency, half are below")
        figures.add(f"{name}_p99", median_of(taken, "p99_us"), "µs", f"{name}: latency, 99 % are below")
        figures.add(f"{name}_max", max(one.max_us for one in taken), "µs", f"{name}: the slowest answer of all")
        figures.add(f"{name}_rate", median_of(taken, "rate"), "/s", f"{name}: requests")


def run(context: Context) -> None:
    """A well-behaved client's p99 in a hostile crowd, beside its p99 without."""
    count = allow_descriptors(context.sizes.crowd) - 2 * CONNECTIONS
    catalogue = Catalogue(context.sizes.http_items)
    store = context.store(catalogue, "crowd")
    others = add_tenant(store.binary, store.directory, "others")
    with context.serve_on_one_core(store) as server:
        load = polite_load(context, server, catalogue.items)
        crowd = server.for_key(others)
        open_trade(crowd)
        memory_before = resident_bytes(server.pid)
        memory = []

        def in_crowd():
            with crowd_of(context, crowd, count):
                sample = context.wrk(load, server)
                memory.append(resident_bytes(server.pid))
                return sample

        samples = interleave(context.sizes.rounds, {"quiet": lambda: context.wrk(load, server), "crowd": in_crowd})
    report(context, samples, "crowd")
    context.figures.add("connections", count, "", "in the crowd")
    context.figures.add("memory", (max(memory) - memory_before) / MEBIBYTE, "MiB", "more resident memory than without")


def run_rate_limited(context: Context) -> None:
    """A well-behaved client's p99 while another tenant hammers beyond its limit, beside its p99 without."""
    catalogue = Catalogue(context.sizes.http_items)
    store = context.store(catalogue, "rate-limited")
    other = add_tenant(store.binary, store.directory, "other", RATE_LIMIT)
    with context.serve_on_one_core(store) as server:
        load = polite_load(context, server, catalogue.items)

        def hammered():
            with hammer_of(context, server.for_key(other)):
                return context.wrk(load, server)

        samples = interleave(context.sizes.rounds,
                             {"quiet": lambda: context.wrk(load, server), "hammered": hammered})
    report(context, samples, "hammered")
