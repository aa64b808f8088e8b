"""Decides which fault affects which request."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any, Final

from ..checks import check_number
from ..errors import bad_request
from .faults import Fault

HEADER: Final = "x-mock-fault"

_MAX_COUNTED: Final = 10_000


class FaultPlan:
    """Decides for each request which fault affects it; any thread may add a fault.

    A request's own header comes first, then the faults that were added, then chance.

    Args:
        chances: The probability of each fault, 0 to 1, together at most 1.
        seed: Decides which requests fail at random.

    Raises:
        ValueError: A name is unknown, or a probability is out of its bounds.
    """

    def __init__(
        self, chances: Mapping[str, float] | None = None, seed: int = 0
    ) -> None:
        self.chances = _check_chances(chances or {})
        self._seed = seed
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Return to the state of the start."""
        with self._lock:
            self._planned: deque[Fault] = deque()
            self._counts: dict[str, int] = {}
            self._random = Random(self._seed)

    def clear(self) -> None:
        """Forget the faults that were added and not used."""
        with self._lock:
            self._planned.clear()

    def add(self, fault: Fault) -> None:
        """Affect the next requests, after the faults that were added before.

        Raises:
            TypeError: The fault does not say how many requests it affects.
        """
        check_number("times", fault.times, whole=True)
        with self._lock:
            self._planned.append(fault)

    def planned(self) -> Sequence[Fault]:
        """Return the faults of the next requests, in order."""
        with self._lock:
            return list(self._planned)

    def next(self, header: str | None) -> Fault | None:
        """Return the fault of a request, if it has one.

        Args:
            header: The value of the request's header `x-mock-fault`.

        Raises:
            ApiError: 400, the header is not a fault.
        """
        if header is not None:
            try:
                fault = _read_fault(header)
            except (TypeError, ValueError) as error:
                raise bad_request(f"{HEADER}: {error}") from error
            return fault if self._is_left(header, fault.times) else None
        if not self._planned and not self.chances:
            return None
        with self._lock:
            return self._by_plan() if self._planned else self._by_chance()

    def _is_left(self, header: str, times: int | None) -> bool:
        """Count a request with this header; return whether it still has the fault."""
        if times is None:
            return True
        with self._lock:
            before = self._counts.pop(header, 0)
            self._counts[header] = min(before + 1, times)
            if len(self._counts) > _MAX_COUNTED:
                del self._counts[next(iter(self._counts))]
        return before < times

    def _by_plan(self) -> Fault:
        fault = self._planned.popleft()
        if left := (fault.times or 1) - 1:
            self._planned.appendleft(replace(fault, times=left))
        return fault

    def _by_chance(self) -> Fault | None:
        point = self._random.random()
        for name, chance in self.chances.items():
            if point < chance:
                return Fault(name)
            point -= chance
        return None


def _check_chances(chances: Mapping[str, Any]) -> dict[str, float]:
    for name, chance in chances.items():
        Fault(name)
        if not isinstance(chance, (int, float)) or not 0 <= chance <= 1:
            raise ValueError(f"the chance of {name} must be 0 to 1, not {chance!r}")
    if sum(chances.values()) > 1 + 1e-9:
        raise ValueError("the chances of all faults together are more than 1")
    return dict(chances)


def _read_fault(text: str) -> Fault:
    """Read `NAME; times=2; seconds=0.5; after=3; id=any`, all but the name optional.

    Raises:
        ValueError: The text is not a fault.
        TypeError: A setting is not a number.
    """
    name, *settings = [part.strip() for part in text.split(";")]
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or key not in {"times", "seconds", "after", "id"}:
            raise ValueError(f"{setting!r} is not times=, seconds=, after= or id=")
        if key in values:
            raise ValueError(f"{key!r} is given twice")
        values[key] = value if key == "id" else _number(value)
    values.pop("id", None)
    return Fault(name, **values)


def _number(text: str) -> float | str:
    """Return the number that a text means; the text itself if it means none."""
    for read in (int, float):
        with suppress(ValueError):
            return read(text)
    return text
