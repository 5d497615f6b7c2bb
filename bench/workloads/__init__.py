"""The benchmarks by the name that `bench/run --only` takes, in the order in which they run."""

from workloads import (aging, bulk, crowd, engine, footprint, growth, hot_sku, http_requests, mixed, postgres,
                       tenants_apart)

BENCHMARKS = {
    "http": http_requests.run,
    "bulk": bulk.run,
    "engine": engine.run,
    "growth": growth.run,
    "hot": hot_sku.run,
    "mixed": mixed.run,
    "memory": footprint.run_memory,
    "start": footprint.run_start,
    "sustained": aging.run_sustained,
    "history": aging.run_history,
    "crowd": crowd.run,
    "rate_limited": crowd.run_rate_limited,
    "tenants_apart": tenants_apart.run,
    "postgres": postgres.run,
}
