"""Every command refuses a document that it cannot use: one line, quickly, cheaply."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import emit
from text_completions_cli import main
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


def with_reference(reference: str, more: str = "") -> bytes:
    """Write the contract with another `$ref` in place of one of its own."""
    body = "$ref: '#/components/schemas/CompletionCreateParams'"
    assert body in CONTRACT
    text = CONTRACT.replace(body, f"$ref: {json.dumps(reference)}", 1)
    return text.replace("\n  schemas:\n", f"\n  schemas:\n{more}", 1).encode()


def replaced(old: str, new: str) -> bytes:
    assert old in CONTRACT
    return CONTRACT.replace(old, new, 1).encode()


ODD = "#/components/schemas/Odd"
LONG = f"long: &l {'x' * 100_000}\nall: [{'*l, ' * 1000}]\n"
BAD: dict[str, tuple[bytes, str]] = {
    "Swagger 2": (b"swagger: '2.0'\npaths: {/a: {}}\n", "swagger.* convert it"),
    "OpenAPI 3.0": (
        replaced("openapi: 3.1.0", "openapi: 3.0.3"),
        "'3.0.3'.*: write null",
    ),
    "OpenAPI 3.2": (
        replaced("openapi: 3.1.0", "openapi: 3.2.0"),
        "'3.2.0'.*: say 3.1.0 if it uses nothing newer",
    ),
    "OpenAPI 4": (
        replaced("openapi: 3.1.0", "openapi: 4.0.0"),
        "'4.0.0'.*: write openapi: 3.1.0",
    ),
    "a bomb of aliases": (
        CONTRACT.encode() + nested(9, 10).encode(),
        "there are more than",
    ),
    "a bomb of long texts": (CONTRACT.encode() + LONG.encode(), "more text than"),
    "an alias within itself": (b"paths: &a {/a: *a}\n", "no anchor &a that ends"),
    "20 MB": (CONTRACT.encode() + b"# more\n" * 3_000_000, "larger than 16 MiB"),
    "UTF-16": (CONTRACT.encode("utf-16"), "UTF-8 at byte 0: save it as UTF-8"),
    "Latin-1": (CONTRACT.encode() + b"# \xfc\n", "UTF-8 at byte"),
    "tabs": (b"paths:\n\t/a: {}\n", "indent with spaces, not with tabs"),
    "an empty file": (b"", "is not an OpenAPI document"),
    "comments alone": (b"# nothing\n", "is not an OpenAPI document"),
    "a list on top": (b"- openapi: 3.1.0\n", "is not an OpenAPI document"),
    "nothing in it": (b"openapi: 3.1.0\n", "has no paths"),
    "a key twice": (
        replaced("openapi: 3.1.0\n", "openapi: 3.1.0\nopenapi: 3.1.0\n"),
        "the key 'openapi' appears twice",
    ),
    "a key twice in JSON": (b'{"openapi": "3.1.0", "openapi": "3.1.0"}', "twice"),
    "a tag of Python": (
        replaced("title: Text", "title: !!python/name:os.system Text"),
        "the tag .* is not supported",
    ),
    "a remote reference": (
        with_reference("http://127.0.0.1:9/other.yaml"),
        re.escape("http://127.0.0.1:9/other.yaml"),
    ),
    "a reference to nothing": (with_reference(ODD), "leads nowhere"),
    "a reference in a circle": (
        with_reference(ODD, f"    Odd: {{$ref: '{ODD}'}}\n"),
        "leads back to itself",
    ),
    "not YAML": (b"openapi: [\n", "2:1: is not YAML"),
}
HEAVY = ["a bomb of aliases", "a bomb of long texts", "20 MB"]
COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "generator/emit.py": emit.main,
    "-m text_completions_cli mock": lambda arguments: main(["mock", *arguments]),
    "-m text_completions_cli contract": lambda arguments: main(
        ["contract", *arguments]
    ),
    "-m text_completions_cli diff": lambda arguments: main(["diff", *arguments]),
}


def arguments_of(command: str, folder: Path, file: Path) -> list[str]:
    if "diff" in command:
        return [str(ROOT / "openapi.yaml"), str(file)]
    options = ["--output", str(folder / "out")]
    if "mock" in command:
        options = ["--port", "0"]
    elif "contract" in command:
        options = ["http://127.0.0.1:9"]
    return [*options, "--document", str(file)]


def written(folder: Path, name: str) -> tuple[Path, str]:
    content, reason = BAD[name]
    file = folder / "openapi.yaml"
    file.write_bytes(content)
    return file, reason


def assert_refused(output: str, file: Path, reason: str) -> None:
    first = output.splitlines()[0]
    assert str(file) in first
    assert re.search(reason, first)
    assert len(output.splitlines()) <= 2
    assert len(first) < 500


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (command, name)
        for command in COMMANDS
        for name in BAD
        # The diff reads OpenAPI 3.2.
        if name not in HEAVY and ("diff" not in command or name != "OpenAPI 3.2")
    ],
)
def test_a_bad_document_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    file, reason = written(tmp_path, name)
    assert COMMANDS[command](arguments_of(command, tmp_path, file)) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert_refused(output.err, file, reason)


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
    assert_refused(done.stderr, file, reason)


def test_a_byte_order_mark_is_not_part_of_a_document(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_bytes(CONTRACT.encode("utf-8-sig"))
    create_app(document=file)
    arguments = ["--document", str(file), "--output", str(tmp_path / "out")]
    assert emit.main(arguments) == 0
