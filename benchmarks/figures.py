"""Samples of CPU time, the table that is made of them, and where they were taken."""

from __future__ import annotations

import gc
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median

OURS = "ours"
CONTENDERS = (OURS, "httpx", "httpx-sse", "official SDK")

Samples = Mapping[str, Sequence[float]]
"""What each contender took, a number per round; round n of all was taken together."""


def interleaved(
    contenders: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    number: int = 1,
    per: int = 1,
) -> Samples:
    """Run all contenders in each round; return their CPU seconds per operation.

    Args:
        contenders: What to run, by name. Each is run once before it counts.
        rounds: How many samples to take of each.
        number: How often a contender runs for one sample.
        per: How many operations one run is.
    """
    for run in contenders.values():
        run()
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for _ in range(rounds):
        for name in names:
            taken = cpu_seconds(contenders[name], number)
            samples[name].append(taken / (number * per))
        names.append(names.pop(0))  # nobody is always the first
    return samples


def cpu_seconds(run: Callable[[], object], number: int) -> float:
    """Return the CPU seconds of this process for some runs."""
    gc.collect()
    start = time.process_time()
    for _ in range(number):
        run()
    return time.process_time() - start


def circumstances(*packages: str) -> str:
    """Return the versions, the machine and the day, for the first line of a report."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"{versions}; Python {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} CPUs, {datetime.now(UTC):%Y-%m-%d}"
    )


@dataclass(frozen=True)
class Target:
    """What is to be reached: an amount, or a multiple of what another takes."""

    at_most: float
    against: str | None = None


@dataclass(frozen=True)
class Measure:
    """One line of the table.

    Attributes:
        name: What was measured.
        samples: What it took.
        targets: What is to be reached.
        unit: What the samples count: seconds, bytes or times.
    """

    name: str
    samples: Samples
    targets: Sequence[Target]
    unit: str = "s"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of each round.

    What slows the machine down for a while slows both sides of a round.
    """
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def reached(samples: Samples, target: Target) -> tuple[float, bool]:
    """Return what a target compares, and whether it is met."""
    ours = samples[OURS]
    value = median(ours)
    if target.against is not None:
        value = ratio(ours, samples[target.against])
    return value, value <= target.at_most


def missed(measures: Sequence[Measure]) -> list[str]:
    """Name the measures that miss a target."""
    return [
        measure.name
        for measure in measures
        if not all(reached(measure.samples, one)[1] for one in measure.targets)
    ]


def amount(value: float, unit: str) -> str:
    """Write an amount with three digits and a unit of its size."""
    if unit == "bytes":
        return f"{value / 1024:.0f} KiB"
    if unit != "s":
        return f"{value:.2f} x"
    for scale, name in ((1, "s"), (1e3, "ms")):
        if value * scale >= 1:
            return f"{value * scale:.3g} {name}"
    return f"{value * 1e6:.3g} µs"


def table(measures: Sequence[Measure]) -> str:
    """Write the measures as a table."""
    heads = ["CPU time, median", *CONTENDERS, "reached", "target", ""]
    rows = [heads, ["---"] * len(heads), *map(_row, measures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        + " |"
        for row in rows
    )


def _row(measure: Measure) -> list[str]:
    cells = [
        amount(median(measure.samples[one]), measure.unit)
        if one in measure.samples
        else ""
        for one in CONTENDERS
    ]
    verdicts = [(one, *reached(measure.samples, one)) for one in measure.targets]
    found = [_said(one, value, measure.unit) for one, value, _ in verdicts]
    wanted = [_said(one, one.at_most, measure.unit) for one in measure.targets]
    good = all(met for _, _, met in verdicts)
    verdict = "ok" if good else "MISSED"
    return [measure.name, *cells, ", ".join(found), ", ".join(wanted), verdict]


def _said(target: Target, value: float, unit: str) -> str:
    if target.against is None:
        return amount(value, unit)
    return f"{value:.2f} x {target.against}"
