"""`/v1/messages` passed through to the upstream, with nothing changed but the model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp

from text_completions_document import is_object, mapping

from ...app.disconnect import ConnectionCut
from ...app.errors import bad_request
from ...app.responses import EventStream
from ..base import Caller
from .errors import UpstreamError, failures_logged
from .responses import json_object
from .settings import BridgeSettings
from .upstream import StreamTimeouts, Upstream

_JSON: Final = "application/json"


async def pass_message(
    body: bytes, caller: Caller, upstream: Upstream, settings: BridgeSettings
) -> ASGIApp:
    """Make the response to a request for `/v1/messages` of the upstream's.

    Its body and its events are the upstream's, byte for byte. If a stream breaks, the
    connection to the caller is cut as well.

    Raises:
        ApiError: The body is not JSON or names no model, or the upstream failed.
    """
    content_type = caller.headers.get("content-type", _JSON)
    if content_type.partition(";")[0].strip().lower() != _JSON:
        raise bad_request(f"content-type: must be {_JSON}")
    request = _object(body)
    model = request.get("model")
    if not isinstance(model, str):
        raise bad_request("model: Input should be a valid string")
    target = settings.model_map.get(model, model)
    if target != model:
        body = _as_json({**request, "model": target})
    caller.notes |= {
        "request_id": caller.request_id,
        "model": model,
        "upstream_model": target,
    }
    version = caller.headers.get("anthropic-version", "")
    call = upstream.call(caller, model, version=version, query=caller.query)
    with failures_logged(caller):
        if request.get("stream") is not True:
            content = await upstream.send(body, call)
            json_object(content)  # an HTML page, for example, does not pass
            headers = {"request-id": caller.request_id}
            return Response(content, headers=headers, media_type=_JSON)
        timeouts = StreamTimeouts(settings)
        chunks = upstream.stream(body, call, timeouts)
        first = await anext(chunks, b"")
    timeouts.first_token_came()
    return EventStream(_rest(first, chunks, caller), caller.request_id)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"The request body is not valid JSON: {error}") from error
    if not is_object(value):
        raise bad_request("The request body is not a JSON object")
    return mapping(value)


def _as_json(value: object) -> bytes:
    try:
        return json.dumps(value, allow_nan=False).encode()
    except ValueError as error:  # Python reads NaN, and too large a number as infinite
        raise bad_request(f"The request body is not valid JSON: {error}") from error


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
