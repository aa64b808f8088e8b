"""Calls that are answered by one completion, and the building of its model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import anthropic
import httpx
from canned import COMPLETION, IN_FLIGHT
from figures import OURS, Measure, Samples, Target, interleaved

import text_completions

ARGUMENTS: dict[str, Any] = {
    "model": "claude-2.1",
    "prompt": "\n\nHuman: Why is the sky blue?\n\nAssistant:",
    "max_tokens_to_sample": 256,
}
HEADERS = {"x-api-key": "sk", "anthropic-version": "2023-06-01"}
LIMITS = text_completions.DEFAULT_CONNECTION_LIMITS


def measures(url: str) -> list[Measure]:
    """Measure calls against a server at this URL."""
    return [
        Measure("a call", _one_by_one(f"{url}/json"), [Target(1.10, "httpx")]),
        Measure(
            "an async call, one in flight",
            _asynchronous(f"{url}/json", at_once=1, times=40, rounds=25),
            [Target(1.10, "httpx")],
        ),
        Measure(
            f"a call of {IN_FLIGHT} in flight",
            _asynchronous(f"{url}/together", at_once=IN_FLIGHT, times=2, rounds=7),
            [Target(0.10, "official SDK")],
        ),
        Measure("a Completion from its dict", _building(), [Target(1.2e-6)]),
    ]


def _one_by_one(url: str) -> Samples:
    with (
        httpx.Client() as bare,
        text_completions.Client(api_key="sk", base_url=url) as ours,
        anthropic.Anthropic(api_key="sk", base_url=url) as official,
    ):

        def post() -> object:
            response = bare.post(f"{url}/v1/complete", headers=HEADERS, json=ARGUMENTS)
            return json.loads(response.content)

        return interleaved(
            {
                OURS: lambda: ours.completions.create(**ARGUMENTS),
                "httpx": post,
                "official SDK": lambda: official.completions.create(**ARGUMENTS),
            },
            25,
            number=40,
        )


def _asynchronous(url: str, *, at_once: int, times: int, rounds: int) -> Samples:
    """Call from one event loop, on connections that stay open between the rounds."""
    with asyncio.Runner() as runner:
        bare = httpx.AsyncClient(limits=LIMITS)
        ours = text_completions.AsyncClient(api_key="sk", base_url=url)
        official = anthropic.AsyncAnthropic(api_key="sk", base_url=url)

        async def post() -> object:
            response = await bare.post(
                f"{url}/v1/complete", headers=HEADERS, json=ARGUMENTS
            )
            return json.loads(response.content)

        contenders = {
            OURS: lambda: ours.completions.create(**ARGUMENTS),
            "httpx": post,
            "official SDK": lambda: official.completions.create(**ARGUMENTS),
        }
        samples = interleaved(
            {
                name: _batches(runner, call, at_once, times)
                for name, call in contenders.items()
            },
            rounds,
            per=at_once * times,
        )
        for client in (bare.aclose, ours.close, official.close):
            runner.run(client())
    return samples


def _batches(
    runner: asyncio.Runner,
    call: Callable[[], Awaitable[object]],
    at_once: int,
    times: int,
) -> Callable[[], object]:
    async def run() -> None:
        for _ in range(times):
            if at_once == 1:
                await call()
            else:
                await asyncio.gather(*(call() for _ in range(at_once)))

    return lambda: runner.run(run())


def _building() -> Samples:
    ours = text_completions.types.Completion.from_dict
    official: Any = anthropic.types.Completion.construct
    return interleaved(
        {
            OURS: lambda: ours(COMPLETION),
            "official SDK": lambda: official(**COMPLETION),
        },
        25,
        number=4_000,
    )
