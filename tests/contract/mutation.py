"""The kill matrix: which deviating server turns which clauses red. `make mutation`.

Every deviation of `deviations.py` must turn its own clause red.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from deviations import DEVIATIONS
from honest_server import serving

from text_completions_contract import SECTIONS, Settings, Verdict, run

OWN = tuple(section for section in SECTIONS if section != "schema")


@dataclass(frozen=True)
class Run:
    """A server, the clause that it breaks, and the clauses that failed."""

    name: str
    clause: str
    red: tuple[str, ...]

    @property
    def is_killed(self) -> bool:
        """Whether its own clause failed."""
        return self.clause in self.red

    def __str__(self) -> str:
        others = " ".join(name for name in self.red if name != self.clause)
        mark = "✔" if self.is_killed else "✘"
        return f"{mark} {self.clause:<20} {self.name:<44} {others}".rstrip()


def deviating(number: int) -> Run:
    """Judge a deviation by all sections but `schema`."""
    name, clause, answer = DEVIATIONS[number]
    with serving() as server:
        server.answer = answer
        report = run(server.url, Settings(only=OWN, timeout=2, strict=True))
    red = tuple(result.clause.id for result in report.of(Verdict.FAILED))
    return Run(name, clause, red)


def summary(runs: Sequence[Run]) -> list[str]:
    """What survived, and the sum."""
    survived = [item for item in runs if not item.is_killed]
    killed = len(runs) - len(survived)
    return [
        *(f"survived: {item.name} ({item.clause})" for item in survived),
        f"{killed} of {len(runs)} deviations turned their clause red",
    ]


def main() -> int:
    """Print the matrix and what survived; fails where anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="SECTION", help="deviations of one section")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    chosen = [
        number
        for number, (_, clause, _) in enumerate(DEVIATIONS)
        if arguments.only in {None, clause.partition("/")[0]}
    ]
    runs: list[Run] = []
    # Spawned, as a fork would share the server of this process.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(arguments.jobs, mp_context=context) as pool:
        for item in pool.map(deviating, chosen):
            runs.append(item)
            print(item, flush=True)
    print("", *summary(runs), sep="\n")
    return 0 if runs and all(item.is_killed for item in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
