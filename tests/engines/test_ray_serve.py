"""A replica dies in the middle of 200 streams: `make ray` runs this test."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from started import KEY, ROOT, environment, needs, python, unused_port, wait_for

from text_completions_server import (
    Backend,
    Caller,
    CompletionRequest,
    Finish,
    MessageRequest,
    MockServer,
)

EXAMPLE = ROOT / "examples" / "ray_serve"
STREAMS = 200
BODY = {
    "model": "claude-2.1",
    "max_tokens_to_sample": 1000,
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "stream": True,
}
HEADERS = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
KILL = """\
import sys, ray
ray.init(address="auto", log_to_driver=False)
name = f"SERVE_REPLICA::bridge#Bridge#{sys.argv[1]}"
ray.kill(ray.get_actor(name, namespace="serve"))
"""

pytestmark = needs("ray")


class SlowText(Backend):
    """Yields a word each second, until it is told to end."""

    def __init__(self) -> None:
        self.over = threading.Event()

    async def generate(
        self, request: CompletionRequest | MessageRequest, caller: Caller, /
    ) -> AsyncIterator[str | Finish]:
        del request, caller
        while not self.over.is_set():
            yield " word"
            await asyncio.sleep(1)
        yield Finish("end_turn")


@dataclass
class Outcome:
    """How a stream went.

    Attributes:
        replica: Who answered it.
        ended: `whole`, with a stop reason; `error`, with an event; `cut`, where the
            connection broke; `half`, where it ended as if all was well.
    """

    replica: str
    ended: str = ""


@pytest.fixture
def upstream() -> Iterator[SlowText]:
    backend = SlowText()
    yield backend
    backend.over.set()


@contextmanager
def serving(upstream: str, folder: Path) -> Iterator[str]:
    """Run the example on a free port, with its own configuration."""
    port = unused_port()
    config = (EXAMPLE / "config.yaml").read_text("utf-8")
    for old, new in (
        ("https://api.anthropic.com", upstream),
        ("port: 8000", f"port: {port}"),
    ):
        assert old in config
        config = config.replace(old, new)
    (folder / "config.yaml").write_text(config, "utf-8")
    serve = str(Path(python("ray")).with_name("serve"))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [serve, "run", str(folder / "config.yaml")],
            cwd=EXAMPLE,
            env=ray_environment(folder),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: process.poll() is not None or is_ready(url), 180)
        assert process.poll() is None, (folder / "log").read_text("utf-8")
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        finally:
            end_session(process.pid)


def ray_environment(folder: Path) -> dict[str, str]:
    return environment(
        HOME=str(folder),  # where Ray keeps a token
        PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT / 'generated'}",
        RAY_USAGE_STATS_ENABLED="0",
        RAY_DEDUP_LOGS="0",
    )


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def end_session(leader: int) -> None:
    """Kill what is left of the processes that a session leader started."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            session = os.getsid(int(folder.name))
            if session == leader:
                os.kill(int(folder.name), signal.SIGKILL)
        except ProcessLookupError:
            continue


async def stream(
    client: httpx.AsyncClient, outcomes: list[Outcome], started: asyncio.Event
) -> None:
    async with client.stream("POST", "/v1/complete", json=BODY) as response:
        assert response.status_code == 200
        outcome = Outcome(response.headers["x-served-by"])
        outcomes.append(outcome)
        if len(outcomes) == STREAMS:
            started.set()
        try:
            async for line in response.aiter_lines():
                if '"stop_reason":"stop_sequence"' in line:
                    outcome.ended = "whole"
                elif line == "event: error":
                    outcome.ended = "error"
            outcome.ended = outcome.ended or "half"
        except httpx.TransportError:
            outcome.ended = outcome.ended or "cut"


async def kill_one(
    url: str, folder: Path, upstream: SlowText
) -> tuple[str, list[Outcome]]:
    outcomes: list[Outcome] = []
    started = asyncio.Event()
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(
            base_url=url, headers=HEADERS, timeout=120, limits=limits
        ) as client,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(STREAMS):
            group.create_task(stream(client, outcomes, started))
        async with asyncio.timeout(120):
            await started.wait()
            victim = outcomes[0].replica
            killed = await asyncio.create_subprocess_exec(
                python("ray"), "-c", KILL, victim, env=ray_environment(folder)
            )
            assert await killed.wait() == 0
            while not all(one.ended for one in outcomes if one.replica == victim):
                await asyncio.sleep(0.1)
        upstream.over.set()
    return victim, outcomes


def test_only_the_streams_of_a_replica_that_dies_end(
    upstream: SlowText, tmp_path: Path
) -> None:
    with MockServer(backend=upstream) as mock, serving(mock.url, tmp_path) as url:
        wait_for(lambda: len(replicas(url)) == 2, 120)  # one may start later
        victim, outcomes = asyncio.run(kill_one(url, tmp_path, upstream))
        both = {one.replica for one in outcomes}
        found = {(one.replica == victim, one.ended) for one in outcomes}
        assert len(both) == 2
        assert (False, "whole") in found
        # Never "half": a stream that ends early and looks complete.
        assert found <= {(True, "cut"), (True, "error"), (False, "whole")}
        # Another replica takes the place.
        wait_for(lambda: served_by(url) - both, 120)


def replicas(url: str) -> set[str]:
    """Return which replicas answer some requests."""
    with httpx.Client(base_url=url) as client:
        answers = [client.get("/healthz") for _ in range(20)]
    return {answer.headers.get("x-served-by", "") for answer in answers} - {""}


def served_by(url: str) -> set[str]:
    """Return which replica answers a request; none if Ray itself answers."""
    body = {**BODY, "stream": False}
    response = httpx.post(f"{url}/v1/complete", headers=HEADERS, json=body)
    return set(filter(None, [response.headers.get("x-served-by")]))
