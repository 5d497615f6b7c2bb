"""Building what is measured: the release preset, the server and the benchmark programs."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TARGETS = ("nexus-inventory", "append_floor", "replay", "state_files", "engine_bench", "postgres_floor")


def build(folder: Path) -> None:
    """Configures the folder with the release preset, unless it is configured, and builds."""
    if not (folder / "CMakeCache.txt").exists():
        subprocess.run(["cmake", "--preset", "release", "-B", str(folder)], cwd=ROOT, check=True)
    subprocess.run(["cmake", "--build", str(folder), "--target", *TARGETS], cwd=ROOT, check=True)


def commit() -> str:
    """The commit that is measured, marked when files differ from it."""
    line = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
