"""The measure of the mock's speed: a handler that checks the schema and no more.

It asks the server whose URL it is given for its answers, and repeats them, head and
body: each event is a chunk, the message of an error is the validator's own.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from servers import BODIES, serve_bare
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

DOCUMENT = Path(__file__).parent.parent / "openapi.yaml"
MADE = {"date", "content-length", "transfer-encoding", "connection", "server"}
"""The headers that are made by whoever sends an answer."""


def answer_of(url: str, kind: str) -> tuple[dict[str, str], bytes]:
    """What the mock answers: the headers that are its own, and the body."""
    request = urllib.request.Request(
        f"{url}/v1/complete",
        json.dumps(BODIES[kind]).encode(),
        {
            "x-api-key": "sk-speed",
            "anthropic-version": "2023-06-01",
            "content-type": "application/json",
        },
    )
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return {
            name: headers[name] for name in headers if name not in MADE
        }, answer.read()


def make_app(url: str) -> Starlette:
    document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    validator = jsonschema_rs.Draft202012Validator(
        {
            "$ref": "#/components/schemas/CompletionCreateParams",
            "components": document["components"],
        }
    )
    whole_headers, valid = answer_of(url, "valid")
    error_headers, invalid = answer_of(url, "invalid")
    stream_headers, streamed = answer_of(url, "streamed")
    whole, error = json.loads(valid), json.loads(invalid)
    events = [event + b"\r\n\r\n" for event in streamed.split(b"\r\n\r\n") if event]

    async def stream() -> AsyncIterator[bytes]:
        for event in events:
            yield event

    async def complete(request: Request) -> Response:
        body = await request.json()
        violation = next(validator.iter_errors(body), None)
        if violation is not None:
            message = {"type": "invalid_request_error", "message": violation.message}
            return JSONResponse(error | {"error": message}, 400, error_headers)
        if body.get("stream"):
            return StreamingResponse(stream(), headers=stream_headers)
        return JSONResponse(whole, headers=whole_headers)

    return Starlette(routes=[Route("/v1/complete", complete, methods=["POST"])])


if __name__ == "__main__":
    serve_bare(make_app(sys.argv[1]))
