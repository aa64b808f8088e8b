"""LiteLLM's proxy as a program that passes `/v1/messages` through, to measure."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import Program, running_on_a_port

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
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG.replace("MODEL", model).replace("UPSTREAM", upstream))
        program = str(VENV / "bin" / "litellm")
        with running_on_a_port(
            [program, "--config", str(config), "--host", "127.0.0.1"],
            SECONDS_TO_START,
            LITELLM_LOCAL_MODEL_COST_MAP="True",
            LITELLM_LOG="ERROR",
            HOME=folder,
        ) as proxy:
            yield proxy
