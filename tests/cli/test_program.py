"""What holds for every command: help, missing extras, failures, exit statuses."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from text_completions_cli import _main, main
from text_completions_server import MockServer

COMMANDS = list(_main.COMMANDS)
ROOT = Path(__file__).parents[2]
HEAVY = ["httpx", "rich", "yaml", "starlette", "schemathesis", "importlib.metadata"]

pytestmark = pytest.mark.usefixtures("server")
Capture = pytest.CaptureFixture[str]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_the_exit_statuses_and_an_example(
    command: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert "exit status:\n  0" in text
    assert f"example:\n  text-completions {command}" in text or "example:\n" in text


def test_help_lists_every_command(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert re.findall(r"^    (\w+) +\S", text, re.MULTILINE) == COMMANDS


def test_version_is_that_of_the_distribution(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    expected = f"text-completions {importlib.metadata.version('text-completions')}\n"
    assert (ended.value.code, capsys.readouterr().out) == (0, expected)


def test_help_imports_nothing_that_is_slow() -> None:
    code = f"""
import sys
from text_completions_cli import main
try:
    main(["--help"])
except SystemExit:
    print([name for name in {HEAVY} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("package", "command", "extra"),
    [
        ("starlette", ["mock", "--port", "0"], "server"),
        ("starlette", ["bridge", "--check"], "bridge"),
        ("prometheus_client", ["bridge", "--metrics"], "bridge"),
        ("rich", ["contract", "http://127.0.0.1:9"], "contract"),
        ("yaml", ["diff", "a.yaml", "b.yaml"], "contract"),
        ("shtab", ["completion", "bash"], "completion"),
    ],
)
def test_a_missing_extra_names_the_line_that_installs_it(
    package: str, command: list[str], extra: str
) -> None:
    code = f"""
import sys
sys.modules[{package!r}] = None
from text_completions_cli import main
sys.exit(main({command}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"text-completions {command[0]}: this command needs the package '{package}', "
        "which is not installed. Run: pip install "
    )
    assert re.search(rf"completions\S*\[{extra}\]'?$|\S\[{extra}\]'?$", done.stderr)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, "pip install 'text-completions[server]'"),
        (
            {"url": "file:///a%20b/repo", "dir_info": {"editable": True}},
            "pip install -e '/a b/repo[server]'",
        ),
        (
            {"url": "file:///w/text_completions-1-py3-none-any.whl"},
            "pip install '/w/text_completions-1-py3-none-any.whl[server]'",
        ),
    ],
    ids=["index", "checkout", "wheel"],
)
def test_an_extra_is_installed_from_where_the_package_came_from(
    origin: Any, line: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if origin is None else json.dumps(origin)

    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Installed())
    monkeypatch.setitem(sys.modules, "text_completions_server", None)
    monkeypatch.delitem(sys.modules, "text_completions_server")
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    for name in [one for one in sys.modules if one.startswith("text_completions_serv")]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["mock", "--port", "0"]) == 2
    assert capsys.readouterr().err.endswith(f"Run: {line}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "command", [["complete", "Why?"], ["contract", "URL", "--only", "auth"]]
)
def test_a_full_disk_is_an_error_in_one_line(
    command: list[str], server: MockServer, run: Run
) -> None:
    arguments = [server.url if one == "URL" else one for one in command]
    with Path("/dev/full").open("w") as full:
        done = run(*arguments, stdout=full)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    "command", ["complete Why? >&-", "complete - <&-", "chat <&-", "translate <&-"]
)
def test_a_stream_that_is_closed_is_as_an_empty_one(
    command: str, program: list[str]
) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{' '.join(program)} {command}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (2 if "translate" in command else 0)
    assert "Traceback" not in done.stderr


def test_an_error_is_not_printed_to_stdout_where_stderr_is_closed(
    program: list[str],
) -> None:
    command = f"{' '.join(program)} translate </dev/null 2>&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("command", ["translate", "chat"])
def test_input_that_is_not_text_is_refused_in_every_locale(
    command: str, run: Run
) -> None:
    done = run(
        command,
        input=b"\n\nHuman: \xff\n\nAssistant:",
        env={"LC_ALL": "C"},
        text=False,
    )
    assert done.returncode == 2
    assert b"standard input is not UTF-8 text" in done.stderr


def test_clauses_without_their_docstrings_are_refused(run: Run) -> None:
    done = run("contract", "--list", env={"PYTHONOPTIMIZE": "2"})
    assert (done.returncode, done.stdout) == (2, "")
    assert "PYTHONOPTIMIZE=2 leave out: run without them" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_of_no_width_shows_the_clauses(run: Run) -> None:
    done = run("contract", "--list", env={"COLUMNS": "0"})
    assert "auth/1" in done.stdout


@pytest.mark.parametrize("reader", ["true", "head -n 1"])
def test_a_reader_that_leaves_early_is_not_an_error(
    reader: str, program: list[str]
) -> None:
    command = f"set -o pipefail; {' '.join(program)} complete Why? | {reader}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 141)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve"], "invalid choice: 'serve'"),
        (["mock", "--api-key", ""], "the key is empty"),
        (["mock", "--port", "http"], "invalid int value: 'http'"),
        (["mock", "--fault", "overloaded=x"], "'overloaded=x' is not NAME=RATE"),
        (["request", "GET", "/x", "-H", "sk-secret"], "has the form 'NAME: VALUE'"),
    ],
)
def test_a_bad_argument_is_refused_with_the_right_form(
    arguments: list[str], words: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    message = capsys.readouterr().err
    assert ended.value.code == 2
    assert words in message
    assert "sk-secret" not in message


@pytest.mark.skipif(sys.platform == "win32", reason="no signals between processes")
def test_an_interrupt_while_modules_are_imported_is_quiet() -> None:
    code = """
import os, signal, sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "text_completions_cli._chat":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
from text_completions_cli import main
sys.exit(main(["--help"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["di"], ["diff"]),
        (["contract", "--prof"], ["--profile"]),
        (["contract", "--profile", ""], ["full", "paid", "quick"]),
        (["diff", "pyproj"], ["pyproject.toml"]),
        (["mock", "--document", "openapi."], ["openapi.yaml"]),
        (["bridge", "--config", "pyproj"], ["pyproject.toml"]),
    ],
    ids=" ".join,
)
def test_bash_completes_commands_options_values_and_files(
    line: list[str], expected: list[str], capsys: Capture
) -> None:
    assert main(["completion", "bash"]) == 0
    words = " ".join(f"'{word}'" for word in ["text-completions", *line])
    asked = f"""{capsys.readouterr().out}
COMP_WORDS=({words}); COMP_CWORD={len(line)}
_shtab_text_completions text-completions "${{COMP_WORDS[COMP_CWORD]}}"
printf '%s\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        ["bash", "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert sorted(done.stdout.split()) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_names_every_command(shell: str, capsys: Capture) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [one for one in COMMANDS if one not in script] == []
