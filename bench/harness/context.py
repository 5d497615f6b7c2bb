"""What a benchmark is given: sizes, programs, stores, and a place to put its figures."""

import json
import os
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from harness import wrk
from harness.catalogue import Catalogue
from harness.measure import Figures
from harness.product import Server, Store, create_store

# The server's core and the load generator's, when they are kept apart.
SERVER_CORE = "0"
LOAD_CORE = 1


@dataclass(frozen=True)
class Sizes:
    name: str
    rounds: int
    seconds: int  # of one wrk run
    bulk_seconds: int  # of one with bulks: merging of the ledger comes in bursts, and is to be in each
    http_items: int
    growth_items: tuple[int, ...]
    growth_rounds: int  # of its works without bulks: more and shorter ones, as they are many
    growth_seconds: int
    growth_bulk_rounds: int
    footprint_items: int
    footprint_rounds: int
    sustained_updates: int
    kill_after_seconds: float
    long_history: int
    hot_items: int
    engine_seconds: float
    crowd: int
    polite_requests: int
    timing_samples: int


FULL = Sizes("full", rounds=5, seconds=4, bulk_seconds=15, http_items=100_000, growth_items=(1_000, 100_000, 1_000_000),
             growth_rounds=7, growth_seconds=2, growth_bulk_rounds=3, footprint_items=1_000_000,
             footprint_rounds=3, sustained_updates=20_000_000,
             kill_after_seconds=10, long_history=1_000_000, hot_items=250_000, engine_seconds=5, crowd=10_000, polite_requests=8_000, timing_samples=8_000)
QUICK = Sizes("quick", rounds=1, seconds=1, bulk_seconds=1, http_items=2_000, growth_items=(1_000, 10_000),
              growth_rounds=1, growth_seconds=1, growth_bulk_rounds=1, footprint_items=10_000, footprint_rounds=1, sustained_updates=200_000,
              kill_after_seconds=1, long_history=20_000, hot_items=5_000, engine_seconds=0.3, crowd=500, polite_requests=500, timing_samples=200)


@dataclass
class Context:
    sizes: Sizes
    build: Path  # the build folder
    work: Path  # on the disk whose syncs are to be measured; emptied at the end
    results: list[Figures] = field(default_factory=list)
    kept: dict[str, object] = field(default_factory=dict)  # what one benchmark leaves for a later one

    @property
    def binary(self) -> Path:
        return self.build / "src" / "cli" / "nexus-inventory"

    @property
    def figures(self) -> Figures:
        return self.results[-1]

    def store(self, catalogue: Catalogue, purpose: str) -> Store:
        """A store of its own, filled with the catalogue."""
        name = f"catalogue-{catalogue.name}"
        if name not in self.kept:
            self.kept[name] = create_store(self.binary, self.work / name, catalogue)
        return self.kept[name].copy(self.work / purpose)

    def program(self, name: str, *arguments: object) -> list[str]:
        return [str(self.build / "bench" / name), *map(str, arguments)]

    def run_program(self, name: str, *arguments: object) -> dict:
        """Runs one of the C++ programs to its end and returns the JSON that it prints."""
        line = self.program(name, *arguments)
        self.note(line)
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr.strip()} {done.stdout.strip()}")
        return json.loads(done.stdout)

    def wrk(self, load: wrk.Load, server, seconds: int | None = None) -> wrk.Sample:
        self.note(wrk.command(load, "PORT", "KEY" if server.key else "", seconds or self.sizes.seconds))
        return wrk.run(load, server, seconds or self.sizes.seconds)

    def note(self, line: list[str]) -> None:
        """Keeps a command for the report, once."""
        text = shlex.join(line).replace(str(self.work), "WORK").replace(str(self.build), "BUILD")
        text = text.replace(str(wrk.SCRIPT), "bench/replay.lua")
        if text not in self.figures.commands:
            self.figures.commands.append(text)

    # What filling and copying stores has left to be written is not to be written while something is measured.

    def serve_on_one_core(self, store: Store) -> Server:
        os.sync()
        return Server(store, cores=SERVER_CORE, threads=1)

    def serve_on_all_cores(self, store: Store) -> Server:
        os.sync()
        return Server(store, cores="", threads=2)
