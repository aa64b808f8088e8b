"""Edits that must just work, one by one: each new piece is called at the mock.

`single_edits.yaml` has them. The mock serves the very document that the client was
emitted from; what arrives there is what the journal says.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from emitting import CONTRACT, ROOT, Bench, load, merged, plain

import package
from text_completions_server import MockServer, Record

EDITS: dict[str, dict[str, Any]] = plain(Path(__file__).with_name("single_edits.yaml"))
PROMPT = (
    r'model="claude-2.1", prompt="\n\nHuman: Hi\n\nAssistant:", max_tokens_to_sample=5'
)


def written(call: str) -> str:
    """Return a call of the fixture as Python."""
    return call.replace("PROMPT", PROMPT)


def test_there_are_enough_edits() -> None:
    assert len(EDITS) >= 45


class Scene:
    """The client of an edited document, and a mock that serves it."""

    def __init__(self, module: ModuleType, server: MockServer) -> None:
        self.module = module
        self.server = server
        self.client = module.Client(
            api_key="sk-test", base_url=server.url, max_retries=0, strict=True
        )

    def call(self, text: str, **names: Any) -> Any:
        scope = {
            "client": self.client,
            "datetime": datetime,
            "module": self.module,
            "null": self.module.null,
            "types": self.module.types,
            "uuid": uuid,
            **names,
        }
        return eval(written(text), scope)

    @property
    def request(self) -> Record:
        return self.server.requests[-1]


@pytest.fixture
def scene(
    bench: Bench, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    edit = EDITS[request.param]["edit"]
    # What ruff does makes no difference to a call; below, all packages have it.
    monkeypatch.setattr(package, "_ruff", lambda *_: None)
    module = load(bench.emit(merged(plain(CONTRACT), edit)), "single_edit")
    with MockServer(document=bench.document) as server:
        scene = Scene(module, server)
        with scene.client:
            yield scene
    for name in [one for one in sys.modules if one.startswith("single_edit")]:
        del sys.modules[name]


@pytest.mark.parametrize(("scene", "name"), [(n, n) for n in EDITS], indirect=["scene"])
def test_an_edit_can_be_called_and_its_bounds_are_kept(scene: Scene, name: str) -> None:
    for case in EDITS[name]["calls"]:
        made(scene, case)
    for call in EDITS[name].get("refused", ()):
        refused(scene, call)


def made(scene: Scene, case: dict[str, Any]) -> None:
    """Make a call of the fixture, and see what it says of it."""
    before = scene.server.requests.total
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = scene.call(case["call"])
    assert bool(caught) is ("warns" in case)
    if "warns" in case:
        told = {str(one.message): one.filename for one in caught}
        assert told[f"{case['warns']}, says openapi.yaml"] == "<string>"
    for statement in case.get("holds", ()):
        said = scene.call(statement, answer=answer, request=scene.request)
        assert said is True, f"{case['call']}: {statement}"
    if not case.get("holds") and hasattr(answer, "close"):
        answer.close()
    assert scene.server.requests.total == before + 1
    assert scene.request.status // 100 == 2
    arrived(scene.request, case.get("sent", {}))


def arrived(request: Record, sent: dict[str, Any]) -> None:
    """See that a request is what the fixture says."""
    for key in ("method", "path", "query"):
        if key in sent:
            assert getattr(request, key) == sent[key]
    for name, value in sent.get("headers", {}).items():
        assert request.headers[name] == value
    body = sent.get("body")
    if isinstance(body, dict):
        assert isinstance(request.body, dict)
        assert {name: request.body.get(name, "missing") for name in body} == body
    elif "body" in sent:
        assert request.body == body


def refused(scene: Scene, call: str) -> None:
    """See the client refuse a call before it is sent, and the mock if it is sent."""
    before = scene.server.requests.total
    with pytest.raises(scene.module.RequestValidationError):
        scene.call(call)
    assert scene.server.requests.total == before
    loose = scene.client.with_options(validate_requests=False)
    with pytest.raises(scene.module.BadRequestError):
        scene.call(call, client=loose)
    assert scene.request.status == 400


# Types ------------------------------------------------------------------------

HEAD = '''\
"""What callers write; mypy must see the types that are promised."""
import datetime
import uuid
from typing import assert_type
from {package} import Client, Stream, null, types

client = Client()
'''


def caller(name: str, edit: dict[str, Any]) -> str:
    """Write a module that makes the calls of an edit, with their types asserted."""
    lines = [HEAD.format(package=name)]
    for number, case in enumerate(edit["calls"]):
        answer = f"answer{number}"
        is_none = case.get("type") is None and "type" in case
        lines.append(f"{'' if is_none else f'{answer} = '}{written(case['call'])}")
        expected = {"answer": case["type"]} if "type" in case and not is_none else {}
        for expression, kind in (expected | case.get("types", {})).items():
            said = re.sub(r"\banswer\b", answer, expression)
            lines.append(f"assert_type({said}, {kind})")
    for call in edit.get("refused", ()):
        if "type: ignore" not in call:
            lines.append(written(call))
    lines += [f"{written(call)}  # type: ignore" for call in edit.get("ill_typed", ())]
    return "\n".join(lines) + "\n"


def slim(edit: dict[str, Any]) -> Any:
    """The edited document; where the edit leaves the messages alone, without them.

    That is half of the modules, and the same ones each time.
    """
    data = merged(plain(CONTRACT), edit)
    if "Message" in json.dumps(edit):
        return data
    del data["paths"]["/v1/messages"]
    schemas = data["components"]["schemas"]
    while unused := schemas.keys() - named(data):
        for name in unused:
            del schemas[name]
    return data


def named(data: Any) -> set[str]:
    """Return the names that references end in."""
    return set(re.findall(r'"#/[^"]*/(\w+)"', json.dumps(data)))


def test_all_emitted_packages_and_their_callers_type_check_strictly(
    tmp_path: Path,
) -> None:
    for number, edit in enumerate(EDITS.values()):
        name = f"edited{number}"
        bench = Bench(tmp_path / name)
        bench.folder.mkdir()
        bench.emit(slim(edit["edit"])).rename(tmp_path / "x")
        (tmp_path / "x").rename(tmp_path / name / name)
        (tmp_path / name / f"calls_{name}.py").write_text(caller(name, edit))
    errors = checked(tmp_path, [f"edited{n}" for n in range(len(EDITS))])
    assert not errors, "\n".join(errors)


def checked(folder: Path, names: list[str]) -> list[str]:
    """Return the errors that mypy finds in packages and in what calls them."""
    roots = [folder / name for name in names]
    settings = folder / "mypy.ini"
    settings.write_text(
        "[mypy]\nstrict = true\nwarn_unused_ignores = true\npython_version = 3.11\n"
        f"mypy_path = {':'.join(map(str, roots))}:{ROOT / 'src'}\n"
        "[mypy-text_completions_runtime.*]\nfollow_imports = silent\n"
    )
    sources = [str(path) for root in roots for path in sorted(root.glob("*.py"))]
    packages = [str(root / root.name) for root in roots]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", settings, *sources, *packages],
        cwd=folder,
        env={**os.environ, "MYPY_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return re.findall(r"^.*: error: .*$", done.stdout, re.MULTILINE)
