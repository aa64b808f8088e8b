"""An edited document is judged by its own bounds and names, not by today's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from calling import failed

from text_completions_contract import Settings, run
from text_completions_document import read_document
from text_completions_server import MockServer

ONLY = ("request", "errors", "versions", "limits", "messages")
SCHEMAS = ("CompletionCreateParams", "MessageCreateParams")
Schemas = dict[str, Any]


def parameter(name: str, **keywords: Any) -> Callable[[Schemas], None]:
    """Change keywords of a parameter of both operations."""

    def edit(schemas: Schemas) -> None:
        for schema in SCHEMAS:
            schemas[schema]["properties"][name].update(keywords)

    return edit


def added(schemas: Schemas) -> None:
    for schema in SCHEMAS:
        seed = {"type": "integer", "minimum": 0, "maximum": 9}
        schemas[schema]["properties"]["seed"] = seed


def required(schemas: Schemas) -> None:
    for schema in SCHEMAS:
        seed = {"type": "integer", "minimum": 0, "examples": [7]}
        schemas[schema]["properties"]["seed"] = seed
        schemas[schema]["required"].append("seed")


def removed(schemas: Schemas) -> None:
    for schema in SCHEMAS:
        del schemas[schema]["properties"]["top_k"]


def opened(schemas: Schemas) -> None:
    del schemas["CompletionCreateParams"]["additionalProperties"]


def shorter(schemas: Schemas) -> None:
    schemas["Metadata"]["properties"]["user_id"]["maxLength"] = 100


def higher(schemas: Schemas) -> None:
    limit = schemas["CompletionCreateParams"]["properties"]["max_tokens_to_sample"]
    limit["minimum"] = 5


# Each with clauses that find a server which does not follow the edit.
EDITS: dict[str, tuple[Callable[[Schemas], None], list[str]]] = {
    "a higher temperature": (
        parameter("temperature", maximum=2),
        ["request/3", "request/17", "messages/16"],
    ),
    "a lower temperature": (
        parameter("temperature", maximum=0.5),
        ["request/4", "messages/4"],
    ),
    "a limit of top_k": (
        parameter("top_k", maximum=100),
        ["request/8", "messages/4"],
    ),
    "four stop sequences": (
        parameter("stop_sequences", maxItems=4),
        ["request/13", "messages/4"],
    ),
    "a new parameter": (added, ["request/17", "messages/16"]),
    "a new parameter that is required": (required, []),
    "no top_k": (removed, ["request/2"]),
    "any member": (opened, []),
    "shorter users": (shorter, []),
    "five tokens at least": (higher, ["request/9"]),
}


def edited(folder: Path, edit: Callable[[Schemas], None]) -> Path:
    """An edited document, with a small limit of bodies."""
    root: Any = json.loads(json.dumps(read_document().root))
    for item in root["paths"].values():
        item.get("post", {}).get("requestBody", {})["x-contract-max-bytes"] = 2**20
    edit(root["components"]["schemas"])
    place = folder / "edited.json"
    place.write_text(json.dumps(root))
    return place


@pytest.mark.parametrize("name", EDITS)
def test_a_server_that_follows_an_edit_conforms(name: str, tmp_path: Path) -> None:
    document = edited(tmp_path, EDITS[name][0])
    with MockServer(document=document) as mock:
        report = run(mock.url, Settings(document=document, only=ONLY))
    assert failed(report) == {}
    assert report.exit_code == 0


@pytest.mark.parametrize("name", [name for name, (_, ids) in EDITS.items() if ids])
def test_a_server_that_does_not_follow_an_edit_deviates(
    name: str, tmp_path: Path
) -> None:
    edit, finding = EDITS[name]
    settings = Settings(document=edited(tmp_path, edit), only=("request", "messages"))
    with MockServer() as mock:
        report = run(mock.url, settings)
    assert list(failed(report)) == finding
