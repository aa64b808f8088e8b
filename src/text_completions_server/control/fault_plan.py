"""Which request is struck by which fault."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from ..app.errors import bad_request
from .faults import Fault, check_times, read_fault

HEADER = "x-mock-fault"

_MOST_COUNTED = 10_000


@dataclass(slots=True)
class _Planned:
    fault: Fault
    left: int


class FaultPlan:
    """Decides for each request; any thread may plan another fault.

    A request's own header comes first, then what was planned, then chance.

    Args:
        chances: How probable which fault is, each 0 to 1 and together at most 1.
        seed: Decides whom chance strikes.

    Raises:
        ValueError: A name is unknown, or the chances are none.
    """

    def __init__(
        self, chances: Mapping[str, float] | None = None, seed: int = 0
    ) -> None:
        self._chances = _checked(chances or {})
        self._seed = seed
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """As it was at the start."""
        with self._lock:
            self._planned: deque[_Planned] = deque()
            self._counts: dict[str, int] = {}
            self._random = Random(self._seed)

    def clear(self) -> None:
        """Forget the planned faults that have not struck."""
        with self._lock:
            self._planned.clear()

    def add(self, fault: Fault, times: int = 1) -> None:
        """Let the next requests be struck, after those that are planned already.

        Raises:
            ValueError: The number of times is none.
        """
        with self._lock:
            self._planned.append(_Planned(fault, check_times(times)))

    def planned(self) -> Sequence[tuple[Fault, int]]:
        """The faults that are due, the next one first, each with how often yet."""
        with self._lock:
            return [(each.fault, each.left) for each in self._planned]

    @property
    def chances(self) -> Mapping[str, float]:
        """How probable which fault is."""
        return self._chances

    def next(self, header: str | None) -> Fault | None:
        """The fault that strikes a request with this header.

        Raises:
            ApiError: 400, the header names no fault.
        """
        if header is not None:
            fault, times = _asked(header)
            return fault if times is None or self._count(header, times) else None
        if not self._planned and not self._chances:
            return None
        with self._lock:
            return self._by_plan() if self._planned else self._by_chance()

    def _count(self, header: str, times: int) -> bool:
        """Whether a request with this header is still among the first so many."""
        with self._lock:
            before = self._counts.pop(header, 0)
            self._counts[header] = min(before + 1, times)
            if len(self._counts) > _MOST_COUNTED:
                del self._counts[next(iter(self._counts))]
        return before < times

    def _by_plan(self) -> Fault:
        first = self._planned[0]
        first.left -= 1
        if not first.left:
            self._planned.popleft()
        return first.fault

    def _by_chance(self) -> Fault | None:
        point = self._random.random()
        for name, chance in self._chances.items():
            if point < chance:
                return Fault(name)
            point -= chance
        return None


def _checked(chances: Mapping[str, float]) -> dict[str, float]:
    for name, chance in chances.items():
        Fault(name)
        if not 0 <= chance <= 1:
            raise ValueError(f"the chance of {name} must be 0 to 1, not {chance}")
    if sum(chances.values()) > 1 + 1e-9:
        raise ValueError("the chances of all faults together are more than 1")
    return dict(chances)


def _asked(header: str) -> tuple[Fault, int | None]:
    try:
        return read_fault(header)
    except ValueError as error:
        raise bad_request(f"{HEADER}: {error}") from error
