"""A request that passed the checks, and who answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from starlette.responses import Response

from ..api.models import Models
from ..backends.base import Backend
from ..control.fault_plan import FaultPlan
from .checks import Keys
from .ids import Ids
from .limits import Allowance, Limiter
from .rates import Clock
from .responses import Errors


class Call(NamedTuple):
    """One request to one operation.

    Attributes:
        body: The body, which keeps to the operation's schema.
        version: The wire version of the request, empty where none is asked.
        request_id: The name of the exchange.
        allowance: What a rate limit leaves to the key, where one is kept.
    """

    body: Mapping[str, object]
    version: str
    request_id: str
    allowance: Allowance | None = None


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Service:
    """What the operations share.

    Attributes:
        backend: Makes the texts.
        models: The models that are answered for.
        keys: The keys that are let in.
        ids: Names answers and exchanges.
        errors: Writes failures.
        strict_prompts: Whether the form and the length of prompts are checked.
        clock: The time, for headers that tell it.
        faults: Which requests are struck by which fault, None for none ever.
        limiter: The rate limit that is kept, None for none.
    """

    backend: Backend
    models: Models
    keys: Keys
    ids: Ids
    errors: Errors
    strict_prompts: bool
    clock: Clock
    faults: FaultPlan | None
    limiter: Limiter | None

    def spend(self, key: str) -> Allowance | None:
        """Count a request of this key where a limit is kept.

        Raises:
            ApiError: 429.
        """
        return self.limiter.spend(key, self.clock()) if self.limiter else None
