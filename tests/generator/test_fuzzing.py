"""Whatever is done to the document, it becomes a client or is refused in words."""

from __future__ import annotations

import contextlib
import copy
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

from emitting import CONTRACT, Bench, at, merged, plain
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from single_edits import GROUPS, edited

from context.naming import argument_name, member_name
from document.supported import is_name
from text_completions_document import DocumentError

EDITS = plain(Path(__file__).with_name("edits.yaml"))
DOCUMENTS = [merged(plain(CONTRACT), EDITS), edited(max(GROUPS, key=len))]
ODD = [
    None, True, False, 0, -1, 1.5, 10**30, "", "a", "x-y", "class", "{{ 7*7 }}", "é²",
    '"""', "\\", "\n", "\x00", "#/components/schemas/Model", "string", "object", "null",
    [], ["a"], [None], [[]], [{}], {}, {"": ""}, {"a": None}, {"$ref": "#"},
    {"$ref": "#/components/schemas/Usage"}, {"type": "object"}, {"type": ["string"]},
    {"const": None}, {"enum": [1, "a", None]}, {"anyOf": [{}]}, {"allOf": [{}]},
    {"type": "array", "items": {"type": "array", "items": {}}}, {"not": {}},
    {"type": "object", "properties": {"a": {"type": "object"}}, "required": ["b"]},
]  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List where something stands in a document, but for what only people read."""
    if path and path[-1] in ("examples", "example"):
        return []
    pairs = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    below = [place for key, one in pairs for place in places(one, (*path, key))]
    return [path, *below] if path else below


PLACES = [place for one in DOCUMENTS for place in places(one)]
CHANGES = st.tuples(
    st.sampled_from(["delete", "replace", "rename", "copy"]),
    st.sampled_from(PLACES),
    st.sampled_from(ODD),
    st.sampled_from(PLACES),
)


def change(data: Any, how: str, path: tuple[Any, ...], odd: Any, other: Any) -> None:
    """Do one thing to the document, where it still has what it is done to."""
    try:
        parent = at(data, path[:-1])
        parent[path[-1]]
        source = copy.deepcopy(at(data, other))
    except (KeyError, IndexError, TypeError):
        return
    if how == "delete":
        del parent[path[-1]]
    elif how == "replace":
        parent[path[-1]] = copy.deepcopy(odd)
    elif how == "copy":
        parent[path[-1]] = source
    elif isinstance(parent, dict):
        parent[odd if isinstance(odd, str) else "odd"] = parent.pop(path[-1])


def test_there_is_enough_to_change() -> None:
    assert len(PLACES) > 1500


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.sampled_from(DOCUMENTS), st.lists(CHANGES, min_size=1, max_size=3))
def test_a_changed_document_becomes_a_client_or_is_refused(
    document: Any, changes: Any
) -> None:
    data = copy.deepcopy(document)
    for one in changes:
        change(data, *one)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        with contextlib.suppress(DocumentError):
            bench.emit(data, ruff=False)


@example("ﬁrst")
@example("x²")
@given(st.text(max_size=20))
@settings(database=None, derandomize=True)
def test_every_name_becomes_an_identifier(text: str) -> None:
    for make in (argument_name, member_name):
        name = make(text)
        assert name.isidentifier()
        assert unicodedata.normalize("NFKC", name) == name  # as Python reads it
        assert is_name(name) or not name.isascii()
