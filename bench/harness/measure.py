"""Interleaved rounds and medians, and the figures that come out."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Figure:
    name: str  # "benchmark.what", as the bars refer to it
    value: float
    unit: str
    what: str  # one line for a reader


@dataclass
class Figures:
    """What one benchmark found, and how to find it again."""

    benchmark: str
    figures: list[Figure] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    failure: str = ""

    def add(self, name: str, value: float, unit: str, what: str) -> None:
        self.figures.append(Figure(f"{self.benchmark}.{name}", value, unit, what))


def interleave(rounds: int, works: Mapping[str, Callable[[], object]]) -> dict[str, list]:
    """Runs each work once a round, in turn, so that what the machine does meanwhile falls on all of them. With
    several rounds there is one more before them, which warms up and does not count."""
    samples: dict[str, list] = {name: [] for name in works}
    for turn in range(rounds + (rounds > 1)):
        for name, work in works.items():
            sample = work()
            if turn > 0 or rounds == 1:
                samples[name].append(sample)
    return samples


def median(values) -> float:
    return statistics.median(values)


def median_of(samples: list, attribute: str) -> float:
    return median([getattr(sample, attribute) for sample in samples])


def median_ratio(samples: list, base: list, attribute: str = "rate") -> float:
    """The median of the rounds' own ratios: what slows a whole round down cancels out."""
    return median([getattr(a, attribute) / getattr(b, attribute) for a, b in zip(samples, base, strict=True)])
