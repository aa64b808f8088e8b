"""The bridge in front of LiteLLM's proxy, which is in front of the mock.

`make litellm` runs these tests.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from started import (
    KEY,
    bridge,
    environment,
    needs,
    python,
    started,
    unused_port,
    wait_for,
)

from text_completions import (
    AI_PROMPT,
    HUMAN_PROMPT,
    Anthropic,
    APIError,
    APIStatusError,
)
from text_completions_contract import Settings, Verdict
from text_completions_contract import run as judge
from text_completions_server import FaultName, MockServer

MODEL = "claude-haiku-4-5"
MASTER_KEY = "sk-master"
ASK: Any = {
    "model": "claude-2.1",
    "max_tokens_to_sample": 20,
    "prompt": f"{HUMAN_PROMPT} Hello{AI_PROMPT}",
}
CONFIG = f"""\
model_list:
  - model_name: {MODEL}
    litellm_params:
      model: anthropic/{MODEL}
      api_base: MOCK
      api_key: sk-mock
litellm_settings:
  telemetry: false
  num_retries: 0
general_settings:
  master_key: {MASTER_KEY}
"""

pytestmark = needs("litellm")


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture(scope="module")
def proxy(mock: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("litellm")
    config, port = folder / "config.yaml", unused_port()
    config.write_text(CONFIG.replace("MOCK", mock.url), "utf-8")
    program = Path(python("litellm")).with_name("litellm")
    options = ["--config", config, "--host", "127.0.0.1", "--port", str(port)]
    variables = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "HOME": str(folder)}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [program, *options],
            env=environment(**variables),
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(lambda: process.poll() is not None or is_alive(url), 180)
            assert process.poll() is None, (folder / "log").read_text("utf-8")
            yield url
        finally:
            process.terminate()


def is_alive(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/liveliness").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def url(proxy: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("bridge") / "stderr"
    options = ["--default-model", MODEL, "--upstream-key-env", "MASTER_KEY"]
    command = bridge(proxy, *options, "--upstream-auth", "bearer")
    with started(command, log, {"MASTER_KEY": MASTER_KEY}) as url:
        yield url


def test_no_must_deviates(url: str) -> None:
    report = judge(url, Settings(api_key=KEY, timeout=60))
    failed = [(result.clause.id, result.note) for result in report.deviations]
    assert failed == []
    assert report.exit_code == 0
    assert len(report.of(Verdict.PASSED)) > 120


@pytest.fixture
def client(url: str, mock: MockServer) -> Iterator[Anthropic]:
    mock.reset()
    with Anthropic(base_url=url, api_key=KEY, max_retries=0) as client:
        yield client
    mock.reset()


# LiteLLM itself makes 500 of the status 529.
@pytest.mark.parametrize(
    ("fault", "status"),
    [("rate_limited", 429), ("internal_error", 500), ("overloaded", 500)],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_failure_behind_the_proxy_is_an_error_with_its_status(
    mock: MockServer, client: Anthropic, fault: FaultName, status: int, stream: bool
) -> None:
    mock.fail(fault, times=50)
    with pytest.raises(APIStatusError) as caught:
        client.completions.create(**ASK, stream=stream)
    assert caught.value.status_code == status
    assert MASTER_KEY not in str(caught.value)


@pytest.mark.parametrize("fault", ["cut_mid_event", "cut_between_events"])
def test_a_stream_that_breaks_behind_the_proxy_is_an_error(
    mock: MockServer, client: Anthropic, fault: FaultName
) -> None:
    mock.fail(fault, after=6, times=50)  # some text has passed by then
    with pytest.raises(APIError):
        client.completions.create(**ASK, stream=True).get_final_completion()
