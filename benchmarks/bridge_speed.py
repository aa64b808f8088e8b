"""What the bridge adds to a call, beside a bare proxy and LiteLLM's; its memory.

`make bench-bridge` runs it: benchmarks/bridge_speed.py [--rounds 9]

Each program runs by itself, in front of one mock. In each round every program passes
on the same requests. What counts is the CPU time that it took itself, so the speed of
the mock and of this program does not. The bare proxy is a handler that sends the body
on with httpx, and nothing else. The bridge gets `/v1/complete` and translates; the
others get the same question as `/v1/messages` and pass it through.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import bridge_litellm
from figures import circumstances, ratio
from servers import (
    CLI,
    Cost,
    Program,
    costs,
    load,
    mock_of_words,
    request_bytes,
    running,
)

BARE = [sys.executable, str(Path(__file__).with_name("bridge_bare.py"))]
NAMES = ("bridge", "bare proxy", "LiteLLM")
MODEL = "claude-2.1"
QUESTION = "Why is the sky blue?"
JSON_REQUESTS = 64
STREAMS, FAST_EVENTS, SLOW_EVENTS, PACE = 4, 1000, 150, 100
# Fewer events than these would fit into the buffers of the connections.
MANY_STREAMS, FEW_EVENTS, MANY_EVENTS = 64, 1000, 4000
MOST_TIMES, MOST_PER_EVENT = 2.5, 80e-6
# MB. The buffers of so many connections vary by some; events that are kept would be 50.
MOST_GROWTH = 16


def asked(tokens: int, *, stream: bool) -> tuple[bytes, bytes]:
    """Return the same question for the bridge and for what passes messages through."""
    common = {"model": MODEL, "temperature": 0.5, "stream": stream}
    prompt = f"\n\nHuman: {QUESTION}\n\nAssistant:"
    turns = [{"role": "user", "content": QUESTION}]
    return (
        request_bytes({**common, "prompt": prompt, "max_tokens_to_sample": tokens}),
        request_bytes(
            {**common, "messages": turns, "max_tokens": tokens}, path=b"/v1/messages"
        ),
    )


def bridge(url: str) -> list[str]:
    command = [*CLI, "bridge", "--port", "0", "--quiet", "--upstream", url]
    return [*command, "--default-model", MODEL]


@contextmanager
def contenders(url: str) -> Iterator[list[Program]]:
    """Run all programs in front of an upstream: the bridge, then the others."""
    with ExitStack() as stack:
        found = [
            stack.enter_context(running(bridge(url))),
            stack.enter_context(running([*BARE, url])),
        ]
        if bridge_litellm.is_installed():
            found.append(stack.enter_context(bridge_litellm.litellm(url, MODEL)))
        yield found


def taken(
    programs: Sequence[Program],
    asked: tuple[bytes, bytes],
    connections: int,
    requests: int,
    rounds: int,
) -> list[list[Cost]]:
    ours, theirs = asked
    requests_of = [ours, *[theirs] * (len(programs) - 1)]
    pairs = list(zip(programs, requests_of, strict=True))
    return costs(pairs, connections, requests, rounds)


def whole_responses(rounds: int) -> int:
    """Print what a JSON request costs; return how many targets are missed."""
    missed = 0
    with mock_of_words(100) as mock, contenders(mock.url) as programs:
        for connections in (1, 64):
            found = taken(
                programs, asked(100, stream=False), connections, JSON_REQUESTS, rounds
            )
            cpu = [[one.cpu for one in each] for each in found]
            times = ratio(cpu[0], cpu[1])
            missed += times > MOST_TIMES
            print(f"a JSON request, {connections} connections:")
            for name, each in zip(NAMES, found, strict=False):
                print(
                    f"  {name}: {median(one.cpu for one in each) * 1e6:.0f} µs CPU, "
                    f"{1 / median(one.clock for one in each):.0f} requests per second"
                )
            print(f"  {times:.2f} x the bare proxy (at most {MOST_TIMES})")
    return missed


def streams(rounds: int) -> int:
    """Print what a streamed event costs; return how many targets are missed."""
    quick = _per_event(FAST_EVENTS, rounds)
    print("a streamed event, as fast as the upstream writes them:")
    _print_events(quick)
    print(f"  at most {MOST_PER_EVENT * 1e6:.0f} µs in the bridge")
    # Each event then wakes the process up, which costs the system as much as the work.
    slow = _per_event(SLOW_EVENTS, rounds, "--tokens-per-second", str(PACE))
    print(f"a streamed event, {PACE} per second and stream:")
    _print_events(slow)
    added = median(ours - bare for ours, bare, *_ in zip(*slow, strict=True))
    print(
        f"  {added * 1e6:.0f} µs more than the bare proxy "
        f"(at most {MOST_PER_EVENT * 1e6:.0f})"
    )
    return (median(quick[0]) > MOST_PER_EVENT) + (added > MOST_PER_EVENT)


def _per_event(events: int, rounds: int, *pace: str) -> list[list[float]]:
    """The seconds of CPU time of an event: of each program, in each round."""
    with mock_of_words(events, *pace) as mock, contenders(mock.url) as programs:
        found = taken(programs, asked(events, stream=True), STREAMS, STREAMS, rounds)
    return [[one.cpu / events for one in each] for each in found]


def _print_events(per_event: Sequence[Sequence[float]]) -> None:
    for name, seconds in zip(NAMES, per_event, strict=False):
        print(f"  {name}: {median(seconds) * 1e6:.0f} µs CPU")


def memory() -> int:
    """Print how memory grows with the length of streams; return what is missed."""
    peaks = [_peak(events) for events in (FEW_EVENTS, MANY_EVENTS)]
    growth = peaks[1] - peaks[0]
    print(
        f"{MANY_STREAMS} streams at once: {peaks[0]:.0f} MB resident with "
        f"{FEW_EVENTS} events each, {peaks[1]:.0f} MB with {MANY_EVENTS} "
        f"(at most {MOST_GROWTH} MB more)"
    )
    return int(growth > MOST_GROWTH)


def _peak(events: int) -> float:
    """MB at the most, in a bridge that has served nothing else."""
    ours, _ = asked(events, stream=True)
    with mock_of_words(events) as mock, running(bridge(mock.url)) as program:
        load(program.url, ours, MANY_STREAMS, MANY_STREAMS)
        return program.peak_memory()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds: int = parser.parse_args().rounds
    print(circumstances("httpx", "starlette", "uvicorn", "httptools", "uvloop"))
    if not bridge_litellm.is_installed():
        print("skipped: LiteLLM (`make litellm` installs it)")
    missed = whole_responses(rounds) + streams(rounds) + memory()
    print(f"{missed} targets missed" if missed else "all targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
