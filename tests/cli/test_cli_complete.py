"""`text-completions complete`, and what all commands have in common."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from text_completions_cli import main
from text_completions_server import MockServer

COMMANDS = ["complete", "chat", "request", "mock", "contract", "diff"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockServer]:
    with MockServer() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
        yield server


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "text_completions_cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def without_package(name: str) -> str:
    """Write a program that is the command line on a machine without a package."""
    return (
        "import sys\n"
        f"sys.modules[{name!r}] = None\n"
        "from text_completions_cli import main\n"
        "sys.exit(main())\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_does_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"text-completions {command}" in text
    assert "example" in text


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert all(f"    {command} " in text for command in COMMANDS)


def test_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    expected = f"text-completions {version('text-completions')}\n"
    assert capsys.readouterr().out == expected


@pytest.mark.usefixtures("server")
def test_a_prompt_is_completed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complete", "Why is the sky blue?", "--max-tokens", "4"]) == 0
    text = capsys.readouterr().out
    assert 1 <= len(text.split()) <= 4
    assert text.endswith("\n")


@pytest.mark.usefixtures("server")
def test_a_prompt_with_turns_is_sent_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["complete", "Why is the sky blue?"])
    wrapped = capsys.readouterr().out
    main(["complete", "\n\nHuman: Why is the sky blue?\n\nAssistant:"])
    assert capsys.readouterr().out == wrapped


@pytest.mark.usefixtures("server")
def test_a_dash_reads_the_prompt_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["complete", "Why?"])
    expected = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("Why?\n"))
    assert main(["complete", "-"]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.usefixtures("server")
def test_a_stop_sequence_ends_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    main(["complete", "Why?"])
    whole = capsys.readouterr().out
    word = whole.split()[3]
    main(["complete", "Why?", "--stop", word])
    assert capsys.readouterr().out.rstrip("\n") == whole.partition(word)[0].rstrip("\n")


@pytest.mark.usefixtures("server")
def test_a_value_out_of_bounds_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["complete", "Why?", "--temperature", "2"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("text-completions complete: temperature: 2.0 is greater")
    assert said.count("\n") == 1


@pytest.mark.usefixtures("server")
def test_an_error_of_the_server_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["complete", "Why?", "--model", "claude-9"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("text-completions complete: 404: model: claude-9 (request ")
    assert said.count("\n") == 1


def test_a_missing_key_names_the_variable(
    server: MockServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    assert main(["complete", "Why?", "--base-url", server.url]) == 2
    said = capsys.readouterr().err
    assert "ANTHROPIC_API_KEY" in said
    assert said.count("\n") == 1


def test_an_unreachable_server_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
    with socket.socket() as taken:  # bound and not listening: refuses
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert main(["complete", "Why?", "--base-url", url]) == 1
    said = capsys.readouterr().err
    assert "Connection error" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/", "http://"])
def test_a_url_that_is_none_is_told_in_one_line(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
    assert main(["complete", "Why?", "--base-url", url]) == 2
    said = capsys.readouterr().err
    assert "base_url must be an absolute http or https URL" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("package", "command", "extra"),
    [
        ("starlette", ["mock", "--port", "0"], "server"),
        ("schemathesis", ["contract", "http://127.0.0.1:9"], "contract"),
        ("rich", ["contract", "http://127.0.0.1:9"], "contract"),
        ("yaml", ["diff", "a.yaml", "b.yaml"], "contract"),
    ],
)
def test_a_missing_extra_names_the_line_that_installs_it(
    package: str, command: list[str], extra: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", without_package(package), *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert f"pip install 'text-completions[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "command", [["complete", "Why?"], ["contract", "URL", "--only", "auth"]]
)
def test_a_full_disk_is_no_verdict(command: list[str]) -> None:
    with MockServer() as server:
        arguments = [server.url if one == "URL" else one for one in command]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "text_completions_cli", *arguments],
                env={
                    "ANTHROPIC_BASE_URL": server.url,
                    "ANTHROPIC_API_KEY": "sk-test",
                },
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_that_lets_nobody_in_is_refused() -> None:
    done = run("mock", "--port", "0", "--api-key", "")
    assert done.returncode == 2
    assert "an empty key would let nobody in" in done.stderr


def test_an_unknown_command_is_refused() -> None:
    done = run("serve")
    assert done.returncode == 2
    assert "serve" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("reader", ["head -c 1", "true", "head -n 1"])
def test_a_reader_that_leaves_early_is_no_error(reader: str) -> None:
    with MockServer() as server:
        command = f"{sys.executable} -m text_completions_cli complete Why? | {reader}"
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {command}"],
            env={"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-test"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode in (0, 141)
    assert done.stderr == ""
