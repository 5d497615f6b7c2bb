"""A flash sale: every PUT, or every reservation of one unit, on one and the same SKU, beside the same spread over
100,000 SKUs. 64 connections, server and wrk on a core each. What was reserved stays held."""

from itertools import count

from harness.catalogue import PLENTY, Catalogue, picks
from harness.context import LOAD_CORE, Context
from harness.measure import interleave, median_of, median_ratio
from harness.request_files import RequestMaker, write_requests
from harness.wrk import Load

SPREAD = 100_000
HOT = 5  # a SKU that is in plenty
FILE_REQUESTS = 100_000


def run(context: Context) -> None:
    """PUTs and reservations of one SKU beside the same over 100,000."""
    catalogue = Catalogue(context.sizes.hot_items)
    spread = catalogue.plentiful()[:SPREAD]
    with context.serve_on_one_core(context.store(catalogue, "hot")) as server:
        maker = RequestMaker(server.key, server.warehouse_ids())
        numbers = {"hot": [HOT] * 1000, "spread": picks(spread, min(FILE_REQUESTS, 10 * len(spread)), seed=6)}
        files = {}
        for where, picked in numbers.items():
            files["put", where] = write_requests(context.work / f"put-{where}",
                                                 [maker.put(n, quantity=PLENTY) for n in picked])
            files["reservation", where] = write_requests(context.work / f"reserve-{where}",
                                                         [maker.reserve_one(n) for n in picked])
        tags = count(10)  # no reference is ever used twice

        def load(what: str, where: str):
            return context.wrk(Load(requests=files[what, where], tag=str(next(tags)), core=LOAD_CORE), server)

        for what in ("put", "reservation"):
            samples = interleave(context.sizes.rounds, {
                "spread": lambda what=what: load(what, "spread"),
                "hot": lambda what=what: load(what, "hot"),
            })
            report(context, what, samples)


def report(context: Context, what: str, samples: dict) -> None:
    figures = context.figures
    figures.add(f"{what}_ratio", median_ratio(samples["hot"], samples["spread"]), "×", f"{what}: hot to spread")
    for where in ("hot", "spread"):
        figures.add(f"{what}_{where}", median_of(samples[where], "rate"), "/s", f"{what}, {where}")
        figures.add(f"{what}_{where}_cpu", median_of(samples[where], "cpu_us"), "µs",
                    f"{what}, {where}: CPU a request")
        figures.add(f"{what}_{where}_p99", median_of(samples[where], "p99_us"), "µs", f"{what}, {where}: p99")
