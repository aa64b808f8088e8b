"""Text of the document is data in the client, whatever it says."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from emitting import CONTRACT, Bench, Wire, contents, load, merged, plain, run_python

BOOM = "\nimport os\nraise SystemExit('boom')\n"
TEXTS = [
    'a"b',
    "a'b",
    '"""' + BOOM + '"""',
    "'''" + BOOM + "'''",
    'ends with a quote"',
    "ends with a backslash\\",
    "\\",
    '\\"""',
    "\\N{DASH} \\u12 \\x \\U00110000",
    "{{ 7*7 }} {% raw %} {# no #} {{ client.version }}",
    "{% endraw %}{{ ''.__class__ }}",
    "{braces} {0} %s %(a)s $HOME",
    "# a comment" + BOOM,
    "null \x00 byte, \x07 bell, \x85 next line, \u2028 separator, \ufeff mark",
    "\r\ncarriage\rreturn\ttab\n\n\n  indented\n\n",
    "]); __import__('os').abort() #",
    "*/ <script> `tick` ``two``",
    "x" * 300,
    "\U0001f600 émoji",
    "--- \u202e right to left",
]
ALL = " | ".join(TEXTS)


def _in_every_description(part: Any, key: str = "") -> Any:
    """Put the texts into all descriptions, summaries, titles and examples."""
    if isinstance(part, dict):
        return {name: _in_every_description(one, name) for name, one in part.items()}
    if isinstance(part, list):
        return [_in_every_description(one) for one in part]
    if key in ("description", "summary", "title", "example"):
        return f"{part} {ALL}"
    return part


def _named(texts: list[str]) -> dict[str, Any]:
    """Members, each with a hostile name of its own."""
    return {
        f"n{index} {text}": {"type": "string", "description": text, "default": text}
        for index, text in enumerate(texts)
    }


def edits() -> dict[str, Any]:
    members = _named(TEXTS[:10])
    kinds = {
        "word": {"type": "string", "enum": TEXTS},
        "title": {"const": ALL, "title": ALL, "examples": [ALL]},
        "pattern": {"type": "string", "pattern": '^"""\\{\\{\\\\N'},
        "inline": {"type": "object", "title": BOOM, "properties": {"a": {}}},
    }
    hostile = {"type": "object", "properties": {**members, **kinds}}
    schemas = {"Hostile": hostile, "OtherHostile": hostile | {"title": 'A"""'}}
    media = {"schema": {"$ref": "#/components/schemas/Hostile"}}
    query = {"name": '"]' + BOOM, "in": "query", "schema": {"type": "string"}}
    operation = {
        "operationId": 'hostile"""' + BOOM,
        "tags": ['hostile"""\n{{ 7*7 }}'],
        "parameters": [query],
        "requestBody": {"required": True, "content": {"application/json": media}},
        "responses": {
            "200": {"description": ALL, "content": {"application/json": media}},
            "499": {"description": ALL},
        },
    }
    return {
        "tags": [{"name": 'hostile"""\n{{ 7*7 }}', "description": ALL}],
        "info": {"title": ALL},
        "paths": {"/hostile/'\"\\%7B": {"post": operation}},
        "components": {"schemas": schemas},
        "x-contract-client": {
            "constants": {"HOSTILE": ALL, "NUMBER": 1.5, "FLAG": True},
            "credentials": [
                {"argument": "odd", "header": "x-odd", "prefix": "\"' {{ 7*7 }} \\N"}
            ],
        },
    }


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = _in_every_description(plain(CONTRACT))
    made = merged(data, edits())
    return Bench(tmp_path_factory.mktemp("hostile")).emit(made)


@pytest.fixture(scope="module")
def module(package: Path) -> Iterator[ModuleType]:
    yield load(package, "hostile_client")
    for name in [one for one in sys.modules if one.startswith("hostile_client")]:
        del sys.modules[name]


def test_the_package_imports_and_nothing_explodes(package: Path) -> None:
    done = run_python("import text_completions.types; print('fine')", package.parent)
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)


def test_no_text_became_code(package: Path) -> None:
    """Only what the templates say is called, imported or raised on import."""
    looked_at = 0
    for name, content in contents(package).items():
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(content)):
            looked_at += 1
            if isinstance(node, ast.Import):
                assert {one.name for one in node.names} <= IMPORTED, name
            assert not isinstance(node, (ast.Raise, ast.Global)), name
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "__import__", name
    assert looked_at > 5000


IMPORTED = {"attrs", "builtins", "datetime", "httpx", "uuid"}


def test_no_template_was_evaluated(package: Path) -> None:
    texts = [
        content.decode() for name, content in contents(package).items() if "py" in name
    ]
    assert sum("{{ 7*7 }}" in text for text in texts) > 5


def test_texts_arrive_as_they_were_written(module: ModuleType) -> None:
    assert ALL == module.HOSTILE == module.Client.HOSTILE
    assert (module.NUMBER, module.FLAG) == (1.5, True)
    assert "boom" in module.__doc__


def test_hostile_names_are_sent_and_read(module: ModuleType) -> None:
    names = _named(TEXTS[:10])
    content = dict.fromkeys(names, "here")
    there = Wire(module, httpx.Response(200, json=content))
    resource = next(
        getattr(there.client, name) for name in dir(there.client) if "hostile" in name
    )
    method = next(
        getattr(resource, name) for name in dir(resource) if name.startswith("hostile")
    )
    fields = method(word=TEXTS[3], title=ALL).FIELDS
    assert [wire for _, wire in fields][: len(names)] == list(names)
    assert there.body == {"word": TEXTS[3], "title": ALL}
    assert there.request.url.raw_path.startswith(b"/hostile/")
    for attribute, wire in fields[: len(names)]:
        assert attribute.isidentifier(), wire


@pytest.mark.parametrize("word", [TEXTS[0] + "x", "{{ 7*7 }}"])
def test_hostile_enumerations_are_still_checked(module: ModuleType, word: str) -> None:
    schema = module.client.API_SPEC.schemas["#/components/schemas/Hostile"]

    assert schema.violation({"word": TEXTS[0]}) is None
    assert schema.violation({"word": word}).path == ("word",)
