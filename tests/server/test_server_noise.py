"""Bytes at random: always a documented error, never a failure of ours."""

from __future__ import annotations

import asyncio
import json
from random import Random

import pytest

from text_completions_server import create_app

BODY = json.dumps(
    {
        "model": "claude-2",
        "prompt": "\n\nHuman: Hello\n\nAssistant:",
        "max_tokens_to_sample": 9,
        "stop_sequences": ["a"],
        "temperature": 0.5,
        "metadata": {"user_id": "ü"},
        "stream": True,
    }
).encode()
HEADERS = [
    (b"x-api-key", b"sk-a"),
    (b"anthropic-version", b"2023-06-01"),
    (b"content-type", b"application/json"),
]


def random_bytes(random):
    return random.randbytes(random.randrange(200))


def damaged(random):
    """A good body with some bytes of it replaced, lost or doubled."""
    body = bytearray(BODY)
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(body))
        size = random.randrange(4)
        body[at : at + size] = random.randbytes(random.randrange(4))
    return bytes(body)


def shuffled(random):
    """Pieces of JSON in any order."""
    pieces = [b"{", b"}", b"[", b"]", b":", b",", b'"', b'"model"', b"1e999", b"-0"]
    pieces += [b"null", b"true", b"\\u", b"\\ud800", b"\xff", b" ", b'"prompt":', b"9"]
    return b"".join(random.choices(pieces, k=random.randrange(40)))


async def answer_to(app, path, body):
    messages = []
    gone = asyncio.Event()

    async def receive():
        if not gone.is_set():
            gone.set()
            return {"type": "http.request", "body": body, "more_body": False}
        return await asyncio.Future()

    async def send(message):
        messages.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": HEADERS,
    }
    await asyncio.wait_for(app(scope, receive, send), 10)
    return messages


@pytest.mark.parametrize("make", [random_bytes, damaged, shuffled])
@pytest.mark.parametrize("path", ["/v1/complete", "/v1/messages"])
def test_noise_is_refused_in_the_documented_form(make, path):
    async def send_all():
        app, random = create_app(), Random(1)
        for _ in range(700):
            body = make(random)
            start, *rest = await answer_to(app, path, body)
            status = start["status"]
            assert status in (200, 400, 404), body
            if status != 200:
                error = json.loads(rest[0]["body"])["error"]
                assert set(error) == {"type", "message"}

    asyncio.run(send_all())
