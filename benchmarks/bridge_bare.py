"""The measure of the bridge's speed: a handler that passes a request on with httpx.

It checks nothing, translates nothing and passes `/v1/messages` through. It runs on the
same stack as the bridge: Starlette, uvicorn, httptools and uvloop.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator

import httpx
from servers import serve_bare
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

PASSED = ("x-api-key", "anthropic-version", "content-type")


def make_app(upstream: str) -> Starlette:
    client = httpx.AsyncClient(
        base_url=upstream, timeout=60, limits=httpx.Limits(max_connections=None)
    )

    async def messages(request: Request) -> Response:
        body = await request.body()
        headers = {name: request.headers[name] for name in PASSED}
        outgoing = client.build_request(
            "POST", "/v1/messages", content=body, headers=headers
        )
        if json.loads(body).get("stream"):
            answer = await client.send(outgoing, stream=True)
            return StreamingResponse(chunks(answer), media_type="text/event-stream")
        answer = await client.send(outgoing)
        return Response(answer.content, media_type="application/json")

    return Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])


async def chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


if __name__ == "__main__":
    serve_bare(make_app(sys.argv[1]))
