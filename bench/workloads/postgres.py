"""The service on PostgreSQL, beside bare libpq loops that send the engine's statements, and beside the embedded engine.

bulk   500 random items in a request, durable, over 8 connections
put    one random item in a request, durable, over 64 connections
get    one random item, over 64 connections

All of it on both cores: the load, the service and PostgreSQL. The loops have as many connections to the database as the
engine, in a copy of its database; a PUT's has as many items in a transaction as the service was seen to have, a bulk's
500, a GET's as many statements on their way as there are clients.
"""

from dataclasses import dataclass

from harness.catalogue import Catalogue, picks
from harness.context import Context
from harness.measure import interleave, median, median_of, median_ratio
from harness.postgres import Postgres
from harness.request_files import RequestMaker, write_bulks, write_requests
from harness.wrk import Load

BULK = 500
BULKS = 400
REQUESTS = 20_000
BULK_CLIENTS = 8
CLIENTS = 64
# The engine's connections.
WRITERS = 4
READERS = 2


@dataclass(frozen=True)
class FloorSample:
    rate: float  # items a second


def run(context: Context) -> None:
    """Bulk, PUT and GET one on PostgreSQL, beside bare libpq loops and the embedded engine."""
    catalogue = Catalogue(context.sizes.http_items)
    embedded_store = context.store(catalogue, "beside-postgres")
    with Postgres(context.work / "postgres") as postgres:
        store = postgres.new_store(context.binary, context.work / "on-postgres", catalogue)
        copy = postgres.copy(store)
        with context.serve_on_all_cores(store) as server, context.serve_on_all_cores(embedded_store) as embedded:
            measure(context, catalogue, server, embedded, copy)


def loads(context: Context, catalogue: Catalogue, server, name: str) -> dict[str, Load]:
    maker = RequestMaker(server.key, server.warehouse_ids())
    numbers = picks(range(catalogue.items), BULK * BULKS, seed=2)
    folder = context.work / f"requests-{name}"
    puts = [maker.put(number) for number in numbers[:REQUESTS]]
    gets = [maker.get_item(number) for number in numbers[:REQUESTS]]
    return {
        "bulk": Load(requests=write_bulks(folder / "bulks", maker, numbers), connections=BULK_CLIENTS, core=None),
        "put": Load(requests=write_requests(folder / "puts", puts), connections=CLIENTS, core=None),
        "get": Load(requests=write_requests(folder / "gets", gets), connections=CLIENTS, core=None),
    }


def measure(context: Context, catalogue: Catalogue, server, embedded, copy: str) -> None:
    ours, theirs = loads(context, catalogue, server, "postgres"), loads(context, catalogue, embedded, "embedded")
    groups: list[float] = []

    def put_and_note():
        before = server.metrics()
        sample = context.wrk(ours["put"], server)
        after = server.metrics()
        commits, transactions = (after[name] - before[name] for name in ("nexus_commits", "nexus_commit_groups"))
        groups.append(commits / transactions)
        return sample

    def floor(work: str, group: int, connections: int) -> FloorSample:
        seen = context.run_program("postgres_floor", "--url", copy, "--work", work, "--group", group,
                                   "--connections", connections, "--seconds", context.sizes.engine_seconds)
        return FloorSample(rate=seen["operations"] / seen["seconds"])

    samples = interleave(context.sizes.rounds, {
        "bulk": lambda: context.wrk(ours["bulk"], server),
        "bulk floor": lambda: floor("write", BULK, WRITERS),
        "bulk embedded": lambda: context.wrk(theirs["bulk"], embedded),
        "put": put_and_note,
        "put floor": lambda: floor("write", max(1, round(groups[-1])), WRITERS),
        "put embedded": lambda: context.wrk(theirs["put"], embedded),
        "get": lambda: context.wrk(ours["get"], server),
        "get floor": lambda: floor("read", CLIENTS // READERS, READERS),
        "get embedded": lambda: context.wrk(theirs["get"], embedded),
    })
    figures = context.figures
    for name, items in (("bulk", BULK), ("put", 1), ("get", 1)):
        served, bare = samples[name], samples[f"{name} floor"]
        figures.add(f"{name}.floor_ratio", items * median_ratio(served, bare), "×", f"{name}: rate to the bare loop's")
        figures.add(f"{name}.embedded_ratio", median_ratio(served, samples[f"{name} embedded"]), "×",
                    f"{name}: rate to the embedded engine's")
        figures.add(f"{name}.rate", items * median_of(served, "rate"), "items/s", f"{name}: rate")
        figures.add(f"{name}.floor_rate", median_of(bare, "rate"), "items/s", f"{name}: the bare loop's")
        figures.add(f"{name}.embedded_rate", items * median_of(samples[f"{name} embedded"], "rate"), "items/s",
                    f"{name}: the embedded engine's")
        figures.add(f"{name}.p50", median_of(served, "p50_us"), "µs", f"{name}: latency, half are below")
        figures.add(f"{name}.p99", median_of(served, "p99_us"), "µs", f"{name}: latency, 99 % are below")
        figures.add(f"{name}.cpu", median_of(served, "cpu_us"), "µs", f"{name}: the service's CPU a request")
    figures.add("put.requests_per_transaction", median(groups), "", "PUTs that share a transaction")
