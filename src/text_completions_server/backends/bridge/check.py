"""Asks each model of the upstream for one token, to see what works."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from ...errors import ApiError
from ..base import Caller
from ..requests import CompletionRequest
from .backend import Bridge
from .errors import UpstreamError
from .settings import BridgeSettings

_PROMPT = "\n\nHuman: Hi\n\nAssistant:"


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What came of asking one model of the upstream."""

    model: str
    names: tuple[str, ...]  # that callers use; empty for the default model
    seconds: float
    failure: str | None


async def check_models(
    settings: BridgeSettings, headers: Mapping[str, str]
) -> AsyncIterator[ModelCheck]:
    """Ask every mapped model, and the default one, for a stream of one token.

    All are asked at once, and yielded in the order of the settings. The headers have
    the key of a caller, for a bridge without a key of its own.

    Raises:
        ModelTableError: The file of `settings.models` is missing or invalid.
    """
    names: dict[str, tuple[str, ...]] = {}
    for name, model in settings.model_map.items():
        names[model] = (*names.get(model, ()), name)
    if settings.default_model is not None:
        names.setdefault(settings.default_model, ())
    bridge = Bridge(settings)
    await bridge.start()
    checks = [
        asyncio.ensure_future(_check(bridge, model, names[model], headers))
        for model in names
    ]
    try:
        for check in checks:
            yield await check
    finally:
        for check in checks:
            check.cancel()
        await bridge.close()


async def _check(
    bridge: Bridge, model: str, names: tuple[str, ...], headers: Mapping[str, str]
) -> ModelCheck:
    requested = names[0] if names else model
    request = CompletionRequest(
        requested_model=requested,
        model=requested,
        max_tokens=1,
        prompt=_PROMPT,
        stream=True,
    )
    key = headers.get("x-api-key") or headers.get("authorization", "")
    caller = Caller(
        headers=headers, key=key.removeprefix("Bearer "), request_id="check"
    )
    start, failure = time.perf_counter(), None
    try:
        async for _ in bridge.generate(request, caller):
            pass
    except ApiError as error:
        failure = _describe(error)
    return ModelCheck(model, names, time.perf_counter() - start, failure)


def _describe(error: ApiError) -> str:
    reason = error.reason if isinstance(error, UpstreamError) else None
    return ": ".join(filter(None, [reason, error.message]))
