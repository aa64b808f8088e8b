"""Call a server with the official SDK of today. Print a line of JSON for each result.

test_current_sdks.py runs this program in a virtual environment of its own.
current_sdk.mjs does the same in TypeScript's SDK.
"""

from __future__ import annotations

import asyncio
import json
import sys

import anthropic

TURN = {"role": "user", "content": "Hello"}
GOOD = {"model": "claude-2.1", "max_tokens": 12, "messages": [TURN]}
CACHED = {"type": "text", "text": "Be terse.", "cache_control": {"type": "ephemeral"}}
TURNS = [{"role": "user", "content": [CACHED]}, TURN]


def report(what: str, value: object) -> None:
    """Print a result."""
    print(json.dumps([what, value]))


def error_of(client: anthropic.Anthropic, fault: str = "", **changes: object) -> object:
    """Make a call that must fail, and return its error."""
    headers = {"x-mock-fault": fault} if fault else {}
    try:
        client.messages.create(**{**GOOD, **changes}, extra_headers=headers)
    except anthropic.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.body["error"]["type"]]
    return None


def sync(url: str) -> None:
    """Create, stream and fail with the sync client."""
    client = anthropic.Anthropic(base_url=url, api_key="sk-test", max_retries=0)
    message = client.messages.create(**GOOD)
    report("message", [message.content[0].text, message.stop_reason])
    with client.messages.stream(**GOOD) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    report("stream", [pieces, final.content[0].text, final.stop_reason])
    events = client.messages.create(**GOOD, stream=True)
    report("events", [event.type for event in events])
    turns = client.messages.create(**{**GOOD, "system": [CACHED], "messages": TURNS})
    report("blocks", turns.content[0].text)
    bearer = anthropic.Anthropic(base_url=url, auth_token="sk-test", max_retries=0)
    report("bearer", bearer.messages.create(**GOOD).content[0].text)
    wrong = anthropic.Anthropic(base_url=url, api_key="wrong", max_retries=0)
    report("AuthenticationError", error_of(wrong))
    report("NotFoundError", error_of(client, model="claude-9"))
    report("BadRequestError", error_of(client, max_tokens=0))
    report("RateLimitError", error_of(client, "rate_limited"))
    report("OverloadedError", error_of(client, "overloaded"))


async def asynchronous(url: str) -> None:
    """Stream with the async client."""
    async with (
        anthropic.AsyncAnthropic(base_url=url, api_key="sk-test") as client,
        client.messages.stream(**GOOD) as stream,
    ):
        report("async stream", [piece async for piece in stream.text_stream])


if __name__ == "__main__":
    report("version", anthropic.__version__)
    sync(sys.argv[1])
    asyncio.run(asynchronous(sys.argv[1]))
