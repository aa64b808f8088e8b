"""The interface between the server and whatever makes the text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.types import ASGIApp

from .requests import CompletionRequest, MessageRequest

StopReason = Literal["end_turn", "stop_sequence", "max_tokens"]
"""The stop reasons that both operations know."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of a request and its response; None where they are not known."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a response.

    Attributes:
        reason: A `StopReason`, or any other reason of an upstream. `/v1/messages`
            passes it on; `/v1/complete` says `max_tokens` at a limit, and else
            `stop_sequence`.
        stop: The stop sequence that ended the text, else None.
        text: The last piece, where the backend knew that it was the last one. The
            server then writes it together with the reason.
        usage: The number of tokens; None lets the server count words.
        headers: Headers of the response, for responses that are not streamed.
    """

    reason: str
    stop: str | None = None
    text: str = ""
    usage: Usage | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Ping:
    """A sign of life: a `ping` event in a stream, nothing elsewhere."""


Piece = str | Ping | Finish
"""What a backend yields: text that is not empty, pings, and one `Finish` at the end."""


@dataclass(slots=True)
class Caller:
    """Who asks, and where a backend leaves facts for the access line.

    Attributes:
        headers: The headers of the request, their names in lower case.
        key: The API key of the request; empty where the operation asks for none.
        request_id: The `request-id` of the response.
        notes: Facts for the access line and the journal; the backend adds to them.
        query: The query of the URL, without its `?`.
    """

    headers: Mapping[str, str] = field(repr=False)
    key: str = field(repr=False)
    request_id: str
    notes: dict[str, object] = field(default_factory=dict[str, object])
    query: str = field(default="", repr=False)


PassThrough = Callable[[bytes, Caller], Awaitable[ASGIApp]]
"""Makes the response to a request whose body, as it came, only the backend checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontSettings:
    """What a backend asks of the server in front of it.

    Attributes:
        models: Names of models that are accepted beside those of the document.
        any_model: Whether every name of a model is accepted.
        echo_model: Whether responses repeat the name that the caller wrote; else they
            have the name that an alias resolves to.
        prepare_prompt: Called with each prompt as it came; the server then checks and
            answers what it returns. It refuses a prompt with an `ApiError`. None
            leaves prompts as they are.
        operations: Operations of the document, by operationId, that are not served as
            usual. None: their paths are unknown. A function: it makes the response,
            and the server only checks the key, the rate limit and the size.
        first_ping: Seconds that a stream waits for its first piece before the response
            begins without it, with a ping. Until then an error still gets its own
            status. None waits as long as the backend does.
        ping_interval: Seconds of silence after which a stream gets a `ping` event.
            None writes only the pings of the backend.
        has_own_key: Whether requests are paid with a key of the server. Unless callers
            need one too, pages of other sites are refused then.
        random_ids: Whether ids are random instead of a sequence that the seed decides.
            Several processes of one backend need that.
    """

    models: frozenset[str] = frozenset()
    any_model: bool = False
    echo_model: bool = False
    prepare_prompt: Callable[[str], str] | None = None
    operations: Mapping[str, PassThrough | None] = field(
        default_factory=dict[str, PassThrough | None]
    )
    first_ping: float | None = None
    ping_interval: float | None = None
    has_own_key: bool = False
    random_ids: bool = False


class Backend:
    """Makes the text of responses; knows nothing of HTTP or of wire versions.

    Subclass it: `start` and `close` then do nothing unless you say otherwise.

    Attributes:
        front: What it asks of the server in front of it.
    """

    front: FrontSettings = FrontSettings()

    async def start(self) -> None:
        """Open what `generate` needs. It runs before the first request.

        The server does not start if this raises.
        """

    async def close(self) -> None:
        """Close what `start` opened. It runs after the last request."""

    def generate(
        self, request: CompletionRequest | MessageRequest, caller: Caller, /
    ) -> AsyncIterator[Piece]:
        """Yield pieces as they are made, and a `Finish` at the end.

        The response begins with the first piece. The next piece is asked for when
        the one before it is written, so a slow caller slows the backend. When the
        caller leaves, the task is cancelled where it waits.

        Raises:
            ApiError: The request fails. Before the first piece it becomes an error
                response with its status and headers, later an `error` event. Any
                other exception is logged, its message included, and becomes an error
                of status 500.
        """
        raise NotImplementedError


async def close_pieces(pieces: AsyncIterator[object]) -> None:
    """Close the pieces of a backend, if they can be closed."""
    close = getattr(pieces, "aclose", None)
    if close is not None:  # a generator, which may hold a connection
        await close()
