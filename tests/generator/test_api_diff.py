"""`make generate` says what callers see of an edit: names, types, defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from emitting import CONTRACT, Bench, call_emit, contents, merged, plain
from hypothesis import given
from hypothesis import strategies as st

import emit
from api_diff import Item, changes, public_api_of


def schemas(**edits: Any) -> dict[str, Any]:
    return {"components": {"schemas": edits}}


EDITS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a parameter": (
        schemas(
            CompletionCreateParams={"properties": {"pick-of": {"type": "integer"}}}
        ),
        [
            "+ completions.create(pick_of): int | Omit | None = omit",
            "+ completions.stream(pick_of): int | Omit | None = omit",
            "+ types.CompletionCreateParams.pick-of: int",
        ],
    ),
    "a required parameter": (
        schemas(
            CompletionCreateParams={
                "required": ["seed", "top_k"],
                "properties": {"seed": {"type": "integer"}},
            }
        ),
        [
            "+ completions.create(seed): int  (breaking: it is required)",
            "~ completions.create(top_k): int | Omit | None = omit  now  int"
            "  (breaking: it is required now)",
            "+ completions.stream(seed): int  (breaking: it is required)",
            "~ completions.stream(top_k): int | Omit | None = omit  now  int"
            "  (breaking: it is required now)",
            "+ types.CompletionCreateParams.seed: Required[int]",
            "~ types.CompletionCreateParams.top_k: int  now  Required[int]",
        ],
    ),
    "a member and a model": (
        schemas(
            Completion={
                "properties": {"extra": {"$ref": "#/components/schemas/Extra"}}
            },
            Extra={"type": "object", "properties": {"a": {"type": "string"}}},
        ),
        [
            "+ types.Completion.extra: Extra | None, may be missing",
            "+ types.Extra",
        ],
    ),
    "a known name": (
        schemas(KnownModel={"enum": ["claude-9"]}),
        ["+ types.KnownModel.'claude-9'"],
    ),
    "an operation, an exception and a constant": (
        {
            "paths": {
                "/v1/notes/{id}": {
                    "get": {
                        "operationId": "notes_read",
                        "tags": ["notes"],
                        "parameters": [
                            {
                                "name": "id",
                                "in": "path",
                                "required": True,
                                "schema": {"type": "string"},
                            }
                        ],
                        "responses": {
                            "204": {"description": ""},
                            "418": {"description": ""},
                        },
                    }
                }
            },
            "x-contract-client": {"constants": {"MORE": "more"}},
        },
        [
            "+ ImATeapotError(APIStatusError)",
            "+ MORE = 'more'",
            "+ notes.read(id: str, …) -> None",
        ],
    ),
    "a bound, which is no name and no type": (
        schemas(CompletionCreateParams={"properties": {"temperature": {"maximum": 2}}}),
        [],
    ),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The surface of the package that the document's data leads to."""
    bench = Bench(tmp_path_factory.mktemp("base"))
    return public_api_of(bench.emit(plain(CONTRACT)))


@pytest.mark.parametrize("name", EDITS)
def test_what_an_edit_means_for_callers_is_printed(
    bench: Bench, base: Any, name: str
) -> None:
    edit, lines = EDITS[name]
    edited = public_api_of(bench.emit(merged(plain(CONTRACT), edit)))
    assert changes(base, edited) == lines


def test_the_public_api_has_all_kinds_of_things(base: Any) -> None:
    for name in (
        ("HUMAN_PROMPT",),
        ("prompt_to_messages",),
        ("Anthropic", "api_key"),
        ("RateLimitError",),
        ("completions.create", "temperature"),
        ("types.Completion", "stop_reason"),
        ("types.Metadata", "user_id"),
        ("types.KnownModel", "'claude-2.1'"),
    ):
        assert name in base
    assert base[("completions.create", "model")].required
    assert not base[("completions.create", "temperature")].required


NAMES = st.sampled_from(["a", "b", "c"])
SURFACES = st.dictionaries(
    st.tuples(NAMES) | st.tuples(NAMES, NAMES),
    st.builds(Item, st.sampled_from([": int", ": str", "= 1"]), st.booleans()),
)


@given(SURFACES)
def test_nothing_changes_where_nothing_is_changed(surface: Any) -> None:
    assert changes(surface, surface) == []
    assert changes(surface, dict(reversed(surface.items()))) == []


@given(SURFACES, SURFACES)
def test_what_is_added_one_way_is_removed_the_other(old: Any, new: Any) -> None:
    there, back = changes(old, new), changes(new, old)
    assert len(there) == len(back)
    assert sum(one[0] == "+" for one in there) == sum(one[0] == "-" for one in back)


# The command ------------------------------------------------------------------


def test_the_command_prints_what_changed(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    data, output = plain(CONTRACT), str(bench.folder / "out")
    arguments = ["--document", str(bench.write(data)), "--output", output]
    assert emit.main(arguments) == 0
    assert "There was no client here before." in capsys.readouterr().out
    assert emit.main(arguments) == 0
    assert (
        "What callers see of it did not change; nothing did." in capsys.readouterr().out
    )
    bench.write(merged(data, EDITS["a parameter"][0]))
    assert emit.main(arguments) == 0
    message = capsys.readouterr().out.splitlines()
    assert message[1].startswith("What callers see of it changed (")
    assert message[2:] == EDITS["a parameter"][1]
    data["info"]["description"] = "Another text."
    bench.write(merged(data, EDITS["a parameter"][0]))
    assert emit.main(arguments) == 0
    assert "did not change; 3 files changed." in capsys.readouterr().out


@pytest.mark.parametrize("damage", [b"def (:\n", b"# \xff\n"])
def test_a_damaged_package_is_replaced(tmp_path: Path, damage: bytes) -> None:
    output = tmp_path / "text_completions"
    output.mkdir()
    (output / "__init__.py").write_bytes(b"# Emitted from a\n" + damage)
    done = call_emit("--output", output)
    assert done.returncode == 0
    assert "The client that was here cannot be read; " in done.stdout
    assert len(contents(output)) > 40
