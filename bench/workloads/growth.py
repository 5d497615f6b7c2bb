"""The same work at 1,000, 100,000 and 1,000,000 SKUs in three warehouses: it must not matter how many there are.

list …         a page of 50 with its total: each filter, from the first page and from the middle
get, put       random SKUs, 64 connections; for these and the lists server and wrk have a core each, as in `http`
bulk           of 500 random SKUs, 8 connections; server, wrk and disk share both cores, as in `bulk`
bulk_status    the same on SKUs whose status each write changes, which nothing else here does: without a bar

The servers run side by side and take turns, one round after another. All writes but bulk_status are of SKUs that are
in plenty, so that the lists stay as long as they are. Lists come first, so that no write's background work falls on
a reading.
"""

from contextlib import ExitStack
from urllib.parse import urlencode

from harness.catalogue import ENOUGH, LOW, Catalogue, picks, sku
from harness.context import LOAD_CORE, Context
from harness.measure import interleave, median_of, median_ratio
from harness.request_files import RequestMaker, write_bulks, write_requests
from harness.wrk import Load

WAREHOUSES = 3
BULK = 500
BULKS = 200
SINGLES = 50_000
MIDDLE = " (middle)"
WITHOUT_BAR = ("bulk_status",)


def filters(warehouses: list[str], items: int) -> dict[str, list[tuple[str, str]]]:
    ten = [("sku", sku(number * (items // 10) + 5)) for number in range(10)]
    return {
        "list": [],
        "list status": [("status", "critical")],
        "list statuses": [("status", "low,critical")],
        "list warehouse": [("warehouse_id", warehouses[2])],
        "list status+warehouse": [("status", "out_of_stock"), ("warehouse_id", warehouses[2])],
        "list skus": ten,
    }


def list_targets(server, items: int) -> dict[str, str]:
    """Name → target of each filter's first page, and of its middle page where the list has one."""
    targets = {}
    for name, parameters in filters(server.warehouse_ids(), items).items():
        query = [*parameters, ("limit", "50")]
        targets[name] = f"/api/inventory?{urlencode(query)}"
        if name == "list skus":
            continue
        cursor = server.cursor_of_middle(dict(parameters))
        if cursor is None:
            raise RuntimeError(f"{name} has no middle at {items} SKUs")
        targets[name + MIDDLE] = f"/api/inventory?{urlencode([*query, ('cursor', cursor)])}"
    return targets


def single_loads(context: Context, server, catalogue: Catalogue) -> dict[str, Load]:
    """Each work on one core by name, in the order in which they are measured."""
    folder = context.work / f"growth-{catalogue.items}-requests"
    maker = RequestMaker(server.key, server.warehouse_ids())
    singles = min(SINGLES, 10 * catalogue.items)
    everything = picks(range(catalogue.items), singles, seed=3)
    plentiful = picks(catalogue.plentiful(), singles, seed=4)

    works = {}
    for name, target in list_targets(server, catalogue.items).items():
        works[name] = Load(requests=write_requests(folder / name.replace(" ", "_"), [maker.get(target)]),
                           core=LOAD_CORE)
    works["get"] = Load(requests=write_requests(folder / "get", [maker.get_item(n) for n in everything]),
                        core=LOAD_CORE)
    works["put"] = Load(requests=write_requests(folder / "put", [maker.put(n) for n in plentiful]), core=LOAD_CORE)
    return works


def bulk_loads(context: Context, server, catalogue: Catalogue) -> dict[str, Load]:
    """Those on both cores."""
    folder = context.work / f"growth-{catalogue.items}-requests"
    maker = RequestMaker(server.key, server.warehouse_ids())
    updates = min(BULK * BULKS, 10 * catalogue.items)
    plentiful = picks(catalogue.plentiful(), updates, seed=4)
    flipping = picks(range(9, catalogue.items, 10), updates, seed=5)
    # In one pass down, in the next one up again.
    flips = [maker.bulk([maker.update(number, warehouse=0, quantity=quantity) for number in flipping[i : i + BULK]])
             for quantity in (LOW, ENOUGH) for i in range(0, len(flipping), BULK)]
    return {
        "bulk": Load(requests=write_bulks(folder / "bulk", maker, plentiful), connections=8, core=None),
        "bulk_status": Load(requests=write_requests(folder / "bulk_status", flips), connections=8, core=None),
    }


def run(context: Context) -> None:
    """Every kind of request at 1,000, 100,000 and 1,000,000 SKUs."""
    catalogues = [Catalogue(items, WAREHOUSES) for items in context.sizes.growth_items]
    stores = {each.items: context.store(each, f"growth-{each.items}") for each in catalogues}
    sizes = context.sizes
    ratios = measure(context, catalogues, lambda items: context.serve_on_one_core(stores[items]), single_loads,
                     sizes.growth_rounds, sizes.growth_seconds)
    ratios |= measure(context, catalogues, lambda items: context.serve_on_all_cores(stores[items]), bulk_loads,
                      sizes.growth_bulk_rounds, sizes.bulk_seconds)
    ratio, name = min((ratio, name) for name, ratio in ratios.items() if name not in WITHOUT_BAR)
    context.figures.add("worst_ratio", ratio, "×", f"the slowest of them all but {', '.join(WITHOUT_BAR)}: {name}")


def measure(context: Context, catalogues: list[Catalogue], serve, loads, rounds: int,
            seconds: int) -> dict[str, float]:
    """The lowest ratio of each work."""
    sizes = context.sizes.growth_items
    ratios = {}
    with ExitStack() as open_servers:
        servers = {items: open_servers.enter_context(serve(items)) for items in sizes}
        works = {each.items: loads(context, servers[each.items], each) for each in catalogues}
        for name in works[sizes[0]]:
            if context.sizes.name == "quick" and name.startswith("list ") and name != "list status+warehouse" + MIDDLE:
                continue
            samples = interleave(rounds, {
                str(items): lambda items=items: context.wrk(works[items][name], servers[items], seconds)
                for items in sizes
            })
            ratios[name] = report(context, name, samples, sizes)
    return ratios


def report(context: Context, name: str, samples: dict, sizes: tuple[int, ...]) -> float:
    base = samples[str(sizes[0])]
    for items in sizes:
        context.figures.add(f"{name}.rate_{items}", median_of(samples[str(items)], "rate"), "/s",
                            f"{name}, {items:,} SKUs")
    ratios = [median_ratio(samples[str(items)], base) for items in sizes[1:]]
    context.figures.add(f"{name}.ratio", ratios[-1], "×", f"{name}: {sizes[-1]:,} SKUs to {sizes[0]:,}")
    return min(ratios)
