"""How long an answer takes that is the same for what another tenant has and for what nobody has: GET, PUT, … of names,
one request after the other over one connection, theirs and nobody's in random turn. The distance between the medians
of the two is told in spreads (the middle half of nobody's times). Two measures stand beside it:

chance   nobody's names beside other names of nobody's: what the distance is when there is nothing to be seen
control  a page of 50 of our own warehouse beside nobody's: what the distance is when there is something to be seen
"""

import json
import random
import statistics

from harness.catalogue import Catalogue
from harness.client import Client
from harness.context import LOAD_CORE, Context
from harness.machine import on_core
from harness.product import add_tenant

NAMES = 200
QUARTERS = 4
KINDS = ("theirs", "nobody", "nobody_too", "ours")


class World:
    """What one tenant has: SKUs, a warehouse for each, and orders that are held and shipped."""

    def __init__(self, server, letter: str):
        def post(target: str, body: dict) -> dict:
            return json.loads(server.fetch(target, "POST", json.dumps(body).encode()))["data"]

        self.skus = [f"{letter}-{number:06d}" for number in range(NAMES)]
        self.warehouses = []
        self.reservations = []
        for sku in self.skus:
            post("/api/inventory", {"sku": sku})
        for number in range(NAMES // 10):
            self.warehouses.append(post("/api/inventory/warehouses", {"name": f"W{number}", "type": "own"})["id"])
        rows = [{"sku": sku, "warehouse_id": self.warehouses[0], "quantity": 1000} for sku in self.skus]
        post("/api/inventory/bulk", {"updates": rows})
        for sku in self.skus:
            made = post("/api/reservations", {"reference": f"order-{sku}", "lines": [{"sku": sku, "quantity": 1}]})
            self.reservations.append(made["id"])
        self.stocked = self.warehouses[:1]


class Nobodys:
    """Names as long as those of a world, for what is not there."""

    def __init__(self, world: World, letter: str, ending: str):
        self.skus = [f"{letter}{sku[1:]}" for sku in world.skus]
        self.warehouses = [name[:-2] + ending for name in world.warehouses]
        self.reservations = [name[:-2] + ending for name in world.reservations]
        self.stocked = self.warehouses[:1]


def operations(own: World) -> dict:
    """By name: the list of names it is about, and the request for one of them. All that are not ours answer 404."""
    place, sku = own.warehouses[0], own.skus[0]
    return {
        "read": ("skus", lambda name: ("GET", f"/api/inventory/{name}", None)),
        "history": ("skus", lambda name: ("GET", f"/api/inventory/{name}/adjustments?limit=1", None)),
        "put": ("skus", lambda name: ("PUT", f"/api/inventory/{name}", {"warehouse_id": place, "quantity": 7})),
        "patch": ("skus", lambda name: ("PATCH", f"/api/inventory/{name}", {"title": "x"})),
        "delete": ("skus", lambda name: ("DELETE", f"/api/inventory/{name}", None)),
        "bulk": ("skus", lambda name: ("POST", "/api/inventory/bulk",
                                       {"updates": [{"sku": name, "warehouse_id": place, "delta": 1}]})),
        "reserve": ("skus", lambda name: ("POST", "/api/reservations",
                                          {"reference": "r", "lines": [{"sku": name, "quantity": 1}]})),
        "reservation": ("reservations", lambda name: ("GET", f"/api/reservations/{name}", None)),
        "ship": ("reservations", lambda name: ("POST", f"/api/reservations/{name}/ship", None)),
        "release": ("reservations", lambda name: ("POST", f"/api/reservations/{name}/release", None)),
        "rename": ("warehouses", lambda name: ("PATCH", f"/api/inventory/warehouses/{name}", {"name": "x"})),
        "list": ("warehouses", lambda name: ("GET", f"/api/inventory?limit=1&warehouse_id={name}", None)),
        "put_where": ("warehouses", lambda name: ("PUT", f"/api/inventory/{sku}", {"warehouse_id": name, "quantity": 7})),
    }


def shift(times: list[int], base: list[int]) -> float:
    """Between the medians, in spreads of the base."""
    lower, middle, upper = statistics.quantiles(base, n=QUARTERS)
    return (statistics.median(times) - middle) / (upper - lower)


def measure(client: Client, make, worlds: dict, field: str, samples: int) -> dict[str, list[int]]:
    """`samples` of each kind; ours only where the request leaves it as it is."""
    pools = {kind: [client.request(*make(name)) for name in getattr(world, field)] for kind, world in worlds.items()}
    times: dict[str, list[int]] = {kind: [] for kind in pools}
    turns = [kind for kind in pools for _ in range(samples)]
    random.Random(13).shuffle(turns)
    dice = random.Random(17)
    for kind in turns:
        status, took = client.exchange(dice.choice(pools[kind]))
        if (status == 404) == (kind == "ours"):
            raise RuntimeError(f"{kind}: answered {status}")
        times[kind].append(took)
    return times


def run(context: Context) -> None:
    """The time of answers about another tenant's names, beside nobody's."""
    store = context.store(Catalogue(1_000), "tenants-apart")
    keys = [add_tenant(store, name) for name in ("one", "two")]
    with context.serve_on_one_core(store) as server, on_core(LOAD_CORE):
        ours, theirs = World(server.for_key(keys[0]), "U"), World(server.for_key(keys[1]), "T")
        worlds = {"theirs": theirs, "nobody": Nobodys(theirs, "N", "00"), "nobody_too": Nobodys(theirs, "M", "11")}
        client = Client(server.port, keys[0])
        shifts, chances = {}, {}
        for name, (field, make) in operations(ours).items():
            times = measure(client, make, worlds, field, context.sizes.timing_samples)
            shifts[name] = shift(times["theirs"], times["nobody"])
            chances[name] = shift(times["nobody_too"], times["nobody"])
            context.figures.add(f"{name}_shift", shifts[name], "spreads", f"{name}: theirs beside nobody's")
            context.figures.add(f"{name}_median", statistics.median(times["nobody"]) / 1000, "µs", f"{name}: nobody's")
        page = lambda name: ("GET", f"/api/inventory?limit=50&warehouse_id={name}", None)
        times = measure(client, page, {"ours": ours, "nobody": worlds["nobody"]}, "stocked", context.sizes.timing_samples)
    figures = context.figures
    figures.add("worst_shift", max(map(abs, shifts.values())), "spreads", "the largest of all")
    figures.add("chance", max(map(abs, chances.values())), "spreads", "the largest between nobody's and nobody's")
    figures.add("control", abs(shift(times["ours"], times["nobody"])), "spreads", "a page of 50: ours beside nobody's")
