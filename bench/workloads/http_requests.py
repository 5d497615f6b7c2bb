"""One request at a time over 64 keep-alive connections: the server on one core, wrk on the other.

get    one and the same SKU
page   the first page of 50 of the whole list
put    durable, random SKUs

Each beside nginx on the server's core with the very body that the server answered; the reads also beside the server's
own transport with that body, which says what is left for making it; the PUT also beside a bare loop that parses the
same bodies and appends and syncs as many bytes, with as many requests to a sync.
"""

from harness.catalogue import Catalogue, picks, sku
from harness.context import LOAD_CORE, SERVER_CORE, Context
from harness.floor import LogCost, append_floor
from harness.measure import interleave, median, median_of, median_ratio
from harness.nginx import EVERYTHING_ELSE, Nginx
from harness.request_files import RequestMaker, write_requests
from harness.transport import Transport
from harness.wrk import Load

ITEM = f"/api/inventory/{sku(7)}"
PAGE = "/api/inventory?limit=50"
PUTS = 20_000


def run(context: Context) -> None:
    """GET one, a page of 50 and PUT over 64 connections, beside nginx and a bare log."""
    catalogue = Catalogue(context.sizes.http_items)
    with context.serve_on_one_core(context.store(catalogue, "http")) as server:
        maker = RequestMaker(server.key, server.warehouse_ids())
        puts = write_requests(context.work / "puts",
                              [maker.put(number) for number in picks(range(catalogue.items), PUTS, seed=1)])
        put_answer = server.fetch(ITEM, "PUT", maker.put(7).partition(b"\r\n\r\n")[2])
        answers = {"/item": server.fetch(ITEM), "/page": server.fetch(PAGE), EVERYTHING_ELSE: put_answer}
        with (Nginx(answers, int(SERVER_CORE)) as nginx, Transport(context, "item", answers["/item"]) as item,
              Transport(context, "page", answers["/page"]) as page):
            measure(context, server, nginx, {"get": item, "page": page}, puts)
    context.figures.add("get.body_bytes", len(answers["/item"]), "bytes", "body of GET one")
    context.figures.add("page.body_bytes", len(answers["/page"]), "bytes", "body of the page of 50")


def measure(context: Context, server, nginx, transports, puts) -> None:
    costs = []

    def put_and_note():
        cost = LogCost(server)
        sample = context.wrk(Load(requests=puts, core=LOAD_CORE), server)
        costs.append(cost.since())
        return sample

    samples = interleave(context.sizes.rounds, {
        "get": lambda: context.wrk(Load(path=ITEM, core=LOAD_CORE), server),
        "get nginx": lambda: context.wrk(Load(path="/item", core=LOAD_CORE), nginx),
        "get transport": lambda: context.wrk(Load(path=ITEM, core=LOAD_CORE), transports["get"]),
        "page": lambda: context.wrk(Load(path=PAGE, core=LOAD_CORE), server),
        "page nginx": lambda: context.wrk(Load(path="/page", core=LOAD_CORE), nginx),
        "page transport": lambda: context.wrk(Load(path=PAGE, core=LOAD_CORE), transports["page"]),
        "put": put_and_note,
        "put nginx": lambda: context.wrk(Load(requests=puts, core=LOAD_CORE), nginx),
        "put floor": lambda: append_floor(context, puts, costs[-1]),
    })
    for name in ("get", "page", "put"):
        report(context, name, samples[name], samples[f"{name} nginx"])
    figures = context.figures
    for name in ("get", "page"):
        transport = samples[f"{name} transport"]
        figures.add(f"{name}.transport_ratio", median_ratio(transport, samples[f"{name} nginx"]), "×",
                    f"{name}: rate of the transport alone to nginx's")
        figures.add(f"{name}.of_transport", median_ratio(samples[name], transport), "×",
                    f"{name}: rate to that of the transport alone")
    figures.add("put.rate_to_get", median_ratio(samples["put"], samples["get"]), "×", "PUT's rate to GET's")
    figures.add("put.cpu_to_get", median_ratio(samples["put"], samples["get"], "cpu_us"), "×", "PUT's CPU to GET's")
    figures.add("put.floor_ratio", median_ratio(samples["put"], samples["put floor"]), "×",
                "PUT's rate to the bare loop's")
    figures.add("put.requests_per_sync", median([cost.group for cost in costs]), "", "PUTs that share a sync")
    figures.add("put.log_bytes", median([cost.bytes_each for cost in costs]), "bytes", "log of one PUT")


def report(context: Context, name: str, ours: list, nginx: list) -> None:
    figures = context.figures
    figures.add(f"{name}.rate_ratio", median_ratio(ours, nginx), "×", f"{name}: rate to nginx's")
    figures.add(f"{name}.cpu_ratio", median_ratio(ours, nginx, "cpu_us"), "×", f"{name}: CPU a request to nginx's")
    figures.add(f"{name}.rate", median_of(ours, "rate"), "/s", f"{name}: rate")
    figures.add(f"{name}.nginx_rate", median_of(nginx, "rate"), "/s", f"{name}: nginx's rate")
    figures.add(f"{name}.cpu", median_of(ours, "cpu_us"), "µs", f"{name}: server CPU a request")
    figures.add(f"{name}.kernel", median_of(ours, "kernel_us"), "µs", f"{name}: of that in the kernel")
    figures.add(f"{name}.nginx_cpu", median_of(nginx, "cpu_us"), "µs", f"{name}: nginx's CPU a request")
    figures.add(f"{name}.p50", median_of(ours, "p50_us"), "µs", f"{name}: latency, half are below")
    figures.add(f"{name}.p99", median_of(ours, "p99_us"), "µs", f"{name}: latency, 99 % are below")
    figures.add(f"{name}.answer_bytes", median_of(ours, "answer_bytes"), "bytes", f"{name}: answer with its head")
    figures.add(f"{name}.nginx_answer_bytes", median_of(nginx, "answer_bytes"), "bytes",
                f"{name}: nginx's answer with its head")
