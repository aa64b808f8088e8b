"""The mock's speed beside a bare handler of the same answer; start; memory; Prism.

`make bench-server` runs it: benchmarks/server_speed.py [--rounds 25] [--requests 250]

Each server is a program of its own. In each round every server answers the same
requests, and what counts is the CPU time that it took, so that the speed of this
program does not. The bare handler is Starlette with the validator of jsonschema-rs,
and nothing else: it answers what the mock answered, byte for byte. Both run on
uvicorn, httptools and uvloop.

One connection has no target. This program then sleeps until the response is
there, and the server pays for waking it: on a virtual machine some 20 µs, but only
if the sleep was long enough for its CPU to stop. The mock pays, the bare handler is
back sooner and does not.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

import server_prism
from figures import circumstances, ratio
from servers import BODIES, MOCK, costs, load, mock_of_words, request_bytes, running

PACKAGES = ("starlette", "uvicorn", "httptools", "uvloop", "jsonschema-rs")
BARE = [sys.executable, str(Path(__file__).with_name("server_bare.py"))]
STREAMS, EVENTS = 64, 5000
LEAST_RATIO = {"valid": 0.8, "invalid": 0.8, "streamed": 1.0}
MOST_SECONDS, MOST_MEMORY = 0.8, 90


def compare(rounds: int, requests: int) -> int:
    """Print what each kind of request costs; return how many targets are missed."""
    missed = 0
    with running(MOCK) as mock, running([*BARE, mock.url]) as bare:
        for kind, body in BODIES.items():
            count = requests // 4 if kind == "streamed" else requests
            for connections in (1, 16, 64):
                request = request_bytes(body)
                contenders = [(mock, request), (bare, request)]
                found = costs(contenders, connections, count, rounds)
                ours, theirs = ([one.cpu for one in each] for each in found)
                reached = ratio(theirs, ours)
                least = LEAST_RATIO[kind] if connections > 1 else 0
                missed += reached < least
                print(
                    f"{kind}, {connections} connections: "
                    f"{median(ours) * 1e6:.0f} µs CPU, bare "
                    f"{median(theirs) * 1e6:.0f} µs, "
                    f"ratio {reached:.2f}" + (f" (at least {least})" if least else "")
                )
    return missed


def readiness(times: int) -> float:
    """Seconds from the start of the program to its first line."""
    found: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        with running(MOCK):
            found.append(time.perf_counter() - started)
    return median(found)


def memory() -> float:
    """MB at the most, with many long streams at a time."""
    with mock_of_words(EVENTS) as mock:
        body = BODIES["streamed"] | {"max_tokens_to_sample": EVENTS}
        load(mock.url, request_bytes(body), STREAMS, STREAMS)
        return mock.peak_memory()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--requests", type=int, default=250)
    arguments = parser.parse_args()
    print(circumstances(*PACKAGES))
    missed = compare(arguments.rounds, arguments.requests)
    seconds, megabytes = readiness(5), memory()
    missed += (seconds > MOST_SECONDS) + (megabytes > MOST_MEMORY)
    print(f"ready in {seconds:.2f} s (at most {MOST_SECONDS})")
    print(
        f"{STREAMS} streams of {EVENTS} events: {megabytes:.0f} MB resident "
        f"(under {MOST_MEMORY})"
    )
    missed += server_prism.compare()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
