"""A document is found, read and followed the same way by every package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from text_completions_document import Document, DocumentError, read_document

SCHEMAS = "#/components/schemas"
GOOD: dict[str, Any] = {"openapi": "3.1.0", "info": {}, "paths": {}}


def document_of(schemas: Any, **more: Any) -> Document:
    return Document({"openapi": "3.1.0", "components": {"schemas": schemas}, **more})


def test_the_packaged_document_is_read_without_importing_the_client() -> None:
    program = (
        "import sys, text_completions_document as d\n"
        "assert d.read_document().at('#/paths/~1v1~1complete/post')\n"
        "print([name for name in sys.modules if name.startswith('text_comp')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "text_completions'" not in done.stdout


def test_a_reference_is_followed_to_where_its_target_stands() -> None:
    document = document_of(
        {"A": {"$ref": f"{SCHEMAS}/B", "title": "a"}, "B": {"type": "null"}, "C%/": {}}
    )
    at = f"{SCHEMAS}/A"
    assert document.follow(at, document.at(at)) == (f"{SCHEMAS}/B", {"type": "null"})
    assert document.follow(at, 3) == (at, 3)
    encoded = {"$ref": f"{SCHEMAS}/C%25~1"}
    assert document.follow(at, encoded) == (f"{SCHEMAS}/C%~1", {})


def test_keys_beside_a_reference_win() -> None:
    b = {"$ref": f"{SCHEMAS}/C", "title": "b", "maximum": 2}
    c = {"type": "integer", "title": "c", "minimum": 1}
    document = document_of({"B": b, "C": c})
    resolved = document.resolve("#", {"$ref": f"{SCHEMAS}/B", "title": "a"})
    assert resolved == {"type": "integer", "title": "a", "minimum": 1, "maximum": 2}


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("#/nowhere", "leads nowhere"),
        ("#/components/schemas/Bad/anyOf/9", "leads nowhere"),
        ("other.yaml#/A", "is outside of the document"),
        ("https://example.com/a.yaml", "is outside of the document"),
        ("#here", "is an anchor"),
        (f"{SCHEMAS}/Bad", "leads back to itself"),
    ],
)
def test_a_bad_reference_is_refused_when_the_document_is_read(
    reference: str, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.yaml"
    bad = json.dumps({"$ref": reference})
    file.write_text(f"openapi: 3.1.0\ncomponents:\n  schemas:\n    Bad: {bad}\n")
    with pytest.raises(DocumentError, match=reason) as caught:
        read_document(file)
    assert str(caught.value).startswith(f"{file}:4: {SCHEMAS}/Bad: $ref ")


def test_what_only_looks_like_a_reference_is_data() -> None:
    data = {"$ref": "./elsewhere.ts"}
    names = {"properties": {"$ref": {"type": "string"}, "example": {}}}
    document_of(
        {"A": {"example": data, "const": data, "enum": [data], "x-code": [data]}}
        | {"B": names, "default": {}},
        paths={"x-a": data, "/a": {"get": {"responses": {"x-b": [data]}}}},
    )


@pytest.mark.parametrize("key", ["enum", "default", "x-a"])
def test_a_reference_below_a_name_that_an_author_chose_is_checked(key: str) -> None:
    with pytest.raises(DocumentError, match="leads nowhere"):
        document_of({"A": {"properties": {key: {"$ref": "#/nowhere"}}}})


def test_the_items_of_a_stream_are_checked() -> None:
    media = {"x-oai-itemSchema": {"$ref": "#/nowhere"}}
    with pytest.raises(DocumentError, match="leads nowhere"):
        document_of({}, paths={"/a": {"get": {"responses": {"200": media}}}})


def test_a_snapshot_is_a_merge_patch_of_the_document() -> None:
    patch = {"info": {"title": None, "version": "2", "new": {"x": None, "y": 1}}}
    snapshots = {"x-contract-eras": {"2023": {"patch": patch}}}
    info = {"title": "a", "version": "1", "contact": {}}
    document = document_of({}, info=info, **snapshots)
    assert document.snapshot("2023").root["info"] == {
        "version": "2",
        "contact": {},
        "new": {"y": 1},
    }
    with pytest.raises(DocumentError, match=r"no era '2024'; .* describes: 2023"):
        document.snapshot("2024")


def test_an_error_names_the_nearest_line_and_no_control_characters(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("openapi: 3.1.0\ncomponents:\n  schemas: {A: {}}\n")
    document = read_document(file)
    error = document.error(f"{SCHEMAS}/A/properties/\x1b[31m", "is bad")
    assert str(error) == rf"{file}:3: {SCHEMAS}/A/properties/\x1b[31m: is bad"
    assert str(document.error("#", "is bad")) == f"{file}: is bad"


def test_a_json_file_is_read_by_a_json_reader(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"openapi": "3.1.0",\n\t"paths": {},}')
    with pytest.raises(DocumentError, match="is not JSON") as caught:
        read_document(file)
    assert str(caught.value).startswith(f"{file}:2:")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("missing.yaml", "No such file or directory; name a file"),
        (".", "directory"),
        ("git:", "has no revision"),
        ("git:--output=x", "has no revision"),
        ("git:nowhere", "git has no revision 'nowhere'"),
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


def test_a_revision_outside_of_a_repository_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(DocumentError, match="not a git repository"):
        read_document("git:HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one revision of a document."""
    (tmp_path / "openapi.yaml").write_text(json.dumps(GOOD), "utf-8")
    name = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"]):
        subprocess.run(["git", *name, *command], cwd=tmp_path, check=True)
    return tmp_path


def test_a_revision_is_read(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    for source in ("git:HEAD", "git:HEAD:openapi.yaml"):
        assert read_document(source).root == GOOD


def test_a_document_of_five_megabytes_is_read(tmp_path: Path) -> None:
    member = {"type": "string", "description": "A member of an object. " * 20}
    many = {
        f"S{n}": {"type": "object", "properties": {f"p{m}": member for m in range(10)}}
        for n in range(1000)
    }
    big = tmp_path / "big.json"
    big.write_text(json.dumps({**GOOD, "components": {"schemas": many}}), "utf-8")

    assert big.stat().st_size > 5_000_000
    assert len(read_document(big).root["components"]["schemas"]) == 1000


def test_a_document_beyond_all_measure_is_refused_unread(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DocumentError, match="larger than 16 MiB"):
        read_document(huge)
