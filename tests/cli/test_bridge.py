"""`text-completions bridge`: options, configuration file, check, and a run."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from text_completions_cli import main
from text_completions_cli._bridge_options import arguments_of, bridge_settings
from text_completions_cli._command import CommandError
from text_completions_cli._main import build_parser
from text_completions_server import MockServer
from text_completions_server.backends.bridge import BridgeSettings

Capture = pytest.CaptureFixture[str]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
URL = "http://127.0.0.1:9"
KEY = "sk-ant-the-key-of-the-bridge"


def settings_of(*options: str, **environment: str) -> BridgeSettings:
    arguments = build_parser().parse_args(["bridge", "--upstream", URL, *options])
    return bridge_settings(arguments, environment)


# Options


def test_the_defaults_are_those_of_the_settings() -> None:
    expected = BridgeSettings(upstream=URL, default_model="new")
    assert settings_of("--default-model", "new") == expected


def test_a_key_that_ends_in_a_new_line_is_the_key_before_it() -> None:
    options = ("--default-model", "new", "--upstream-key-env", "THE_KEY")
    assert settings_of(*options, THE_KEY="sk-own\n").upstream_key == "sk-own"


def test_every_option_reaches_its_setting() -> None:
    values: dict[str, Any] = {
        "default_model": "new",
        "upstream_auth": "bearer",
        "upstream_version": "2026-10-21",
        "models": "table.yaml",
        "sampling": "clamp",
        "prefill": "instruct",
        "deadline": 60,
        "connect_timeout": 1.5,
        "first_token_timeout": 20,
        "idle_timeout": None,
        "first_ping": 0,
        "ping_interval": 2,
        "max_retries": 0,
    }
    words = [
        f"--{name.replace('_', '-')}={'none' if value is None else value}"
        for name, value in values.items()
    ]
    flags = ["--any-model", "--repair", "--pass-messages"]
    more = ["--model-map=claude-2.1=a=b", "--model-map=claude-2=c"]
    more += ["--upstream-key-env=THE_KEY"]
    settings = settings_of(*words, *flags, *more, THE_KEY=KEY)
    assert settings == BridgeSettings(
        upstream=URL,
        model_map={"claude-2.1": "a=b", "claude-2": "c"},
        upstream_key=KEY,
        any_model=True,
        repair=True,
        pass_messages=True,
        **values,
    )
    defaults = dataclasses.asdict(BridgeSettings(upstream="http://a", any_model=True))
    unchanged = {
        name
        for name, value in dataclasses.asdict(settings).items()
        if value == defaults[name]
    }
    assert unchanged == {"any_model"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "no model can be served: give --model-map, --default-model or --any-mod"),
        (
            ["--any-model", "--upstream-auth", "bearer"],
            "--upstream-auth needs --upstream-key-env",
        ),
        (
            ["--any-model", "--upstream-key-env", "NOT_SET"],
            "the environment variable NOT_SET is not set",
        ),
        (
            ["--any-model", "--upstream-key-env", KEY],
            "takes the name of an environment variable, such as ANTHROPIC_API_KEY",
        ),
    ],
)
def test_options_that_cannot_be_honoured_are_refused(
    options: list[str], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason) as refusal:
        settings_of(*options)
    assert KEY not in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--model-map", "claude-2.1"], "'claude-2.1' is not NAME=UPSTREAM, such as"),
        (["--model-map", "claude-2.1="], "'claude-2.1=' is not NAME=UPSTREAM"),
        (["--deadline", "soon"], "'soon' is not a number of seconds"),
        (["--deadline", "none"], "'none' is not a number of seconds"),
        (["--idle-timeout", "inf"], "'inf' is not a number of seconds"),
        (["--max-retries", "two"], "invalid int value: 'two'"),
        (["--sampling", "no"], "invalid choice: 'no'"),
    ],
)
def test_a_bad_value_is_refused_with_the_right_form(
    options: list[str], reason: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bridge", *options])
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "--upstream is missing: give the URL of a Messages API"),
        (["--upstream", f"{URL}/v1"], "upstream must be the URL before /v1/messages"),
        (
            ["--upstream", URL, "--deadline", "0"],
            "deadline must be more than 0 seconds",
        ),
        (["--upstream", URL, "--models", "none.yaml"], "none.yaml: No such file"),
        (["--upstream", URL, "--quiet", "--log-bodies"], "--quiet logs nothing"),
        (["--upstream", URL, "--workers", "0"], "workers must be 1 to 256, not 0"),
        (["--upstream", URL, "--check"], "there is nothing to check: give --model-map"),
        (["--config", "none.toml"], "none.toml: No such file"),
    ],
)
def test_a_bridge_that_cannot_start_says_why_in_one_line(
    options: list[str], reason: str, capsys: Capture
) -> None:
    assert main(["bridge", "--any-model", *options]) == 2
    error = capsys.readouterr().err
    assert error.startswith("text-completions bridge: ")
    assert reason in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("HTTPS_PROXY", "gopher://me:secret@proxy", "HTTPS_PROXY must be a proxy URL"),
        (
            "SSL_CERT_FILE",
            "/none.pem",
            "the certificates for https://127.0.0.1:9 ",
        ),
    ],
)
def test_a_bridge_with_an_unusable_proxy_or_certificate_does_not_start(
    variable: str, value: str, reason: str, run: Run
) -> None:
    options = ["--any-model", "--upstream", "https://127.0.0.1:9", "--port", "0"]
    done = run("bridge", *options, env={variable: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_key_of_its_own_is_not_offered_to_the_network(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    # One that is offered fails at once, where a server would go on for ever.
    monkeypatch.setattr("text_completions_server.serve", lambda *_, **__: None)
    monkeypatch.setenv("THE_KEY", KEY)
    options = ["--any-model", "--upstream", URL, "--upstream-key-env", "THE_KEY"]
    assert main(["bridge", *options, "--host", host]) == 2
    error = capsys.readouterr().err
    assert "other machines can reach --host" in error
    assert "give --api-key" in error
    assert KEY not in error


@pytest.mark.parametrize(
    "options",
    [
        ["--host", "localhost", "--upstream-key-env", "THE_KEY"],
        ["--host", "0.0.0.0", "--upstream-key-env", "THE_KEY", "--api-key", "k"],
        ["--host", "0.0.0.0"],
    ],
    ids=["loopback", "keys of callers", "the caller's key"],
)
def test_other_bridges_start(
    options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "text_completions_server.serve", lambda _, **how: started.append(how)
    )
    monkeypatch.setenv("THE_KEY", KEY)
    assert main(["bridge", "--any-model", "--upstream", URL, *options]) == 0
    assert started == [
        {"host": options[1], "port": 8765, "grace": 30.0, "workers": 1},
    ]


# The configuration file

OPTIONS: dict[str, object] = {
    "upstream": None,
    "port": 8765,
    "any_model": False,
    "repair": False,
    "api_key": [],
    "model_map": {},
}


def test_entries_become_arguments_with_either_spelling() -> None:
    table = {
        "upstream": URL,
        "port": 9,
        "any-model": True,
        "repair": False,
        "api_key": ["a", "b"],
        "model-map": {"claude-2.1": "new"},
    }
    assert arguments_of(table, OPTIONS) == [
        f"--upstream={URL}",
        "--port=9",
        "--any-model",
        "--api-key=a",
        "--api-key=b",
        "--model-map=claude-2.1=new",
    ]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"upsteam": URL}, "'upsteam' is not an option for a file; see --help"),
        ({"check": True}, "'check' is not an option for a file"),
        ({"any-model": True, "any_model": False}, "'any_model' is there with - and"),
        ({"any-model": "yes"}, "any-model must be true or false, not 'yes'"),
        ({"port": True}, "port must be a text or a number, not of type bool"),
        ({"upstream": ["a"]}, "a text or a number, not of type list"),
        ({"api-key": [["sk-a"]]}, "a text or a number, not of type list$"),
        ({"model-map": "a=b"}, r"model-map must be a table, \[model-map\], not 'a=b'"),
        ({"model-map": {"a": 1, "b": []}}, "model-map.b must be a text or a number"),
        ({"model-map": {"a=b": "c"}}, "has the name 'a=b': it must have no ="),
    ],
)
def test_an_entry_that_no_option_takes_is_refused(
    table: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        arguments_of(table, OPTIONS)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Settings and place of the bridges that would have been served."""
    found: list[Any] = []

    class Recorded:
        def __init__(self, settings: BridgeSettings) -> None:
            found.append(settings)

    monkeypatch.setattr("text_completions_server.backends.bridge.Bridge", Recorded)
    monkeypatch.setattr("text_completions_server.create_app", lambda **how: how)
    monkeypatch.setattr(
        "text_completions_server.serve", lambda app, **how: found.append(app | how)
    )
    return found


