"""What the operating system tells of processes, files and the machine itself."""

import os
import platform
import time
import zlib
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
CHUNK_BYTES = 1 << 20


def _cpu_seconds(stat: str) -> tuple[float, float]:
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) / TICKS_PER_SECOND, int(fields[12]) / TICKS_PER_SECOND


def cpu_seconds(pid: int) -> tuple[float, float]:
    """Of all threads of a process so far: in its own code, and in the kernel."""
    return _cpu_seconds(Path(f"/proc/{pid}/stat").read_text())


def cpu_seconds_of_threads(pid: int) -> Counter[str]:
    """The same, both together, by the threads' names."""
    seconds: Counter[str] = Counter()
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            stat = (thread / "stat").read_text()
        except OSError:
            continue  # it ended meanwhile
        seconds[stat.partition("(")[2].rpartition(")")[0]] += sum(_cpu_seconds(stat))
    return seconds


def resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no resident memory: it has ended")


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        if parent == pid:
            found.append(int(entry.name))
    return found


def files_below(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def disk_bytes(directory: Path) -> int:
    """What the files really take: allocated blocks, not their lengths."""
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.lstat().st_blocks * 512
        except OSError:
            continue  # removed meanwhile
    return total


def forget_cached(files: list[Path]) -> None:
    """Takes the files out of the page cache, so that the next reading is from the disk."""
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_and_checksum(files: list[Path]) -> tuple[float, int]:
    """Seconds that it takes to read the files once and checksum them, and how many bytes that were."""
    total = 0
    checksum = 0
    begin = time.perf_counter()
    for path in files:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK_BYTES):
                checksum = zlib.crc32(chunk, checksum)
                total += len(chunk)
    return time.perf_counter() - begin, total


@contextmanager
def on_core(core: int):
    """Keeps this process, and not those that it has started, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def describe() -> dict[str, str]:
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory_kib = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": model,
        "cores": str(os.cpu_count()),
        "memory": f"{memory_kib / (1 << 20):.1f} GiB",
        "kernel": platform.release(),
        "load_before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }
