"""What holds for every test: nothing fails because of where the tests are run."""

from __future__ import annotations

import functools
import gc
import os
import pickle
import signal
from collections.abc import Generator
from typing import Any

import pytest
import yaml
from hypothesis import settings

# A busy machine is slow, not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# A shell starts what is to run in the background deaf to interrupts, and its children
# are deaf as well. The programs that tests interrupt must hear them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each of the hundreds of programs that tests start would compile all sources again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One worker more than there are cores: some tests only wait."""
    return (yield) + 1


def pytest_collection_finish() -> None:
    """The garbage collector need not look at thousands of tests again and again."""
    gc.freeze()


_load = yaml.load
_QUICK = {yaml.SafeLoader: getattr(yaml, "CSafeLoader", yaml.SafeLoader)}


@functools.lru_cache(maxsize=32)
def _pickled(text: str, loader: Any) -> bytes:
    return pickle.dumps(_load(text, loader))


def _load_once(stream: Any, Loader: Any) -> Any:
    """Read the same long text once: servers and runs begin hundreds of times.

    Whoever reads gets a copy of its own, as ever.
    """
    loader = _QUICK.get(Loader, Loader)
    if isinstance(stream, str) and len(stream) > 10_000:
        return pickle.loads(_pickled(stream, loader))
    return _load(stream, loader)


yaml.load = _load_once
