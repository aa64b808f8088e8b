"""A document that cannot be used is refused in words, quickly, in little memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import emit
from text_completions_cli._main import main
from text_completions_server import create_app

ROOT = Path(__file__).parent.parent
CONTRACT = (ROOT / "openapi.yaml").read_text("utf-8")
MEMORY = 1_500_000_000
SECONDS = 20


def nested(depth: int, width: int) -> str:
    """Write aliases of aliases: a few hundred bytes that mean width**depth parts."""
    lines = [f"a0: &a0 [{', '.join(['x'] * width)}]"]
    for level in range(1, depth):
        inner = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} [{inner}]")
    return "\n".join(lines) + "\n"


def with_line(after: str, line: str) -> str:
    assert CONTRACT.count(after) >= 1
    return CONTRACT.replace(after, f"{after}{line}\n", 1)


BOMB = nested(9, 10)
CIRCLE = "{$ref: '#/components/schemas/Odd'}"
LONG = f"long: &l {'x' * 100_000}\nall: [{'*l, ' * 1000}]\n"
BAD: dict[str, tuple[bytes, str]] = {
    "Swagger 2": (b"swagger: '2.0'\npaths: {/a: {}}\n", "'swagger 2.0': convert it"),
    "OpenAPI 3.0": (
        CONTRACT.replace("openapi: 3.1.0", "openapi: 3.0.3").encode(),
        "only OpenAPI 3.1 is read, and this says '3.0.3': write nullable as a type",
    ),
    "OpenAPI 3.2": (
        CONTRACT.replace("openapi: 3.1.0", "openapi: 3.2.0").encode(),
        "this says '3.2.0': say 3.1.0 if it uses nothing newer",
    ),
    "a bomb of aliases": (CONTRACT.encode() + BOMB.encode(), "there are more than"),
    "a bomb of long texts": (CONTRACT.encode() + LONG.encode(), "more text than"),
    "an alias within itself": (b"paths: &a {/a: *a}\n", "#/"),
    "5 MB": (CONTRACT.encode() + b"# more\n" * 800_000, "bytes are not read"),
    "UTF-16": (CONTRACT.encode("utf-16"), "UTF-8 at byte 0: save it as UTF-8"),
    "Latin-1": (CONTRACT.encode() + b"# \xfc\n", "UTF-8 at byte"),
    "tabs": (b"paths:\n\t/a: {}\n", "indent with spaces, not with tabs"),
    "an empty file": (b"", "not a"),
    "comments alone": (b"# nothing\n", "not a"),
    "a list on top": (b"- openapi: 3.1.0\n", "not a"),
    "a key that stands twice": (
        with_line("openapi: 3.1.0\n", "openapi: 3.1.0").encode(),
        "the key 'openapi' stands there twice: keep one of them",
    ),
    "a key that is no text": (
        CONTRACT.replace("'200':", "200:", 1).encode(),
        "the key 200 is no text: quote it",
    ),
    "a date": (
        CONTRACT.replace("  version: '2023-06-01'", "  version: 2023-06-01").encode(),
        "2023-06-01 is read as a date: put it in quotes",
    ),
    "a remote reference": (
        CONTRACT.replace(
            "$ref: '#/components/schemas/CompletionCreateParams'",
            "$ref: 'http://127.0.0.1:9/other.yaml'",
            1,
        ).encode(),
        "http://127.0.0.1:9/other.yaml",
    ),
    "a reference in a circle": (
        CONTRACT.replace(
            "$ref: '#/components/schemas/CompletionCreateParams'",
            "$ref: '#/components/schemas/Odd'",
            1,
        )
        .replace("\n  schemas:\n", f"\n  schemas:\n    Odd: {CIRCLE}\n")
        .encode(),
        "leads back to itself",
    ),
    "no YAML": (b"openapi: [\n", "2"),
}
HEAVY = ["a bomb of aliases", "a bomb of long texts", "an alias within itself", "5 MB"]
COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "generator/emit.py": emit.main,
    "-m text_completions_cli mock": lambda arguments: main(["mock", *arguments]),
}


def refused(told: str, file: Path, reason: str) -> None:
    first = told.splitlines()[0]
    assert str(file) in first
    assert reason in first
    assert len(told.splitlines()) <= 2
    assert len(first) < 400


def written(folder: Path, name: str) -> tuple[Path, str]:
    content, reason = BAD[name]
    file = folder / "openapi.yaml"
    file.write_bytes(content)
    return file, reason


def arguments_of(command: str, folder: Path, file: Path) -> list[str]:
    away = ["--port", "0"] if "mock" in command else ["--output", str(folder / "out")]
    return [*away, "--document", str(file)]


@pytest.mark.parametrize("name", [name for name in BAD if name not in HEAVY])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_document_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    file, reason = written(tmp_path, name)
    assert COMMANDS[command](arguments_of(command, tmp_path, file)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    refused(told.err, file, reason)


def limited() -> None:
    """Bound what the command may use: a bomb must not reach the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize("name", HEAVY)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_heavy_document_is_refused_in_bounded_time_and_memory(
    tmp_path: Path, command: str, name: str
) -> None:
    file, reason = written(tmp_path, name)
    done = subprocess.run(
        [sys.executable, *command.split(), *arguments_of(command, tmp_path, file)],
        cwd=ROOT,
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    refused(done.stderr, file, reason)


def test_a_mark_of_the_byte_order_is_no_part_of_a_document(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_bytes(CONTRACT.encode("utf-8-sig"))
    create_app(document=file)
    arguments = ["--document", str(file), "--output", str(tmp_path / "out")]
    assert emit.main(arguments) == 0
