"""Measures how long the contract suite takes, and until its first failure.

    make bench-contract

Each profile judges the mock, which runs as a program of its own. The time to the first
failure is measured with the deviating servers of tests/contract, by default every
fourth of them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median
from typing import Literal

from figures import circumstances
from servers import MOCK, running

from text_completions_contract import Report, Result, Settings, Verdict, run

TESTS = Path(__file__).parents[1] / "tests" / "contract"
MAX_SECONDS = {"quick": 8.0, "full": 60.0}
MAX_REQUESTS = {"quick": 400}
MAX_UNTIL_FAILURE = 3.0


def judged(profile: Literal["quick", "full"], rounds: int) -> int:
    """Judge the mock; return how many targets are missed."""
    with running(MOCK) as mock:
        reports = [run(mock.url, Settings(profile=profile)) for _ in range(rounds)]
    return print_profile(profile, reports)


def print_profile(profile: str, reports: list[Report]) -> int:
    """Print the figures of a profile; return how many targets are missed."""
    seconds = median(report.seconds for report in reports)
    requests = max(report.requests for report in reports)
    most, count = MAX_SECONDS[profile], MAX_REQUESTS.get(profile)
    bound = f" (less than {count})" if count else ""
    print(f"{profile}: {seconds:.1f} s (under {most:g}), {requests} requests{bound}")
    return (seconds >= most) + (count is not None and requests >= count)


def first_failures(every: int) -> int:
    """Time the first failure of deviating servers; return whether it is too slow."""
    sys.path.insert(0, str(TESTS))
    from deviations import DEVIATIONS
    from honest_server import serving

    seconds: list[float] = []
    for _, _, answer in DEVIATIONS[::every]:
        with serving() as server:
            server.answer = answer
            seconds.append(until_failure(server.url))
    middle = median(seconds)
    print(
        f"first failure: median {middle:.2f} s (under {MAX_UNTIL_FAILURE:g}), "
        f"at most {max(seconds):.2f} s, of {len(seconds)} servers"
    )
    return middle >= MAX_UNTIL_FAILURE


def until_failure(url: str) -> float:
    """Seconds from the start of a run to its first failed clause."""
    start, first = time.perf_counter(), [float("inf")]

    def observe(result: Result, _done: int, _total: int) -> None:
        if result.verdict is Verdict.FAILED:
            first.append(time.perf_counter() - start)

    run(url, Settings(timeout=2), observe)
    return min(first)


def main() -> int:
    """Measure; the exit status is 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=int, default=4)
    arguments = parser.parse_args()
    print(circumstances("text-completions"))
    missed = judged("quick", arguments.rounds) + judged("full", 1)
    missed += first_failures(arguments.every)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
