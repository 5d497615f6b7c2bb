"""The bare loop that parses, appends and syncs (append_floor.cpp), fed with what the server was seen to log."""

from dataclasses import dataclass
from pathlib import Path

from harness.context import Context


@dataclass(frozen=True)
class Logged:
    """What one request cost the log in a run: bytes, and how many requests shared a sync."""

    bytes_each: float
    group: float


class LogCost:
    """Looks at the server's counters before and after a run."""

    def __init__(self, server):
        self.server = server
        self.before = server.metrics()

    def since(self) -> Logged:
        after = self.server.metrics()
        commits, groups, log_bytes = (
            after[name] - self.before[name]
            for name in ("nexus_commits", "nexus_commit_groups", "nexus_commit_log_bytes")
        )
        return Logged(bytes_each=log_bytes / commits, group=commits / groups)


@dataclass(frozen=True)
class FloorSample:
    rate: float  # requests a second
    updates_rate: float


def append_floor(context: Context, requests: Path, logged: Logged, group: int | None = None) -> FloorSample:
    """`group` requests to a sync; without it as many as the server had."""
    seen = context.run_program(
        "append_floor", "--requests", requests, "--log-bytes", round(logged.bytes_each),
        "--group", group or max(1, round(logged.group)), "--seconds", context.sizes.engine_seconds,
        "--directory", context.work)
    return FloorSample(rate=seen["requests"] / seen["seconds"], updates_rate=seen["updates"] / seen["seconds"])
