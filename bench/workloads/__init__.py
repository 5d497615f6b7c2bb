"""The benchmarks by the name that `bench/run --only` takes, in the order in which they run."""

from workloads import aging, bulk, engine, footprint, growth, hot_sku, http_requests, mixed

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
}
