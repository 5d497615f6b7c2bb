"""The report of a run: the bars first, then every figure with the commands behind it. Markdown and JSON."""

import json
from dataclasses import asdict
from pathlib import Path

from harness.bars import BARS, Bar
from harness.measure import Figures


def number(value: float) -> str:
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def bar_rows(results: list[Figures]) -> list[tuple[Bar, float | None, str]]:
    """Each bar with the measured value (nothing when it was not measured) and the verdict."""
    values = {figure.name: figure.value for result in results for figure in result.figures}
    rows = []
    for bar in BARS:
        value = values.get(bar.figure)
        verdict = "not run" if value is None else "met" if bar.is_met(value) else "NOT MET"
        rows.append((bar, value, verdict))
    return rows


def bars_table(results: list[Figures]) -> list[str]:
    lines = ["| # | work | bar | measured | |", "| --- | --- | --- | --- | --- |"]
    for bar, value, verdict in bar_rows(results):
        sign = "≥" if bar.comparison == ">=" else "≤"
        measured = "" if value is None else number(value)
        threshold = f"{sign} {number(bar.threshold)} {bar.unit}"
        lines.append(f"| {bar.number} | {bar.work} | {threshold} | {measured} | {verdict} |")
    return lines


def markdown(run: dict, results: list[Figures]) -> str:
    lines = [
        f"# Benchmarks of {run['commit']}",
        "",
        f"{run['started']}, sizes: {run['sizes']}, {run['minutes']:.1f} minutes.",
        "",
        *(f"- {name}: {value}" for name, value in run["machine"].items()),
        "",
        "Ratios are medians of interleaved rounds in this one run; absolute figures wander with the machine.",
    ]
    if run["sizes"] == "quick":
        lines += ["", "**A quick run only shows that everything works: it is too small to judge by.**"]
    lines += ["", "## Bars", "", *bars_table(results)]
    for result in results:
        lines += ["", f"## {result.benchmark}", ""]
        if result.failure:
            lines += [f"**Failed:** {result.failure}", ""]
        if result.figures:
            lines += ["| figure | value | unit | what |", "| --- | ---: | --- | --- |"]
            lines += [f"| {f.name} | {number(f.value)} | {f.unit} | {f.what} |" for f in result.figures]
        lines += ["", f"Again: `bench/run {'--quick ' if run['sizes'] == 'quick' else ''}--only {result.benchmark}`"]
        lines += ["", "```sh", *result.commands, "```"] if result.commands else []
    return "\n".join(lines) + "\n"


def write(folder: Path, run: dict, results: list[Figures]) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{run['started'].replace(':', '').replace(' ', 'T')}-{run['sizes']}"
    text, data = folder / f"{stem}.md", folder / f"{stem}.json"
    text.write_text(markdown(run, results))
    bars = [asdict(bar) | {"measured": value, "verdict": verdict} for bar, value, verdict in bar_rows(results)]
    content = run | {"bars": bars, "benchmarks": [asdict(result) for result in results]}
    data.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return text, data
