"""A real model answers programs of 2023: llama.cpp behind the bridge.

`make engine` runs these tests. Its words differ from machine to machine, so they say
nothing of the text but that it is there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from started import (
    KEY,
    ROOT,
    bridge,
    environment,
    needs,
    python,
    run,
    started,
    wait_for,
)

from text_completions import AI_PROMPT, HUMAN_PROMPT, Anthropic, BadRequestError
from text_completions_contract import Settings, Verdict
from text_completions_contract import run as judge

SAMPLES = ROOT / "tests" / "client" / "samples"
PROGRAM = [sys.executable, "-m", "text_completions_cli"]
QUESTION = f"{HUMAN_PROMPT} Why is the sky blue?{AI_PROMPT}"
VERSIONS = ("2023-06-01", "2023-01-01")
REASONS = ("stop_sequence", "max_tokens")

pytestmark = needs("engine")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("engine") / "stderr"
    command = [python("engine"), str(ROOT / "examples" / "engine.py"), "0"]
    with started(command, log) as url:
        yield url


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bridge") / "stderr"


@pytest.fixture(scope="module")
def url(engine: str, log: Path) -> Iterator[str]:
    options = ("--default-model", "smollm2", "--pass-messages")
    with started(bridge(engine, *options), log) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[Anthropic]:
    with Anthropic(base_url=url, api_key=KEY) as client:
        yield client


def test_the_first_program_of_all_gets_real_words_whole_and_streamed(url: str) -> None:
    printed = run([sys.executable, str(SAMPLES / "first.py")], url)
    assert len(printed.split()) > 10


def test_a_turn_of_the_chat_of_2023_gets_real_words(url: str) -> None:
    assert run([sys.executable, str(SAMPLES / "turn.py"), "Why?"], url).strip()


def test_a_program_that_sends_no_turns_gets_the_error_of_the_service(url: str) -> None:
    done = subprocess.run(
        [sys.executable, str(SAMPLES / "guide.py")],
        env=environment(ANTHROPIC_BASE_URL=url, ANTHROPIC_API_KEY=KEY),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.stdout.strip()  # its first prompt has turns
    assert 'prompt must start with "\\\\n\\\\nHuman:" turn' in done.stderr


@needs("peers")
def test_the_official_sdk_completes_streams_and_raises_its_errors(url: str) -> None:
    script = ROOT / "tests" / "peers" / "official_sdk.py"
    printed = run([python("peers"), str(script), url, KEY], url)
    results: dict[str, Any] = dict(map(json.loads, printed.splitlines()))

    assert results["version"] == "0.125.0"
    assert results["completion"]["completion"].strip()
    assert results["completion"]["stop_reason"] in REASONS
    texts = [text for text, _ in results["stream"]]
    assert len(texts) > 2
    assert [reason for _, reason in results["stream"]][-1] in REASONS
    assert results["async completion"].strip()
    assert len(results["async stream"]) > 2
    assert results["message"].strip()
    for name in ("NotFoundError", "BadRequestError", "AuthenticationError"):
        assert results[name][0] == name
    assert results["UnknownMember"][:2] == ["BadRequestError", 400]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("stream", [False, True])
def test_curl_gets_real_words(url: str, version: str, stream: bool) -> None:
    body = {
        "model": "claude-2.1",
        "max_tokens_to_sample": 8,
        "prompt": QUESTION,
        "stream": stream,
    }
    command = ["curl", "-sS", "-N", f"{url}/v1/complete", "-H", f"x-api-key: {KEY}"]
    headers = ["-H", "content-type: application/json"]
    version_header = ["-H", f"anthropic-version: {version}"]
    printed = run([*command, *headers, *version_header, "-d", json.dumps(body)], url)

    lines = [line.removeprefix("data: ") for line in printed.splitlines()]
    parts = [json.loads(line) for line in lines if '"stop_reason"' in line]
    if not stream or version == "2023-01-01":
        text = parts[-1]["completion"]
    else:
        text = "".join(part["completion"] for part in parts)
    assert text.strip()
    assert parts[-1]["stop_reason"] in REASONS
    assert parts[-1]["model"] == "claude-2.1"


def test_complete_prints_real_words(url: str) -> None:
    command = [*PROGRAM, "complete", "Why is the sky blue?", "--max-tokens", "12"]
    assert run(command, url).strip()


def test_chat_answers_each_line(url: str) -> None:
    command = [*PROGRAM, "chat", "--max-tokens", "12"]
    assert run(command, url, input="Why is the sky blue?\nAnd at night?\n").strip()


@pytest.mark.parametrize("stream", [False, True])
def test_a_prefill_is_continued_and_not_repeated(
    client: Anthropic, stream: bool
) -> None:
    prompt = f"{QUESTION} The sky is blue because"
    arguments: dict[str, Any] = {
        "model": "claude-2.1",
        "max_tokens_to_sample": 8,
        "prompt": prompt,
    }
    if stream:
        text = "".join(client.completions.create(**arguments, stream=True).text_stream)
    else:
        text = client.completions.create(**arguments).completion
    assert text.strip()
    assert "sky is blue because" not in text


@pytest.mark.parametrize("version", VERSIONS)
def test_a_text_ends_at_the_stop_sequence_in_both_forms(
    client: Anthropic, version: Any
) -> None:
    arguments: dict[str, Any] = {
        "model": "claude-2.1",
        "max_tokens_to_sample": 40,
        "prompt": f"{HUMAN_PROMPT} Say: one two three{AI_PROMPT} zero one",
        "stop_sequences": [" "],
        "temperature": 0,
        "anthropic_version": version,
    }
    whole = client.completions.create(**arguments)
    with client.completions.create(**arguments, stream=True) as stream:
        streamed = stream.get_final_completion()
    for completion in (whole, streamed):
        assert completion.stop_reason == "stop_sequence"
        assert completion.stop == " "
        assert " " not in completion.completion


def test_a_prompt_that_is_too_long_is_refused_in_the_words_of_the_service(
    client: Anthropic,
) -> None:
    prompt = f"{HUMAN_PROMPT} {'word ' * 9000}{AI_PROMPT}"
    with pytest.raises(BadRequestError, match=r"prompt is too long: \d+ tokens > \d+"):
        client.completions.create(
            model="claude-2.1", max_tokens_to_sample=1, prompt=prompt
        )


def test_the_engine_stops_when_the_caller_leaves(
    engine: str, client: Anthropic, log: Path
) -> None:
    with client.completions.create(
        model="claude-1",
        max_tokens_to_sample=100_000,
        prompt=f"{HUMAN_PROMPT} Count from 1 to 1000.{AI_PROMPT} 1, 2, 3, 4,",
        stream=True,
    ) as stream:
        next(iter(stream))
    line = wait_for(lambda: line_of(log, "model=claude-1 "))
    assert "upstream_stop_reason" not in line
    wait_for(lambda: not any(slot["is_processing"] for slot in slots(engine)))


def slots(engine: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{engine}/slots").json()
    return found


def test_the_access_line_says_what_the_engine_did(client: Anthropic, log: Path) -> None:
    client.completions.create(model="claude-2", max_tokens_to_sample=3, prompt=QUESTION)
    line = wait_for(lambda: line_of(log, "model=claude-2 "))
    for fact in (
        "upstream_model=smollm2",
        "upstream_stop_reason=max_tokens",
        "output_tokens=3",
        "time_to_first_token=",
    ):
        assert fact in line
    assert KEY not in line
    assert "sky" not in line


def line_of(log: Path, fact: str) -> str:
    """Return the access line that has a fact, or nothing if it is not there yet."""
    lines = [line for line in log.read_text("utf-8").splitlines() if fact in line]
    return "".join(lines[:1])


def test_no_must_deviates(engine: str, tmp_path: Path) -> None:
    options = ("--default-model", "smollm2")
    with started(bridge(engine, *options), tmp_path / "stderr") as url:
        # On one core a prompt of five thousand words takes a while.
        report = judge(url, Settings(api_key=KEY, timeout=300))
    failed = [(result.clause.id, result.note) for result in report.deviations]
    assert failed == []
    assert report.exit_code == 0
    assert len(report.of(Verdict.PASSED)) > 120
