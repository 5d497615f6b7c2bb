"""Bulks of 500 random SKUs, durable, over 8 connections; server, wrk and disk share both cores.

Beside nginx with the very answer that the server gave, and beside a bare loop of one thread that parses the same
bodies and appends and syncs as many bytes: one bulk to a sync, and as many as the server put into one.
"""

from collections import Counter

from harness.catalogue import Catalogue, picks
from harness.context import Context
from harness.floor import LogCost, append_floor
from harness.machine import cpu_seconds_of_threads
from harness.measure import interleave, median, median_of, median_ratio
from harness.nginx import Nginx
from harness.request_files import RequestMaker, write_bulks
from harness.wrk import Load

BULK = 500
BULKS = 400


def run(context: Context) -> None:
    """Bulks of 500, durable, beside nginx and a bare loop that parses, appends and syncs."""
    catalogue = Catalogue(context.sizes.http_items)
    with context.serve_on_all_cores(context.store(catalogue, "bulk")) as server:
        maker = RequestMaker(server.key, server.warehouse_ids())
        bulks = write_bulks(context.work / "bulks", maker, picks(range(catalogue.items), BULK * BULKS, seed=2))
        body = maker.bulk([maker.update(number) for number in range(BULK)]).partition(b"\r\n\r\n")[2]
        answer = server.fetch("/api/inventory/bulk", "POST", body)
        with Nginx({"/api/inventory/bulk": answer}, core=None) as nginx:
            measure(context, server, nginx, bulks)
    context.figures.add("body_bytes", len(body), "bytes", "a bulk's body")
    context.figures.add("answer_bytes", len(answer), "bytes", "its answer's")


def measure(context: Context, server, nginx, bulks) -> None:
    load = Load(requests=bulks, connections=8, core=None)
    costs = []
    threads_of_rounds = []

    def bulk_and_note():
        cost, threads_before = LogCost(server), cpu_seconds_of_threads(server.pid)
        sample = context.wrk(load, server, context.sizes.bulk_seconds)
        costs.append(cost.since())
        threads_of_rounds.append(cpu_seconds_of_threads(server.pid) - threads_before)
        return sample

    samples = interleave(context.sizes.rounds, {
        "bulk": bulk_and_note,
        "nginx": lambda: context.wrk(load, nginx),
        "floor": lambda: append_floor(context, bulks, costs[-1], group=1),
        "grouped floor": lambda: append_floor(context, bulks, costs[-1]),
    })
    ours, nginx_samples = samples["bulk"], samples["nginx"]
    figures = context.figures
    figures.add("updates_per_second", BULK * median_of(ours, "rate"), "updates/s", "durable updates")
    figures.add("floor_ratio", median_ratio(ours, samples["floor"]), "×",
                "rate to the bare loop's, a sync for each bulk")
    figures.add("grouped_floor_ratio", median_ratio(ours, samples["grouped floor"]), "×",
                "rate to the bare loop's, as many bulks to a sync as the server had")
    figures.add("rate_ratio", median_ratio(ours, nginx_samples), "×", "rate to nginx's")
    figures.add("cpu_ratio", median_ratio(ours, nginx_samples, "cpu_us"), "×", "CPU a bulk to nginx's")
    figures.add("cpu", median_of(ours, "cpu_us"), "µs", "server CPU a bulk")
    figures.add("kernel", median_of(ours, "kernel_us"), "µs", "of that in the kernel")
    threads = sum(threads_of_rounds[-len(ours):], Counter())
    bulks = sum(sample.requests for sample in ours)
    for name, seconds in threads.most_common():
        figures.add(f"cpu.{name}", seconds * 1e6 / bulks, "µs", f"CPU a bulk, of all rounds: {name}")
    figures.add("nginx_cpu", median_of(nginx_samples, "cpu_us"), "µs", "nginx's CPU a bulk")
    figures.add("floor_updates_per_second", median_of(samples["floor"], "updates_rate"), "updates/s",
                "the bare loop, a sync for each bulk")
    figures.add("p50", median_of(ours, "p50_us"), "µs", "latency, half are below")
    figures.add("p99", median_of(ours, "p99_us"), "µs", "latency, 99 % are below")
    figures.add("bulks_per_sync", median([cost.group for cost in costs]), "", "bulks that share a sync")
    figures.add("log_bytes", median([cost.bytes_each for cost in costs]) / BULK, "bytes", "log of one update")
