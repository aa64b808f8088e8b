"""Emits packages in the test's own folders, in this process and in others."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

import emit
import package as emission
from document.supported import SupportedDocument, read_supported_document
from package import build

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "openapi.yaml"
CONFIG = ROOT / "generator-config.yml"
EMIT = ROOT / "generator" / "emit.py"


@lru_cache
def _as_json(path: Path) -> str:
    return json.dumps(yaml.safe_load(path.read_text("utf-8")))


def plain(path: Path) -> Any:
    """Read YAML as plain data, the caller's own."""
    return json.loads(_as_json(path))


def at(data: Any, path: tuple[Any, ...]) -> Any:
    """Follow the steps of a path into the data."""
    for step in path:
        data = data[step]
    return data


def merged(data: Any, edits: Any) -> Any:
    """Add the edits to the data: mappings are merged, lists are added to lists."""
    if isinstance(data, dict) and isinstance(edits, dict):
        both = {key: merged(data[key], edits[key]) for key in data.keys() & edits}
        return {**data, **edits, **both}
    if isinstance(data, list) and isinstance(edits, list):
        return data + edits
    return edits


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def run_emit(
    *arguments: str | Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command behind `make generate`."""
    return subprocess.run(
        [sys.executable, str(EMIT), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def call_emit(
    *arguments: str | Path, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Do in this process what `run_emit` does in another: it is much quicker."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        status = emit.main([*map(str, arguments)])
    return subprocess.CompletedProcess(
        arguments, status, out.getvalue(), err.getvalue()
    )


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter of its own that finds the package in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


class Compiled(BytecodeCache):
    """Keeps what templates are compiled to: it takes most of an emission."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:  # it checks that the template is still the same
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class Project(emission.Project):
    compiled = Compiled()

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.env.bytecode_cache = self.compiled


emission.Project = Project  # type: ignore[misc]


class Bench:
    """A folder with a document, and with the package that is emitted from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.document = folder / "openapi.yaml"
        self.package = folder / "out" / "text_completions"

    def write(self, data: Any) -> Path:
        """Write a document: JSON is YAML too, and quick to write."""
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        self.document.write_text(text, encoding="utf-8")
        return self.document

    def document_of(self, data: Any) -> SupportedDocument:
        """Write a document; data is taken as it is, and only a text is read again."""
        path = self.write(data)
        if isinstance(data, str):
            return read_supported_document(path)
        return SupportedDocument(data, str(path), path.read_text("utf-8"))

    def emit(self, data: Any, *, ruff: bool = True) -> Path:
        """Emit the package of a document, in this process.

        Without ruff it is neither sorted nor formatted, and means the same.
        """
        document = self.document_of(data)
        self.package.parent.mkdir(exist_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            if not ruff:
                patch.setattr(emission, "_ruff", lambda *_: None)
            build(document, CONFIG, self.package, "1.2.3")
        return self.package


def load(package: Path, name: str) -> ModuleType:
    """Import an emitted package under a name of its own, beside the installed one."""
    spec = importlib.util.spec_from_file_location(
        name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Wire:
    """Answers calls of a client, and keeps what was sent."""

    def __init__(
        self, module: ModuleType, answer: httpx.Response | None = None
    ) -> None:
        self.sent: list[httpx.Request] = []
        self.answer = answer or httpx.Response(200, json={})
        transport = httpx.MockTransport(self._answer)
        self.client: Any = module.Client(
            api_key="sk-test",
            max_retries=0,
            http_client=httpx.Client(transport=transport),
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.answer

    @property
    def request(self) -> httpx.Request:
        (request,) = self.sent
        return request

    @property
    def body(self) -> Any:
        return json.loads(self.request.content)
