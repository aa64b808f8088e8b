"""The measure of the bridge's speed: a handler that passes a request on with httpx.

It checks nothing, translates nothing and passes `/v1/messages` through. It runs on the
same stack as the bridge: Starlette, uvicorn, httptools and uvloop.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import AsyncIterator

import httpx
import uvicorn
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


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    config = uvicorn.Config(
        make_app(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()
