"""A shop's day: 80 % GET one, 15 % PUT, 5 % list pages of 50, at random, over 256 connections; the server on one
core, wrk on the other. No answer may be an error."""

import random

from harness.catalogue import Catalogue
from harness.context import LOAD_CORE, Context
from harness.measure import interleave, median, median_of
from harness.request_files import RequestMaker, write_requests
from harness.wrk import Load

REQUESTS = 50_000
STATUSES = ("", "&status=normal", "&status=low,critical", "&status=out_of_stock")


def run(context: Context) -> None:
    """80 % GET, 15 % PUT, 5 % list over 256 connections: latencies."""
    catalogue = Catalogue(context.sizes.http_items)
    with context.serve_on_one_core(context.store(catalogue, "mixed")) as server:
        maker = RequestMaker(server.key, server.warehouse_ids())
        dice = random.Random(7)

        def request() -> bytes:
            number = dice.randrange(catalogue.items)
            kind = dice.random()
            if kind < 0.80:
                return maker.get_item(number)
            if kind < 0.95:
                return maker.put(number)
            return maker.get(f"/api/inventory?limit=50{dice.choice(STATUSES)}")

        requests = write_requests(context.work / "mixed-requests", [request() for _ in range(REQUESTS)])
        load = Load(requests=requests, connections=256, core=LOAD_CORE)
        samples = interleave(context.sizes.rounds, {"mixed": lambda: context.wrk(load, server)})["mixed"]
    figures = context.figures
    figures.add("p99_to_p50", median([sample.p99_us / sample.p50_us for sample in samples]), "×", "p99 to p50")
    figures.add("rate", median_of(samples, "rate"), "/s", "requests")
    figures.add("p50", median_of(samples, "p50_us"), "µs", "latency, half are below")
    figures.add("p99", median_of(samples, "p99_us"), "µs", "latency, 99 % are below")
    figures.add("max", max(sample.max_us for sample in samples), "µs", "the slowest answer of all rounds")
