"""Load from wrk, on a core of its own."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.machine import cpu_seconds

SCRIPT = Path(__file__).resolve().parent.parent / "replay.lua"


@dataclass(frozen=True)
class Load:
    """What is to be sent: `requests` is a file for replay.lua, without one `path` is fetched over and over."""

    path: str = "/"
    requests: Path | None = None
    connections: int = 64
    core: int | None = 1  # None: wherever the system puts it
    tag: str = "00"


@dataclass(frozen=True)
class Sample:
    """One run of wrk against one server."""

    rate: float  # answers a second
    cpu_us: float  # of the server's CPU, for each answer
    kernel_us: float  # of it, in the kernel
    answer_bytes: float  # head and body
    p50_us: int
    p99_us: int
    max_us: int
    requests: int


def command(load: Load, port: int, key: str, seconds: int) -> list[str]:
    pin = ["taskset", "-c", str(load.core)] if load.core is not None else []
    line = pin + ["wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "-s", str(SCRIPT)]
    if key:
        line += ["-H", f"Authorization: Bearer {key}"]
    line.append(f"http://127.0.0.1:{port}{load.path}")
    if load.requests:
        line += ["--", str(load.requests), load.tag]
    return line


def run(load: Load, server, seconds: int) -> Sample:
    """`server` has a port, a key and the pid of the process that answers. Every answer must be a success."""
    line = command(load, server.port, server.key, seconds)
    cpu_before = cpu_seconds(server.pid)
    done = subprocess.run(line, capture_output=True, text=True, timeout=seconds + 60, check=False)
    own, kernel = (after - before for before, after in zip(cpu_before, cpu_seconds(server.pid)))
    result = [text for text in done.stdout.splitlines() if text.startswith("RESULT ")]
    if done.returncode != 0 or not result:
        raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")
    seen = json.loads(result[-1].removeprefix("RESULT "))
    if seen["requests"] == 0 or seen["refused"] or seen["broken"]:
        shown = " ".join(command(load, server.port, "KEY", seconds))
        raise RuntimeError(f"wrk saw answers other than 2xx, or none: {seen} from {shown}")
    return Sample(
        rate=seen["requests"] / seen["seconds"],
        cpu_us=(own + kernel) * 1e6 / seen["requests"],
        kernel_us=kernel * 1e6 / seen["requests"],
        answer_bytes=seen["bytes"] / seen["requests"],
        p50_us=seen["p50_us"],
        p99_us=seen["p99_us"],
        max_us=seen["max_us"],
        requests=seen["requests"],
    )