def test_the_command_line_wins_over_the_file(tmp_path: Path, started: Any) -> None:
    file = tmp_path / "bridge.toml"
    file.write_text(
        f"""
        upstream = "{URL}"
        sampling = "drop"
        deadline = 20
        any_model = true
        port = 4
        api-key = ["a"]
        drain = 3
        metrics = true
        workers = 4
        [model-map]
        "claude-2.1" = "old"
        "claude-2" = "kept"
        """
    )
    options = ["--model-map", "claude-2.1=new", "--port", "5", "--api-key", "b"]
    options += ["--workers", "2", "--log-bodies"]
    assert main(["bridge", "--sampling", "keep", "--config", str(file), *options]) == 0
    settings, served = started
    assert settings == BridgeSettings(
        upstream=URL,
        sampling="keep",
        deadline=20,
        any_model=True,
        model_map={"claude-2.1": "new", "claude-2": "kept"},
    )
    assert served["api_keys"] == ["a", "b"]
    assert (served["log_bodies"], served["metrics"]) == (True, True)
    assert (served["port"], served["grace"], served["workers"]) == (5, 3, 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("upsteam = 1", "'upsteam' is not an option for a file; see --help"),
        ("config = 'x'", "'config' is not an option for a file; see --help"),
        ("upstream =", "Invalid value (at end of document)"),
        ("\xff", "can't decode byte"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_its_name(
    text: str, reason: str, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "bridge.toml"
    file.write_text(text, encoding="latin-1")
    assert main(["bridge", "--config", str(file)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"text-completions bridge: {file}: ")
    assert reason in error
    assert error.count("\n") == 1


def test_a_bad_value_in_the_file_names_option_and_file(
    tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "bridge.toml"
    file.write_text('prefill = "perhaps"')
    assert main(["bridge", "--config", str(file)]) == 2
    error = capsys.readouterr().err
    assert "argument --prefill: invalid choice: 'perhaps'" in error
    assert f"text-completions bridge: the option is in {file}" in error


def test_the_page_has_every_option_and_a_file_that_works(
    started: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "bridge.md").read_text("utf-8")
    with pytest.raises(SystemExit):
        main(["bridge", "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    rows = " ".join(re.findall(r"^\| `--.*", page, re.MULTILINE))
    assert options - set(re.findall(r"--[a-z-]+", rows)) == set()

    file = tmp_path / "bridge.toml"
    (text,) = re.findall(r'```toml title="bridge.toml"\n(.*?)```', page, re.DOTALL)
    file.write_text(text)
    monkeypatch.setenv("OUR_ANTHROPIC_KEY", KEY)
    assert main(["bridge", "--config", str(file)]) == 0
    assert started[0].model_map["claude-2.1"] == "claude-sonnet-4-5"


# Against a server


def test_the_check_says_which_models_answer(
    server: MockServer, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("THE_KEY", "sk-own")
    command = ["bridge", "--check", "--upstream", server.url]
    maps = ["--model-map", "a=claude-2.1", "--model-map", "b=claude-2.1"]
    own = ["--upstream-key-env", "THE_KEY", "--default-model", "claude-2.0"]
    assert main([*command, *maps, *own]) == 0
    output, errors = capsys.readouterr()
    lines = re.sub(r"\d+\.\d\d s", "N s", output).splitlines()
    assert lines == [
        "works: claude-2.1 for a, b: first token after N s",
        "works: claude-2.0 for all other models: first token after N s",
    ]
    assert errors == ""
    assert [one.body["max_tokens"] for one in server.requests] == [1, 1]
    assert {one.headers["x-api-key"] for one in server.requests} == {"***"}


def test_the_check_says_which_model_fails(server: MockServer, capsys: Capture) -> None:
    maps = ["--model-map", "a=claude-2.1", "--model-map", "c=gone"]
    assert main(["bridge", "--check", "--upstream", server.url, *maps]) == 1
    output = capsys.readouterr().out
    assert "works: claude-2.1 for a: " in output
    assert "fails: gone for c: the upstream answered 404" in output


def test_the_check_does_not_wait_for_the_last_model(
    server: MockServer, program: list[str]
) -> None:
    async def reply(request: Any) -> str:
        if request.model == "claude-2.1":
            await asyncio.Event().wait()
        return "x"

    server.reply(reply)
    options = ["--upstream", server.url, "--default-model", "claude-2.1"]
    environment = {**os.environ, "ANTHROPIC_API_KEY": "sk-any"}
    slow = ["--model-map", "a=claude-2.0", "--deadline", "60"]
    with subprocess.Popen(
        [*program, "bridge", "--check", *options, *slow],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        running.kill()
    assert line.startswith("works: claude-2.0 for a")


def test_the_check_says_once_that_nobody_answers(run: Run) -> None:
    options = ["--upstream", URL, "--default-model", "new", "--max-retries", "0"]
    done = run("bridge", "--check", *options, env={"ANTHROPIC_API_KEY": "sk-any"})
    assert done.returncode == 1
    assert done.stdout.startswith(
        "fails: new for all other models: the upstream cannot be reached: "
    )
    assert done.stderr == ""


def test_the_check_takes_the_key_of_a_caller_from_the_environment(
    server: MockServer, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    command = ["bridge", "--check", "--upstream", server.url, "--default-model"]
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert main([*command, "claude-2.1"]) == 2
    assert "--check needs an API key" in capsys.readouterr().err
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "sk-token")
    assert main([*command, "claude-2.1"]) == 0
    assert "authorization" in server.requests[-1].headers


@pytest.fixture
def bridge(
    server: MockServer, program: list[str], request: pytest.FixtureRequest
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL and the process of a bridge in front of the mock.

    The parameter of the fixture has more options.
    """
    options = ["--model-map", "claude-2.1=claude-2.0", "--upstream-key-env", "THE_KEY"]
    options += getattr(request, "param", [])
    with subprocess.Popen(
        [*program, "bridge", "--upstream", server.url, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "THE_KEY": KEY.replace("ant-", "")},
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("listening on ").strip(), process
        process.kill()


def test_a_program_gets_the_words_of_the_upstream(
    server: MockServer,
    bridge: tuple[str, subprocess.Popen[str]],
    run: Run,
) -> None:
    url, process = bridge
    server.reply(" Because it is.")
    done = run("complete", "Why?", "--base-url", url)
    assert (done.returncode, done.stdout) == (0, " Because it is.\n")
    (asked,) = server.requests
    assert asked.body["model"] == "claude-2.0"
    assert asked.body["messages"] == [{"role": "user", "content": "Why?"}]
    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "POST /v1/complete 200 " in log
    assert "upstream_model=claude-2.0" in log
    assert "the-key" not in log


@pytest.mark.parametrize(
    "bridge",
    [["--workers", "2", "--metrics", "--log-bodies", "--log-format", "json"]],
    indirect=True,
    ids=["two workers"],
)
def test_metrics_and_bodies_are_shown_if_asked_for(
    server: MockServer,
    bridge: tuple[str, subprocess.Popen[str]],
    run: Run,
) -> None:
    url, process = bridge
    server.reply(" Because it is.")
    done = run("complete", "Why?", "--base-url", url)
    assert done.returncode == 0, done.stderr
    metrics = httpx.get(f"{url}/metrics").text
    assert 'gen_ai_response_model="claude-2.0"' in metrics
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    (line,) = log.splitlines()
    entry = json.loads(line)
    assert "Why?" in entry["request_body"]
    assert '" Because"' in entry["response_body"]
    assert "the-key" not in log


@pytest.mark.parametrize(
    "bridge",
    [["--upstream", URL, "--max-retries", "0", "--log-format", "json"]],
    indirect=True,
    ids=["no upstream"],
)
def test_the_json_log_also_says_in_json_why_the_upstream_failed(
    bridge: tuple[str, subprocess.Popen[str]], run: Run
) -> None:
    url, process = bridge
    no_retries = {"ANTHROPIC_MAX_RETRIES": "0"}
    done = run("complete", "Why?", "--base-url", url, env=no_retries)
    assert done.returncode != 0
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=30)
    reason, request = (json.loads(line) for line in log.splitlines()[:2])
    assert reason["level"] == "warning"
    assert reason["message"].startswith(f"{request['request_id']}: the upstream cannot")
