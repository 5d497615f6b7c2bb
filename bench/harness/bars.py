"""The bars: what the service is held to, each on a figure of one run. The only place where they stand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    number: str
    work: str
    figure: str
    comparison: str  # ">=" or "<="
    threshold: float
    unit: str = ""

    def is_met(self, value: float) -> bool:
        return value >= self.threshold if self.comparison == ">=" else value <= self.threshold


NGINX = "× nginx's static answer of the same body"
BARE_LIBPQ = "× the same statements from a bare libpq loop"

BARS = (
    Bar("1", "GET one SKU: rate", "http.get.rate_ratio", ">=", 0.9, NGINX),
    Bar("1", "GET one SKU: server CPU a request", "http.get.cpu_ratio", "<=", 1.5, "× nginx's"),
    Bar("2", "GET a page of 50: rate", "http.page.rate_ratio", ">=", 0.6, NGINX),
    Bar("3", "PUT one, durable: rate", "http.put.rate_to_get", ">=", 0.4, "× GET's rate"),
    Bar("3", "PUT one, durable: server CPU a request", "http.put.cpu_to_get", "<=", 3.0, "× GET's"),
    Bar("4", "Bulk of 500, durable", "bulk.updates_per_second", ">=", 400_000, "updates/s"),
    Bar("4", "Bulk of 500 beside the bare loop", "bulk.floor_ratio", ">=", 0.6, "× parse, append and sync alone"),
    Bar("5", "Slowest of all works at the largest size", "growth.worst_ratio", ">=", 0.8, "× the rate at 1,000 SKUs"),
    Bar("6", "Memory of an item, two levels, 20-character title", "memory.bytes_per_item", "<=", 400, "bytes of RSS"),
    Bar("7", "Start after a clean stop", "start.clean_ratio", "<=", 4.0,
        "× reading and checksumming 400 bytes an item"),
    Bar("7", "Start after SIGKILL under load, without its tail", "start.killed_ratio", "<=", 4.0,
        "× reading and checksumming 400 bytes an item"),
    Bar("7", "The tail that it replays", "start.killed_tail_events", "<=", 4_000_000, "events"),
    Bar("8", "Sustained writes: last tenth", "sustained.last_to_first", ">=", 0.7, "× the rate of the first tenth"),
    Bar("8", "p99 of a PUT beside them", "sustained.put_p99_to_p50", "<=", 20, "× its p50"),
    Bar("8", "Disk for an adjustment", "sustained.disk_bytes_per_adjustment", "<=", 150, "bytes"),
    Bar("9", "First page of a long history", "history.long_to_short", "<=", 2.0, "× the time of a short one's"),
    Bar("9", "Streaming a whole history", "history.stream_rate", ">=", 500_000, "adjustments/s"),
    Bar("9", "Memory that streaming adds", "history.stream_memory_mib", "<=", 8, "MiB"),
    Bar("10", "PUT on one hot SKU", "hot.put_ratio", ">=", 0.9, "× the rate when spread"),
    Bar("10", "Reservations of one hot SKU", "hot.reservation_ratio", ">=", 0.9, "× the rate when spread"),
    Bar("11", "Mixed load: p99", "mixed.p99_to_p50", "<=", 10, "× its p50"),
    Bar("12", "A well-behaved client's p99 in a hostile crowd", "crowd.p99_ratio", "<=", 10, "× its p99 without"),
    Bar("12", "Its p99 while another tenant is told 429", "rate_limited.p99_ratio", "<=", 10, "× its p99 without"),
    Bar("13", "Another tenant's names beside nobody's: time of an answer", "tenants_apart.worst_shift", "<=", 0.2,
        "spreads between the medians"),
    Bar("14", "On PostgreSQL: bulk of 500", "postgres.bulk.floor_ratio", ">=", 0.8, BARE_LIBPQ),
    Bar("14", "On PostgreSQL: PUT one", "postgres.put.floor_ratio", ">=", 0.8, BARE_LIBPQ),
    Bar("14", "On PostgreSQL: GET one SKU", "postgres.get.floor_ratio", ">=", 0.7, "× a bare pipelined SELECT"),
)
