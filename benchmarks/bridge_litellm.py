"""LiteLLM's proxy as a program that passes `/v1/messages` through, to measure."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server_load import Program

VENV = Path(__file__).parent.parent / ".venv-litellm"
SECONDS_TO_START = 180
CONFIG = """\
model_list:
  - model_name: MODEL
    litellm_params:
      model: anthropic/MODEL
      api_base: UPSTREAM
      api_key: sk-speed
litellm_settings:
  telemetry: false
general_settings:
  master_key: sk-speed
"""


def is_installed() -> bool:
    return (VENV / "stamp").exists()


@contextmanager
def litellm(upstream: str, model: str) -> Iterator[Program]:
    """Run the proxy without logs of requests, in front of an upstream."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG.replace("MODEL", model).replace("UPSTREAM", upstream))
        log = Path(folder) / "log"
        variables = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
        address = ["--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(
            [VENV / "bin" / "litellm", "--config", config, *address],
            env={**os.environ, **variables, "HOME": folder},
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, process, log)
            yield Program(process, url)
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{url}/health/liveliness", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"LiteLLM's proxy does not answer: {log.read_text()[-500:]}")
