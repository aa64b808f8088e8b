"""What the operations share, and a request that passed their checks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Scope

from ..api.models import Models
from ..api.pieces import timed
from ..api.requests import CompletionRequest, Generation, MessageRequest
from ..backends.base import Backend, Caller, FrontSettings, Piece
from ..control.fault_plan import FaultPlan
from ..control.records import Record
from .disconnect import Lifetime
from .heartbeat import Heartbeat
from .ids import Ids
from .limits import Allowance, Clock, Limiter
from .responses import ErrorResponses
from .security import Keys


@dataclass(slots=True)
class ApiRequest:
    """A request to the API.

    Attributes:
        scope: Its ASGI scope.
        raw_body: Its body; None if it was larger than the operation allows.
        caller: Who asks; its key is empty until it is checked.
        record: What the journal keeps of it.
        heartbeat: Sends the response, and signs of life; None without them.
        body: The body decoded, once it matches the operation's schema.
        version: The wire version; empty where the operation has none.
        allowance: What the rate limit leaves to the key; None without a limit.
    """

    scope: Scope
    raw_body: bytes | None
    caller: Caller
    record: Record
    heartbeat: Heartbeat | None = None
    body: Mapping[str, object] = field(default_factory=dict[str, object])
    version: str = ""
    allowance: Allowance | None = None

    def expect_stream(
        self, line_end: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Say that a stream of events follows, whose first piece may be late."""
        if self.heartbeat is not None:
            self.heartbeat.expect_stream(self.caller.request_id, headers, line_end)


Handler = Callable[[ApiRequest], Awaitable[ASGIApp]]


@dataclass(frozen=True, slots=True)
class Service:
    """What the operations share.

    Attributes:
        backend: Makes the texts.
        front: What the backend asks of the server.
        models: The models that are served.
        keys: The keys that are accepted.
        ids: Makes ids of responses and requests.
        errors: Makes error responses.
        strict_prompts: Whether the form and the length of prompts are checked.
        clock: The time, for headers and limits.
        faults: Decides which request gets which fault; None for no faults.
        limiter: The rate limit; None for no limit.
        lifetime: Whether the server is about to stop.
        is_timed: Whether the notes of a request say how fast its text came.
    """

    backend: Backend
    front: FrontSettings
    models: Models
    keys: Keys
    ids: Ids
    errors: ErrorResponses
    strict_prompts: bool
    clock: Clock
    faults: FaultPlan | None
    limiter: Limiter | None
    lifetime: Lifetime
    is_timed: bool

    def generate(
        self, request: CompletionRequest | MessageRequest, caller: Caller
    ) -> AsyncIterator[Piece]:
        """Ask the backend for its pieces."""
        pieces = self.backend.generate(request, caller)
        return timed(pieces, request, caller.notes) if self.is_timed else pieces

    def serves(self, operation: str) -> bool:
        """Tell whether an operation of the document, by its id, has a path here."""
        operations = self.front.operations
        return operation not in operations or operations[operation] is not None

    def model_in_response(self, request: Generation) -> str:
        """Return the name of the model that the response has."""
        return request.requested_model if self.front.echo_model else request.model
