"""Call a server with the official SDK. Print one line of JSON for each result.

    python official_sdk.py URL KEY

Tests run this program in a virtual environment of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys

import anthropic

PROMPT = f"{anthropic.HUMAN_PROMPT} Hello{anthropic.AI_PROMPT}"
GOOD = {"model": "claude-2.1", "prompt": PROMPT, "max_tokens_to_sample": 12}
BAD = {
    "NotFoundError": {**GOOD, "model": "claude-9"},
    "BadRequestError": {**GOOD, "max_tokens_to_sample": 0},
    "UnknownMember": {**GOOD, "extra_body": {"no_such_member": 2}},
}


def report(what: str, value: object) -> None:
    """Print a result."""
    print(json.dumps([what, value]))


def error_of(client: anthropic.Anthropic, arguments: dict[str, object]) -> object:
    """Make a call that must fail, and return its error."""
    try:
        client.completions.create(**arguments)  # type: ignore[call-overload]
    except anthropic.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.type, error.request_id]
    return None


def sync(url: str, key: str) -> None:
    """Complete, stream and fail with the sync client."""
    client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
    completion = client.completions.create(**GOOD)
    report("completion", completion.to_dict())
    report("request_id", completion._request_id)
    events = list(client.completions.create(**GOOD, stream=True))
    report("stream", [[event.completion, event.stop_reason] for event in events])
    for name, arguments in BAD.items():
        report(name, error_of(client, arguments))
    refused = anthropic.Anthropic(base_url=url, api_key="wrong", max_retries=0)
    report("AuthenticationError", error_of(refused, GOOD))


async def asynchronous(url: str, key: str) -> None:
    """Complete and stream with the async client."""
    async with anthropic.AsyncAnthropic(base_url=url, api_key=key) as client:
        completion = await client.completions.create(**GOOD)
        report("async completion", completion.completion)
        stream = await client.completions.create(**GOOD, stream=True)
        report("async stream", [event.completion async for event in stream])
        message = await client.messages.create(
            model="claude-2.1",
            max_tokens=12,
            messages=[{"role": "user", "content": "Hello"}],
        )
        report("message", message.content[0].text)


if __name__ == "__main__":
    report("version", anthropic.__version__)
    sync(*sys.argv[1:])
    asyncio.run(asynchronous(*sys.argv[1:]))
