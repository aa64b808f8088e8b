"""The kill matrix: which deviating server turns which clauses red. `make mutation`.

Every deviation of `deviations.py` must turn its own clause red; the honest server,
whatever the seed, none.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from deviations import DEVIATIONS
from honest_server import Answerer, honest, serving

from text_completions_contract import SECTIONS, Result, Settings, Verdict, run

SEEDS = 20
OWN = tuple(section for section in SECTIONS if section != "schema")


@dataclass(frozen=True)
class Run:
    """What a server was found guilty of.

    Args:
        name: The server.
        clause: The clause that it is made to break; empty for the honest one.
        red: The clauses that failed.
        first: Seconds to the first of them.
    """

    name: str
    clause: str
    red: tuple[str, ...]
    first: float

    @property
    def is_right(self) -> bool:
        """Whether its own clause failed, or none where it has none."""
        return self.clause in self.red if self.clause else not self.red

    @property
    def section(self) -> str:
        """The section of its clause."""
        return self.clause.partition("/")[0]


def deviating(number: int) -> Run:
    """Judge a deviation."""
    name, clause, answer = DEVIATIONS[number]
    return _judged(name, clause, answer, Settings(only=OWN, timeout=2, strict=True))


def honestly(seed: int) -> Run:
    """Judge the honest server, by generated requests too."""
    return _judged(f"seed {seed}", "", honest, Settings(seed=seed, strict=True))


def _judged(name: str, clause: str, answer: Answerer, settings: Settings) -> Run:
    start, first = time.monotonic(), 0.0

    def watch(result: Result, *_: int) -> None:
        nonlocal first
        if result.verdict is Verdict.FAILED and not first:
            first = time.monotonic() - start

    with serving() as server:
        server.answer = answer
        report = run(server.url, settings, watch)
    red = tuple(result.clause.id for result in report.of(Verdict.FAILED))
    return Run(name, clause, red, first)


def matrix(runs: Iterable[Run]) -> Iterator[str]:
    """A line per deviation: its clause, and what else went red."""
    for item in runs:
        others = " ".join(name for name in item.red if name != item.clause)
        mark = "✔" if item.is_right else "✘"
        yield f"{mark} {item.clause:<20} {item.name:<44} {others}".rstrip()


def totals(runs: Sequence[Run]) -> Iterator[str]:
    """A line per section: how many of its deviations turned their clauses red."""
    for section in dict.fromkeys(item.section for item in runs):
        mine = [item for item in runs if item.section == section]
        killed = sum(item.is_right for item in mine)
        clauses = len({item.clause for item in mine})
        yield f"{section:<10} {killed:>3} of {len(mine):>3}, of {clauses} clauses"


def verdict(runs: Sequence[Run], alarms: Sequence[Run]) -> Iterator[str]:
    """What survived, what was blamed without reason, and the sum."""
    for item in runs:
        if not item.is_right:
            yield f"survived: {item.name} ({item.clause})"
    for item in alarms:
        if not item.is_right:
            yield f"blamed without reason, {item.name}: {' '.join(item.red)}"
    killed = [item for item in runs if item.is_right]
    yield f"{len(killed)} of {len(runs)} deviations turned their clause red"
    if killed:
        seconds = statistics.median(item.first for item in killed)
        yield f"{seconds:.2f} s to the first failure, in the median"
    quiet = sum(item.is_right for item in alarms)
    yield f"{quiet} of {len(alarms)} seeds of the honest server turned nothing red"


def exit_code(runs: Sequence[Run], alarms: Sequence[Run]) -> int:
    """1 where a deviation survived, the honest server did not, or none was judged."""
    return 0 if runs and all(item.is_right for item in [*runs, *alarms]) else 1


def main(words: Sequence[str] | None = None) -> int:
    """Print the matrix, the totals and what survived; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="SECTION", help="deviations of one section")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="of the honest server")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args(words)
    chosen = [
        number
        for number, (_, clause, _) in enumerate(DEVIATIONS)
        if arguments.only in {None, clause.partition("/")[0]}
    ]
    start = time.monotonic()
    # Spawned, as a fork would share the server of this process.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(arguments.jobs, mp_context=context) as pool:
        runs: list[Run] = []
        for item in pool.map(deviating, chosen):
            runs.append(item)
            print(*matrix([item]), sep="\n", flush=True)
        alarms = list(pool.map(honestly, range(arguments.seeds)))
    print("", *totals(runs), "", *verdict(runs, alarms), sep="\n")
    print(f"{time.monotonic() - start:.0f} s with {arguments.jobs} processes")
    return exit_code(runs, alarms)


if __name__ == "__main__":
    sys.exit(main())
