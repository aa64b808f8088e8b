"""`text-completions diff OLD NEW` compares files and revisions."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from text_completions_cli import main


def test_a_revision_is_compared_with_a_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    old = {"openapi": "3.1.0", "info": {}, "paths": {}}
    (tmp_path / "openapi.yaml").write_text(json.dumps(old), "utf-8")
    name = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"]):
        subprocess.run(["git", *name, *command], check=True)
    new = {**old, "paths": {"/a": {"get": {"responses": {}}}}}
    (tmp_path / "new.json").write_text(json.dumps(new), "utf-8")

    assert main(["diff", "git:HEAD", "new.json", "--format", "json"]) == 0
    (there,) = json.loads(capsys.readouterr().out)
    assert main(["diff", "new.json", "git:HEAD:openapi.yaml", "--format", "json"]) == 1
    (back,) = json.loads(capsys.readouterr().out)

    assert there["severity"] == "compatible"
    assert there["kind"] == "operation-added"
    assert there["pointer"] == "#/paths/~1a/get"
    assert there["message"] == "GET /a can be called now"
    assert (back["severity"], back["kind"]) == ("breaking", "operation-removed")


@pytest.mark.parametrize(
    ("paths", "place"),
    [
        (["/a"], "#/components/schemas/A/maxItems (POST /a: body)"),
        (["/a", "/b", "/c"], "maxItems (POST /a: body and 2 more places)"),
    ],
    ids=["one place", "three places"],
)
def test_a_change_names_one_place_and_counts_the_others(
    paths: list[str],
    place: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    files = [tmp_path / "old.json", tmp_path / "new.json"]
    for file, most in zip(files, (4, 3), strict=True):
        schemas = {"A": {"type": "array", "maxItems": most}}
        document = {
            "openapi": "3.1.0",
            "info": {},
            "paths": {path: {"post": operation} for path in paths},
            "components": {"schemas": schemas},
        }
        file.write_text(json.dumps(document), "utf-8")

    assert main(["diff", *map(str, files)]) == 1
    assert place in capsys.readouterr().out
