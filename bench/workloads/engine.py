"""The embedded engine without HTTP and JSON (engine_bench.cpp): what the rest of the server has to live with."""

import shutil

from harness.context import Context
from harness.measure import interleave, median

BULK = 500


def run(context: Context) -> None:
    """The embedded engine alone: bulk, single writes, get, list."""
    def once() -> dict:
        directory = context.work / "engine"
        shutil.rmtree(directory, ignore_errors=True)
        return context.run_program("engine_bench", "--directory", directory, "--items", context.sizes.http_items,
                                   "--seconds", context.sizes.engine_seconds)

    samples = interleave(min(3, context.sizes.rounds), {"engine": once})["engine"]

    def rate(workload: str) -> float:
        return median([sample[workload]["operations"] / sample[workload]["seconds"] for sample in samples])

    figures = context.figures
    figures.add("bulk_updates_per_second", BULK * rate("bulk"), "updates/s", "bulks of 500, synced, 8 callers")
    figures.add("single_per_second", rate("single"), "/s", "single updates, synced, 64 callers")
    figures.add("get", rate("get"), "/s", "one record")
    figures.add("list", rate("list"), "/s", "a page of 50 and its total, no filter")
    figures.add("list_status", rate("list_status"), "/s", "the same, by status")
    figures.add("list_status_warehouse", rate("list_status_warehouse"), "/s", "the same, by status and warehouse")
    for workload in ("bulk", "single"):
        per_sync = median([sample[workload]["operations"] / sample[workload]["groups"] for sample in samples])
        figures.add(f"{workload}_per_sync", per_sync, "", f"{workload} commands that share a sync")
