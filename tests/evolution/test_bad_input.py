"""What is no document to compare is told in one line, soon, and with exit status 2."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from text_completions_cli import main
from text_completions_contract.changes import DocumentError, read_document

GOOD: dict[str, Any] = {"openapi": "3.1.0", "info": {}, "paths": {}}
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


def schema(value: Any) -> str:
    """Write a document whose one schema this is."""
    return json.dumps({**GOOD, "components": {"schemas": {"A": value, "B": {}}}})


BAD: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "it is no object"),
    "a list": ("[1, 2]", "it is no object"),
    "not YAML": ("a: [", "not YAML"),
    "a key twice": ("openapi: 3.1.0\ninfo: {}\ninfo: {}\n", "'info' stands twice"),
    "a key twice in JSON": ('{"a": 1, "a": 2}', "'a' stands twice"),
    "not UTF-8": (b"openapi: 3.1.0 # \xe9", "is not UTF-8"),
    "a YAML bomb": (BOMB, "a YAML bomb"),
    "an alias within itself": ("a: &a [*a]", "within what it stands for"),
    "too deep": ("[" * 5000 + "]" * 5000, ""),
    "deep, but readable": ('{"a":' * 300 + "1" + "}" * 300, "deeper than 200"),
    "not a number": ("a: .nan", "is no JSON value"),
    "a number beyond all": ("a: 1.0e+999", "is no JSON value"),
    "a number beyond all in JSON": ('{"a": 1e999}', "is no number"),
    "a whole number beyond all": ("a: 1" + "0" * 5000, ""),
    "a tag of Python": ("a: !!python/object:os.system {}", "stands for no JSON value"),
    "a key that is a list": ("? [a]\n: b\n", "a key is no text"),
    "Swagger 2": ("swagger: '2.0'\npaths: {}\n", "Swagger 2.0 is not read; convert"),
    "OpenAPI 3.0": ("openapi: 3.0.3\npaths: {}\n", "OpenAPI 3.0.3 is not read"),
    "OpenAPI 3.2": ("openapi: 3.2.0\npaths: {}\n", "OpenAPI 3.2.0 is not read"),
    "no OpenAPI": ("a: 1", "write `openapi: 3.1.0`"),
    "nothing in it": ("openapi: 3.1.0", "neither paths, webhooks nor components"),
    "a remote reference": (
        schema({"$ref": "https://example.com/a.yaml#/A"}),
        "is not within the document; bundle it",
    ),
    "a reference to nothing": (schema({"$ref": "#/x"}), "leads nowhere"),
    "an anchor": (schema({"$ref": "#here"}), "write a JSON pointer"),
    "a circular reference": (
        schema({"$ref": "#/components/schemas/A"}),
        "leads back to itself",
    ),
}


@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD)
def test_a_bad_document_is_told_in_one_line(
    content: str | bytes,
    reason: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(json.dumps(GOOD), "utf-8")
    bad.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert main(["diff", str(good), str(bad)]) == 2

    told = capsys.readouterr()
    assert told.err.startswith(f"text-completions diff: {bad}: ")
    assert reason in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("missing.yaml", "No such file or directory; name a file"),
        (".", "directory"),
        ("git:", "names no revision"),
        ("git:--output=x", "names no revision"),
        ("git:nowhere", "no revision 'nowhere'"),
        ("git:HEAD:nowhere.yaml", "does not exist"),
    ],
)
def test_a_document_that_is_not_there_says_where_it_was_looked_for(
    source: str, reason: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(DocumentError) as caught:
        read_document(source)
    assert str(caught.value).startswith(f"{source}: ")
    assert reason.lower() in str(caught.value).lower()


def test_a_revision_without_a_repository_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(DocumentError, match="not a git repository"):
        read_document("git:HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one revision of a document."""
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(GOOD), "utf-8")
    name = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"]):
        subprocess.run(["git", *name, *command], cwd=tmp_path, check=True)
    return tmp_path


def test_a_revision_is_compared_with_a_file(
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(repository)
    new = {**GOOD, "paths": {"/a": {"get": {"responses": {}}}}}
    (repository / "new.json").write_text(json.dumps(new), "utf-8")

    assert main(["diff", "git:HEAD", "new.json", "--format", "json"]) == 0
    (there,) = json.loads(capsys.readouterr().out)
    assert main(["diff", "new.json", "git:HEAD:openapi.yaml", "--format", "json"]) == 1
    (back,) = json.loads(capsys.readouterr().out)

    assert there["severity"] == "compatible"
    assert there["kind"] == "operation-added"
    assert there["pointer"] == "#/paths/~1a/get"
    assert there["message"] == "GET /a may be called now"
    assert (back["severity"], back["kind"]) == ("breaking", "operation-removed")


def test_a_document_of_five_megabytes_is_compared(tmp_path: Path) -> None:
    member = {"type": "string", "description": "A member of an object. " * 20}
    many = {
        f"S{n}": {"type": "object", "properties": {f"p{m}": member for m in range(10)}}
        for n in range(1000)
    }
    big = tmp_path / "big.json"
    big.write_text(json.dumps({**GOOD, "components": {"schemas": many}}), "utf-8")

    assert big.stat().st_size > 5_000_000
    assert len(read_document(str(big)).root["components"]["schemas"]) == 1000


def test_a_document_beyond_all_measure_is_refused_unread(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DocumentError, match="larger than 16 MiB"):
        read_document(str(huge))


def test_dates_and_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    one = tmp_path / "one.yaml"
    one.write_text(
        "openapi: 3.1.0\npaths: {}\ninfo: {version: 2023-06-01}\n"
        "x-base: &base {a: 1, b: 2}\nx-merged: {<<: *base, 200: c, b: 3}\n",
        "utf-8",
    )
    root = read_document(str(one)).root
    assert root["info"]["version"] == "2023-06-01"
    assert root["x-merged"] == {"a": 1, "b": 3, "200": "c"}
