"""The bridge: text completions whose text comes from a Messages API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp

from text_completions_document import is_object, mapping
from text_completions_runtime import SSEDecoder

from ...document.bodies import read_json
from ...document.strict_json import dump_json
from ...errors import ApiError, bad_request
from ...http.disconnect import ConnectionCut
from ...http.responses import EventStream
from ..base import Backend, Caller, Finish, FrontSettings, Piece, Ping
from ..requests import CompletionRequest, MessageRequest
from .errors import Call, UpstreamError, failures_logged, invalid
from .requests import read_table, repaired_prompt, rule_for, upstream_request
from .responses import CompletionText, MessageReader, json_object
from .settings import BridgeSettings
from .upstream import Upstream

_JSON: Final = "application/json"


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
            has_own_key=settings.upstream_key is not None,
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
        requested = request.requested_model
        model = self._settings.upstream_model(requested, request.model)
        if model is None:
            raise ApiError(404, f"model: {requested}")
        rule = rule_for(model, self._table)
        outgoing = upstream_request(request, model, rule, self._settings)
        if outgoing.changed:
            caller.notes["changed"] = ",".join(outgoing.changed)
        call = self._upstream.call(caller, requested)
        text = CompletionText(
            request.stop_sequences, outgoing.prefill, echoed=outgoing.instructed
        )
        reader = MessageReader(text, call)
        with failures_logged(caller):
            if not request.stream:
                yield reader.read_whole(await self._upstream.send(outgoing.body, call))
                return
            async with aclosing(self._pieces(outgoing.body, call, reader)) as pieces:
                async for piece in pieces:
                    yield piece

    async def _pieces(
        self, body: object, call: Call, reader: MessageReader
    ) -> AsyncGenerator[Piece]:
        """Yield the pieces of a stream.

        Pings of the upstream pass once there is text. Before that they would begin the
        response, and an error could not have its status any more.
        """
        decoder = SSEDecoder()
        async with aclosing(self._upstream.stream(body, call)) as chunks:
            async for chunk in chunks:
                for name, data, _, _ in decoder.messages(chunk):
                    piece = reader.read_event(name, data)
                    if isinstance(piece, str):
                        call.has_text = True
                    is_early_ping = isinstance(piece, Ping) and not call.has_text
                    if piece is not None and not is_early_ping:
                        yield piece
                    if isinstance(piece, Finish):
                        return
        raise invalid("the upstream's stream ended before message_stop")

    async def _pass(self, body: bytes, caller: Caller) -> ASGIApp:
        """Make the response to a request for `/v1/messages` of the upstream's.

        Its body and its events are the upstream's, byte for byte. If a stream breaks,
        the connection to the caller is cut as well.

        Raises:
            ApiError: The body is not JSON or names no model, or the upstream failed.
        """
        content_type = caller.headers.get("content-type", _JSON)
        if content_type.partition(";")[0].strip().lower() != _JSON:
            raise bad_request(f"content-type: must be {_JSON}")
        value = read_json(body)
        if not is_object(value):
            raise bad_request("The request body is not a JSON object")
        request = mapping(value)
        model = request.get("model")
        if not isinstance(model, str):
            raise bad_request("model: Input should be a valid string")
        target = self._settings.model_map.get(model, model)
        if target != model:
            body = dump_json({**request, "model": target})
        caller.notes |= {
            "model": model,
            "upstream_model": target,
        }
        version = caller.headers.get("anthropic-version", "")
        call = self._upstream.call(caller, model, version=version, query=caller.query)
        with failures_logged(caller):
            if request.get("stream") is not True:
                content = await self._upstream.send(body, call)
                json_object(content)  # an HTML page, for example, does not pass
                headers = {"request-id": caller.request_id}
                return Response(content, headers=headers, media_type=_JSON)
            chunks = self._upstream.stream(body, call)
            first = await anext(chunks, b"")
        call.has_text = True
        return EventStream(_rest(first, chunks, caller), caller.request_id)


async def _rest(
    first: bytes, chunks: AsyncGenerator[bytes], caller: Caller
) -> AsyncGenerator[bytes]:
    async with aclosing(chunks):
        try:
            with failures_logged(caller):
                yield first
                async for chunk in chunks:
                    yield chunk
        except UpstreamError as error:
            caller.notes["error_status"] = error.status
            raise ConnectionCut(error.reason) from error
        except (asyncio.CancelledError, GeneratorExit):
            caller.notes["cancelled"] = True
            raise
