"""The templates: shape alone, nothing of this API, and a note at the top of each."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest
from emitting import CONTRACT, ROOT

from document.supported import extensions, read_supported_document

TEMPLATES = sorted((ROOT / "generator" / "templates").glob("*.jinja"))
# Words of Python, of HTTP and of the runtime that the document happens to use too.
COMMON = {
    "id", "type", "text", "error", "message", "stop", "model", "event", "data",
    "stream", "index", "user", "content", "body", "details", "exception", "name",
    "version", "log", "base_url", "system", "request_id", "content-type",
    "Model", "unnamed", "cumulative", "end", "switch", "role", "allow", "final",
    "parts", "from", "to", "how", "assistant", "messages", "prompt",
}  # fmt: skip


@lru_cache
def names_of_the_api() -> set[str]:
    """Collect what the document calls its things."""
    document = read_supported_document(CONTRACT)
    root = document.root
    names = set(root["paths"]) | {tag["name"] for tag in root["tags"]}
    names |= {name for parts in root["components"].values() for name in parts}
    for _, schema in document.parts("schema"):
        names |= set(schema.get("properties", {}))
        names |= {one for one in schema.get("enum", ()) if isinstance(one, str)}
    names |= {one["operationId"] for _, one in document.operations()}
    names |= {one["name"] for _, one in document.parts("parameter")}
    for _, response in document.parts("response"):
        names |= set(response.get("headers", {}))
    for name in extensions().keys() - {
        "x-contract-eras"
    }:  # a patch, in OpenAPI's words
        for kind in extensions()[name]:
            for _, part in document.parts(kind):
                names |= set(_texts(part.get(name)))
    return names - {""}


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)] + [
            key for key in value if key.isupper() or "-" not in key
        ]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


EXTENSION_KEYS = {
    "sync", "async", "constants", "credentials", "environment", "errors", "argument",
    "header", "prefix", "scheme", "last", "versions", "ignore", "events", "pointer",
    "default", "context", "resolves", "custom_headers", "Client", "AsyncClient",
    "moved", "dialogue",
}  # fmt: skip


def test_enough_names_are_looked_for() -> None:
    names = names_of_the_api()
    assert {
        "max_tokens_to_sample",
        "completions_create",
        "/v1/complete",
        "anthropic-version",
        "HUMAN_PROMPT",
        "Anthropic",
        "AnthropicError",
        "[DONE]",
        "betas",
        "ANTHROPIC_API_KEY",
        "OverloadedError",
        "completions",
    } <= names
    assert len(names - COMMON - EXTENSION_KEYS) > 100


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_names_nothing_of_this_api(path: Path) -> None:
    text = path.read_text("utf-8")
    sought = names_of_the_api() - COMMON - EXTENSION_KEYS
    found = [
        name
        for name in sorted(sought)
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_starts_with_a_note(path: Path) -> None:
    note = re.match(r"\{# .{20,}?#\}\n", path.read_text("utf-8"), re.DOTALL)
    assert note is not None


def test_there_are_templates() -> None:
    assert len(TEMPLATES) >= 10
