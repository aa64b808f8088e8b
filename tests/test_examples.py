"""Run every example as its first lines say.

Those that need packages of others run in .venv-examples, which `make examples` makes.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from text_completions_contract import Settings, run
from text_completions_server import Backend, MockServer

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PEERS = ROOT / ".venv-examples"
PEERS_PYTHON = str(PEERS / "bin" / "python")

with_peers = pytest.mark.skipif(
    not (PEERS / "stamp").exists(),
    reason="FastAPI, LiteLLM and Jupyter are not installed: `make examples` does it",
)

Environment = dict[str, str]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture
def environment(server: MockServer) -> Environment:
    """The variables of a program that calls the mock, in either environment."""
    server.reset()
    return {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'generated'}",
        "ANTHROPIC_BASE_URL": server.url,
        "ANTHROPIC_API_KEY": "sk-test",
    }


def printed(command: list[str], environment: Environment) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(command: list[str], environment: Environment, says: str) -> Iterator[str]:
    """Run a server until the block ends; the first line with an address has it."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        assert program.stdout is not None
        try:
            lines = iter(program.stdout.readline, "")
            found = (re.search(f"{says} (http://[\\d.:]+)", line) for line in lines)
            yield next(match[1] for match in found if match)
        finally:
            program.terminate()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_curl_gets_the_documented_members_in_their_order(
    environment: Environment,
) -> None:
    answer = json.loads(printed(["sh", str(EXAMPLES / "hello.sh")], environment))
    members = ["type", "id", "completion", "stop_reason", "model", "stop", "log_id"]
    # An edited document may have more of them.
    assert [name for name in answer if name in members] == members


def test_the_chat_takes_a_turn_of_each_kind(environment: Environment) -> None:
    command = [sys.executable, str(EXAMPLES / "chat.py"), "Why is the sky blue?"]
    text = printed(command, environment)
    assert len(text.split()) > 10


def test_the_demonstration_succeeds(environment: Environment) -> None:
    text = printed([sys.executable, str(EXAMPLES / "demo.py")], environment)
    for step in range(1, 7):
        assert f"[{step}/6]" in text
    assert "listening on http://127.0.0.1:" in text
    assert "0 failed" in text
    assert text.splitlines()[-1].startswith("All of it worked")


def test_the_tests_of_the_small_program_pass(environment: Environment) -> None:
    quick = ["-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:xdist"]
    folder = str(EXAMPLES / "pytest_app")
    command = [sys.executable, "-m", "pytest", "-q", *quick, "--rootdir", folder]
    assert re.search(r"\d passed in", printed([*command, folder], environment))


def test_the_own_backend_conforms(environment: Environment) -> None:
    program = [sys.executable, str(EXAMPLES / "own_backend.py"), "--port", "0"]
    with running(program, environment, "listening on") as url:
        report = run(url, Settings(api_key="sk-own", strict=True))
    assert (report.conclusion, report.deviations) == ("conforms", [])


@with_peers
def test_the_official_sdk_calls_the_mock(
    server: MockServer, environment: Environment
) -> None:
    text = printed([PEERS_PYTHON, str(EXAMPLES / "official_sdk.py")], environment)
    whole, streamed, error = text.strip("\n").split("\n")
    assert whole == streamed
    assert "prompt must start with" in error
    assert [record.status for record in server.requests] == [200, 200, 400]


@with_peers
def test_litellm_calls_both_operations(
    server: MockServer, environment: Environment
) -> None:
    server.reply(" Because of the air.")
    text = printed([PEERS_PYTHON, str(EXAMPLES / "litellm_client.py")], environment)
    assert text.split("\n")[:2] == [" Because of the air.", " Because of the air."]
    paths = [record.path for record in server.requests]
    assert paths == ["/v1/complete", "/v1/messages"]


@with_peers
def test_fastapi_passes_a_stream_on(
    server: MockServer, environment: Environment
) -> None:
    server.reply(" One two three.")
    uvicorn = [PEERS_PYTHON, "-m", "uvicorn", "--app-dir", str(EXAMPLES)]
    program = [*uvicorn, "fastapi_stream:app", "--port", "0"]
    with running(program, environment, "running on") as url:
        tell = f"{url}/tell?about=kettles"
        assert httpx.get(tell).text == " One two three."
        server.fail("cut_mid_event", after=2)
        assert httpx.get(tell).text == " One two\n[the rest is missing]"
        server.fail("not_found")
        assert httpx.get(tell).status_code == 502
    assert "kettles" in server.requests[0].body["prompt"]


class EndlessBackend(Backend):
    """Writes one word and waits until the caller leaves."""

    def __init__(self) -> None:
        self.left = threading.Event()

    async def generate(self, request: Any, caller: Any, /) -> AsyncIterator[str]:
        del request, caller
        yield " One"
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()


@with_peers
def test_fastapi_ends_the_call_when_its_caller_leaves(
    environment: Environment,
) -> None:
    backend = EndlessBackend()
    uvicorn = [PEERS_PYTHON, "-m", "uvicorn", "--app-dir", str(EXAMPLES)]
    program = [*uvicorn, "fastapi_stream:app", "--port", "0"]
    with MockServer(backend=backend) as model:
        environment["ANTHROPIC_BASE_URL"] = model.url
        with running(program, environment, "running on") as url:
            with httpx.stream("GET", f"{url}/tell?about=kettles") as response:
                assert next(response.iter_text()) == " One"
            assert backend.left.wait(timeout=20)


NOTEBOOK = """
import nbformat, sys
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=60).execute()
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(output.get("text") or output["data"]["text/plain"])
"""


@with_peers
def test_the_notebook_shows_plain_values(
    server: MockServer, environment: Environment
) -> None:
    server.reply(" Because of the air.")
    place = str(EXAMPLES / "notebook.ipynb")
    text = printed([PEERS_PYTHON, "-c", NOTEBOOK, place], environment)
    assert f"Anthropic(base_url='{server.url}/')" in text
    assert "completion=' Because of the air.'" in text
    assert " object at 0x" not in text
