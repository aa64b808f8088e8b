"""Taking samples: CPU time, one contender after the other, round by round."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping

from figures import Samples

Contenders = Mapping[str, Callable[[], object]]


def interleaved(
    contenders: Contenders, rounds: int, *, number: int = 1, per: int = 1
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
