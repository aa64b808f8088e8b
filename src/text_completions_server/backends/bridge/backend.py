"""The bridge: text completions whose text comes from a Messages API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from starlette.types import ASGIApp

from text_completions_runtime import SSEDecoder

from ...api.requests import CompletionRequest, MessageRequest
from ...app.errors import ApiError
from ..base import Backend, Caller, Finish, FrontSettings, Piece, Ping
from .errors import Call, failures_logged, invalid
from .models import read_table, rule_for
from .passthrough import pass_message
from .requests import UpstreamRequest, repaired_prompt, upstream_request
from .responses import CompletionText, StreamReader, read_whole
from .settings import BridgeSettings
from .upstream import StreamTimeouts, Upstream


class Bridge(Backend):
    """Asks a Messages API for the text of each completion.

    `create_app(backend=Bridge(settings))` serves `/v1/complete` this way.

    Args:
        settings: What it asks, and how.

    Raises:
        ModelTableError: The file of `settings.models` is missing or invalid.
    """

    def __init__(self, settings: BridgeSettings) -> None:
        self._settings = settings
        self._table = read_table(settings.models)
        self._upstream = Upstream(settings)
        self.front = FrontSettings(
            models=frozenset(settings.model_map),
            any_model=settings.any_model,
            echo_model=True,
            prepare_prompt=repaired_prompt if settings.repair else None,
            operations={
                "messages_create": self._pass if settings.pass_messages else None
            },
            first_ping=settings.first_ping,
            ping_interval=settings.ping_interval,
            random_ids=True,
        )

    async def start(self) -> None:
        """Load what the first request needs; begin anew if `close` was called.

        Raises:
            ServerError: The upstream is https, and the certificates cannot be loaded.
        """
        if self._upstream.is_closed():
            self._upstream = Upstream(self._settings)
        await self._upstream.load()

    async def close(self) -> None:
        """Close the connections to the upstream."""
        await self._upstream.close()

    async def generate(
        self, request: CompletionRequest | MessageRequest, caller: Caller, /
    ) -> AsyncIterator[Piece]:
        """Yield the text as it comes from the upstream, and the finish.

        Raises:
            ApiError: The model is not mapped, the prompt is refused, or the upstream
                failed.
        """
        if not isinstance(request, CompletionRequest):
            raise ApiError(404, "Not Found")
        caller.notes["request_id"] = caller.request_id
        requested = request.requested_model
        model = self._settings.upstream_model(requested, request.model)
        if model is None:
            raise ApiError(404, f"model: {requested}")
        rule = rule_for(model, self._table)
        outgoing = upstream_request(request, model, rule, self._settings)
        if outgoing.changed:
            caller.notes["changed"] = ",".join(outgoing.changed)
        call = self._upstream.call(caller, requested)
        with failures_logged(caller):
            if not request.stream:
                yield await self._whole(request, outgoing, call)
                return
            async with aclosing(self._pieces(request, outgoing, call)) as pieces:
                async for piece in pieces:
                    yield piece

    async def _pass(self, body: bytes, caller: Caller) -> ASGIApp:
        return await pass_message(body, caller, self._upstream, self._settings)

    async def _whole(
        self, request: CompletionRequest, outgoing: UpstreamRequest, call: Call
    ) -> Finish:
        content = await self._upstream.send(outgoing.body, call)
        return read_whole(
            content,
            request.stop_sequences,
            outgoing.prefill,
            instructed=outgoing.instructed,
            notes=call.notes,
        )

    async def _pieces(
        self, request: CompletionRequest, outgoing: UpstreamRequest, call: Call
    ) -> AsyncGenerator[Piece]:
        """Yield the pieces of a stream.

        Pings of the upstream pass once there is text. Before that they would begin the
        response, and an error could not have its status any more.
        """
        timeouts = StreamTimeouts(self._settings)
        text = CompletionText(
            request.stop_sequences, outgoing.prefill, echoed=outgoing.instructed
        )
        reader = StreamReader(text, call)
        decoder, has_text = SSEDecoder(), False
        stream = self._upstream.stream(outgoing.body, call, timeouts)
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                for name, data, _, _ in decoder.messages(chunk):
                    piece = reader.read(name, data)
                    if isinstance(piece, str) and not has_text:
                        has_text = True
                        timeouts.first_token_came()
                    if piece is not None and (has_text or not isinstance(piece, Ping)):
                        yield piece
                    if isinstance(piece, Finish):
                        return
        raise invalid("the upstream's stream ended before message_stop")
