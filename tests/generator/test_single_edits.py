"""Edits that must just work: each new piece of the document is called at the mock.

`single_edits.yaml` has them. The mock serves the very document that the client was
emitted from; what arrives there is what the journal says.
"""

from __future__ import annotations

import datetime
import sys
import uuid
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from emitting import Bench, load
from single_edits import EDITS, GROUPS, edited, written

from text_completions_server import MockServer, Record


def test_there_are_enough_edits() -> None:
    assert len(EDITS) >= 45
    assert sorted(name for group in GROUPS for name in group) == sorted(EDITS)
    assert 10 < len(GROUPS) < len(EDITS) / 2


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


@pytest.fixture(scope="module")
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """The client and the mock of a group's document."""
    bench = Bench(tmp_path_factory.mktemp("edited"))
    module = load(bench.emit(edited(request.param), ruff=False), "single_edit")
    with MockServer(document=bench.document) as server:
        scene = Scene(module, server)
        with scene.client:
            yield scene
    for name in [one for one in sys.modules if one.startswith("single_edit")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("scene", "name"),
    [(group, name) for group in GROUPS for name in group],
    indirect=["scene"],
    ids=[name for group in GROUPS for name in group],
    scope="module",
)
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
        warned = {str(one.message): one.filename for one in caught}
        assert warned[f"{case['warns']} in openapi.yaml"] == "<string>"
    for statement in case.get("holds", ()):
        holds = scene.call(statement, answer=answer, request=scene.request)
        assert holds is True, f"{case['call']}: {statement}"
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
