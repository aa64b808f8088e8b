"""Emitting: the same bytes everywhere, all or nothing, and a check that only looks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from emitting import (
    CONTRACT,
    EMIT,
    ROOT,
    Bench,
    call_emit,
    contents,
    merged,
    plain,
    run_emit,
    run_python,
)

import emit

COMMITTED = ROOT / "generated" / "text_completions"
HOSTILE_SETTINGS = {
    "pyproject.toml": "[tool.ruff]\nline-length = 40\nindent-width = 2\n",
    "ruff.toml": "line-length = 50\nquote-style = 1\n",
    ".gitignore": "*\n",
    ".editorconfig": "[*]\nindent_size = 8\n",
}


def test_what_is_committed_is_what_the_document_says(tmp_path: Path) -> None:
    done = call_emit("--output", tmp_path / "text_completions")
    assert (done.returncode, done.stderr) == (0, "")
    emitted = contents(tmp_path / "text_completions")
    assert len(emitted) > 40
    assert emitted == contents(COMMITTED)


ELSEWHERE = [
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "4711", "PYTHONUTF8": "0", "LANG": "POSIX", "COLUMNS": "20"},
]


@pytest.mark.parametrize("environment", ELSEWHERE, ids=["far away", "POSIX"])
def test_emission_is_the_same_in_every_folder_and_run(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    parent = tmp_path / "elsewhere" / "build"
    parent.mkdir(parents=True)
    (parent / ".git").mkdir()
    for name, text in HOSTILE_SETTINGS.items():
        (parent / name).write_text(text)
    output = parent / "text_completions"
    done = run_emit("--output", output, cwd=parent, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"text_completions is what {CONTRACT} says\nThere was no client here before.\n"
    )
    assert contents(output) == contents(COMMITTED)


def test_emission_replaces_what_was_there_and_leaves_nothing_else(
    tmp_path: Path,
) -> None:
    output = tmp_path / "text_completions"
    (output / "models").mkdir(parents=True)
    (output / "__init__.py").write_text("# Emitted from another.yaml\n")
    (output / "models" / "stray.py").write_text("stray = 1\n")
    assert emit.main(["--output", str(output)]) == 0
    assert contents(output) == contents(COMMITTED)
    assert [path.name for path in tmp_path.iterdir()] == ["text_completions"]


@pytest.mark.parametrize("name", ["__init__.py", "notes.txt"])
def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine = 1\n")
    for output in (tmp_path, tmp_path / name):
        done = call_emit("--output", output)
        assert done.returncode == 2
        assert "is not an emitted package: remove it, or name" in done.stderr
    assert contents(tmp_path) == {name: b"mine = 1\n"}


def test_parent_folders_are_made(tmp_path: Path) -> None:
    output = tmp_path / "a" / "b" / "text_completions"
    assert emit.main(["--output", str(output)]) == 0
    assert (output / "py.typed").is_file()


def test_the_package_carries_its_document_and_says_where_it_is_from() -> None:
    assert (COMMITTED / "openapi.yaml").read_bytes() == CONTRACT.read_bytes()
    modules = list(COMMITTED.rglob("*.py"))
    assert modules
    for path in modules:
        assert path.read_text("utf-8").startswith("# Emitted from openapi.yaml by ")


def test_a_revision_of_git_can_be_emitted(tmp_path: Path) -> None:
    shutil.copyfile(CONTRACT, tmp_path / "openapi.yaml")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "-"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    arguments = ["--document", "git:HEAD", "--output", tmp_path / "out"]
    done = call_emit(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    copy = (tmp_path / "out" / "openapi.yaml").read_bytes()
    assert copy == CONTRACT.read_bytes()


@pytest.mark.parametrize("name", ['o""".yaml', "o\n1.yaml", "\\N.yaml"])
def test_a_file_name_that_could_be_code_is_refused(tmp_path: Path, name: str) -> None:
    document = tmp_path / name
    shutil.copyfile(CONTRACT, document)
    done = call_emit("--document", document, "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "has a quote, a backslash or an unprintable character" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_may_have_the_name_that_a_browser_gives_it(tmp_path: Path) -> None:
    document = tmp_path / "openapi (1) {{ 7*7 }}.yaml"
    shutil.copyfile(CONTRACT, document)
    done = call_emit("--document", document, "--output", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert document.name in (tmp_path / "out" / "client.py").read_text("utf-8")


def test_the_settings_name_the_package(tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text("package_name_override: my_client\n")
    done = call_emit("--config", config, "--output", tmp_path / "my_client")
    assert (done.returncode, done.stderr) == (0, "")
    done = run_python(
        "import my_client; print(my_client.Client(api_key='sk').user_agent)", tmp_path
    )
    assert done.stderr == ""
    assert done.stdout.startswith("my-client/")


# The check -------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The committed package, to be spoilt."""
    return Path(shutil.copytree(COMMITTED, tmp_path / "text_completions"))


def checked(folder: Path) -> tuple[int, list[str]]:
    before = contents(folder)
    done = call_emit("--check", "--output", folder, cwd=folder.parent)
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    return done.returncode, done.stdout.splitlines()


def test_the_check_passes_what_was_emitted(copy: Path) -> None:
    assert checked(copy) == (0, ["text_completions is what its document says"])


def test_the_check_names_what_is_changed_missing_or_stray(copy: Path) -> None:
    (copy / "client.py").write_text("changed = 1\n")
    (copy / "types" / "usage.py").unlink()
    (copy / "stray.py").write_text("stray = 1\n")
    assert checked(copy) == (
        1,
        [
            "differs: text_completions/client.py",
            "differs: text_completions/stray.py",
            "differs: text_completions/types/usage.py",
        ],
    )


def test_the_check_makes_no_folders(tmp_path: Path) -> None:
    done = call_emit("--check", "--output", tmp_path / "none" / "text_completions")
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


# Failures --------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        "openapi: [",
        "openapi: 3.1.0\n",
        CONTRACT.read_text("utf-8").replace("type: integer", "type: integre", 1),
        CONTRACT.read_text("utf-8")
        .replace("SyncClient", "")
        .replace("operationId: messages_create", "operationId: completions_create"),
    ],
    ids=["no YAML", "not whole", "unknown type", "twins"],
)
def test_a_failed_emission_leaves_everything_as_it_was(copy: Path, broken: str) -> None:
    document = copy.parent / "openapi.yaml"
    document.write_text(broken, encoding="utf-8")
    done = call_emit("--document", document, "--output", copy, cwd=copy.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("make generate: openapi.yaml:")
    assert done.stderr.endswith("text_completions stays as it was.\n")
    assert contents(copy) == contents(COMMITTED)
    names = sorted(path.name for path in copy.parent.iterdir())
    assert names == ["openapi.yaml", "text_completions"]


def test_a_failed_emission_makes_no_folders(tmp_path: Path) -> None:
    output = tmp_path / "a" / "b"
    arguments = ["--document", str(tmp_path / "none.yaml"), "--output", str(output)]
    assert emit.main(arguments) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_move_that_fails_puts_the_old_package_back(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    move = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "package":
            raise OSError(28, "No space left on device", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    assert emit.main(["--output", str(copy)]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert contents(copy) == contents(COMMITTED)


def test_the_command_explains_itself() -> None:
    done = run_emit("--help")
    assert done.returncode == 0
    assert "--check" in done.stdout
    assert EMIT.is_file()


def test_a_document_needs_no_components(bench: Bench) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    response = {"description": "", "content": {"application/json": {"schema": schema}}}
    get = {"operationId": "a_get", "responses": {"200": response}}
    package = bench.emit(
        {
            "openapi": "3.1.0",
            "info": {"title": "A small one", "version": "1"},
            "servers": [{"url": "https://example.com"}],
            "x-contract-client": {
                "sync": ["Client"],
                "async": ["AsyncClient"],
                "base-error": "SmallError",
            },
            "paths": {"/a": {"get": get}},
        }
    )
    done = run_python(
        "import text_completions as a; a.Client().default", package.parent
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not (package / "prompts.py").exists()


def test_an_id_with_slashes_becomes_words(bench: Bench) -> None:
    get = {
        "operationId": "notes/list-for:user",
        "tags": ["notes"],
        "responses": {"204": {"description": ""}},
    }
    package = bench.emit(merged(plain(CONTRACT), {"paths": {"/a": {"get": get}}}))
    done = run_python(
        "import text_completions as a; a.Client().notes.list_for_user", package.parent
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_dialogue_is_read_with_the_markers_of_its_document(bench: Bench) -> None:
    client = {
        "constants": {"ASK": "\n# Q:", "REPLY": "\n# A:"},
        "dialogue": {"user": "ASK", "assistant": "REPLY"},
    }
    package = bench.emit(merged(plain(CONTRACT), {"x-contract-client": client}))
    done = run_python(
        "from text_completions import prompt_to_messages\n"
        r"print(prompt_to_messages('S\n# Q: 1\n# A: 2'))",
        package.parent,
    )
    assert done.stderr == ""
    assert done.stdout == (
        "Conversation(system='S', messages=[{'role': 'user', 'content': '1'}, "
        "{'role': 'assistant', 'content': '2'}])\n"
    )
