"""A program that serves a small backend: serve_backend.py GRACE WORKERS [metrics].

The prompt says what the backend does: it hangs, tells its process, lets it die, or
fails to start in every process but the first ones.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from text_completions_server import (
    Backend,
    Finish,
    FrontSettings,
    ServerError,
    create_app,
    serve,
)


class Told(Backend):
    front = FrontSettings(random_ids=True, first_ping=0.05)

    async def start(self):
        if Path("broken").exists():
            raise OSError("no upstream")

    async def generate(self, request, _, /):
        if "die" in request.prompt:
            os._exit(7)
        if "text first" in request.prompt:
            yield " a"
        if "hang" in request.prompt:
            Path(f"hangs {id(request)}").touch()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if "stubborn" in request.prompt:
                    await asyncio.sleep(0.05)
                raise
        if "wait" in request.prompt:
            while not Path("go on").exists():
                await asyncio.sleep(0.01)
        yield Finish("end_turn", text=f" {os.getpid()}")


def log(entry):
    sys.stderr.write(f"{entry.path} {entry.status}\n")


if __name__ == "__main__":
    grace, workers = float(sys.argv[1]), int(sys.argv[2])
    app = create_app(backend=Told(), on_exchange=log, metrics="metrics" in sys.argv)
    try:
        serve(app, port=0, grace=grace, workers=workers)
    except (ServerError, OSError) as error:
        sys.exit(f"cannot serve: {error}")
