"""Settings of every test, so that none fails because of where it runs."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import settings

# A test is not wrong because the machine is busy.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# A shell lets background jobs ignore SIGINT, and their children inherit that. The
# programs that tests interrupt must receive it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Without bytecode, each program that a test starts compiles all modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Use one worker more than there are cores, since some tests only wait."""
    return (yield) + 1


def pytest_collection_finish() -> None:
    """Keep the garbage collector from visiting the collected tests again and again."""
    gc.freeze()
