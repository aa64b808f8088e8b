"""The same call by each client, so that a test is written once."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from text_completions import AsyncClient, Client

KEY = "sk-test-of-a-key"
PROMPT = "\n\nHuman: Hello\n\nAssistant:"
ARGUMENTS: dict[str, Any] = {
    "model": "claude-2.1",
    "prompt": PROMPT,
    "max_tokens_to_sample": 64,
}
MESSAGE: dict[str, Any] = {
    "model": "claude-2.1",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello"}],
}
KINDS = ["sync", "asyncio"]
try:
    import trio as trio  # noqa: PLC0414
except ImportError:  # pragma: no cover
    pass
else:
    KINDS.append("trio")

kinds = pytest.mark.parametrize("kind", KINDS)


def settings(url: str, **given: Any) -> dict[str, Any]:
    return {"api_key": "sk-test", "base_url": url, "max_retries": 0} | given


def complete(
    kind: str,
    url: str,
    call: dict[str, Any] | None = None,
    seen: list[Any] | None = None,
    **given: Any,
) -> Any:
    """Complete; of a stream, return all its events, and note them as they come."""
    arguments = ARGUMENTS | (call or {})
    events: list[Any] = [] if seen is None else seen
    if kind == "sync":
        with Client(**settings(url, **given)) as client:
            answer: Any = client.completions.create(**arguments)
            if arguments.get("stream"):
                events.extend(answer)
                return events
            return answer

    async def run() -> Any:
        async with AsyncClient(**settings(url, **given)) as client:
            answer: Any = await client.completions.create(**arguments)
            if arguments.get("stream"):
                async for event in answer:
                    events.append(event)
                return events
            return answer

    return anyio.run(run, backend=kind)


async def done(result: Any) -> Any:
    return await result if hasattr(result, "__await__") else result


async def listed(several: Any) -> list[Any]:
    if hasattr(several, "__aiter__"):
        return [one async for one in several]
    return list(several)


class Entered:
    """A `with` block of either client."""

    def __init__(self, opening: Any) -> None:
        self.opening = opening

    async def __aenter__(self) -> Any:
        if hasattr(self.opening, "__aenter__"):
            return await self.opening.__aenter__()
        return self.opening.__enter__()

    async def __aexit__(self, *told: Any) -> None:
        if hasattr(self.opening, "__aexit__"):
            await self.opening.__aexit__(*told)
        else:
            self.opening.__exit__(*told)


def with_client(kind: str, url: str, use: Any, **given: Any) -> Any:
    """Do something with a client of a kind; `use` awaits what it does by `done`."""

    async def used() -> Any:
        made: Any = Client if kind == "sync" else AsyncClient
        async with Entered(made(**settings(url, api_key=KEY) | given)) as client:
            return await use(client)

    return anyio.run(used, backend="asyncio" if kind == "sync" else kind)
