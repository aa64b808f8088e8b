"""Serve the bridge with Ray Serve: replicas, autoscaling and a router in front.

    pip install '.[bridge]' 'ray[serve]'
    cd examples/ray_serve
    serve run config.yaml

The file says what the bridge asks, and how many replicas there are. The bridge keeps
nothing between two requests, so any replica may answer any of them. A replica that dies
takes its own streams with it, and another takes its place.
"""

from __future__ import annotations

from typing import Any

from ray import serve
from ray.serve import Application
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from text_completions_server import create_app
from text_completions_server.backends.bridge import Bridge, BridgeSettings


def application(arguments: dict[str, Any]) -> Application:
    """Return the application that `serve run` deploys.

    Args:
        arguments: Fields of `BridgeSettings`, from `args` in the file.
    """
    settings = BridgeSettings(**arguments)

    def build() -> Starlette:
        app = create_app(backend=Bridge(settings))
        app.add_middleware(ServedBy, replica=serve.get_replica_context().replica_tag)
        return app

    return serve.deployment(serve.ingress(build)(), name="Bridge").bind()


class ServedBy:
    """Adds the header `x-served-by`, which names the replica.

    Args:
        app: The application.
        replica: The name.
    """

    def __init__(self, app: ASGIApp, replica: str) -> None:
        self._app = app
        self._replica = replica

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-served-by"] = self._replica
            await send(message)

        await self._app(scope, receive, named)
