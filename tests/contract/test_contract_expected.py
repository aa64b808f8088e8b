"""Known failures do not fail a run, and do not outlive their cause."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import call, without_form
from honest_server import Ask, Reply, Server, as_json, honest

from text_completions_contract import SetupError, read_expected
from text_completions_contract._report import Outcome


def written(folder: Path, text: str) -> Path:
    place = folder / "known.yaml"
    place.write_text(text, "utf-8")
    return place


def test_an_entry_is_an_id_with_or_without_a_reason(tmp_path: Path) -> None:
    text = """\
    # known since spring
    - auth/1
    - headers/2: our gateway counts up
    - stop/1: >
        see ticket
        twelve
    - stop/2:
    """
    assert read_expected(written(tmp_path, text)) == {
        "auth/1": "",
        "headers/2": "our gateway counts up",
        "stop/1": "see ticket twelve",
        "stop/2": "",
    }


@pytest.mark.parametrize("text", ["", "[]", "# nothing yet\n"])
def test_a_list_may_be_empty(tmp_path: Path, text: str) -> None:
    assert read_expected(written(tmp_path, text)) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- auth/1\n- auth/99", "entry 2 .* is not a clause: 'auth/99'; --list"),
        ("- auth/1\n- auth/1: again", "entry 2 .* repeats 'auth/1'"),
        ("auth/1: why", "are not a list: .* `- ID: the reason`"),
        ("auth/1", "are not a list"),
        ("- 12", "entry 1 .* cannot be read"),
        ("- [auth/1]", "entry 1 .* cannot be read"),
        ("- auth/1: [a, b]", "entry 1 .* cannot be read"),
        ("- {id: auth/1, reason: a}", "entry 1 .* cannot be read"),
        ("- 'auth/1", "cannot be read: .* is not YAML"),
        ("- !!python/object:os.system {}", "cannot be read"),
    ],
)
def test_any_other_list_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SetupError, match=message):
        read_expected(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"absent\.yaml cannot be read: No such"):
        read_expected(tmp_path / "absent.yaml")
    place = tmp_path / "latin"
    place.write_bytes(b"- auth/1: caf\xe9")
    with pytest.raises(SetupError, match="cannot be read"):
        read_expected(place)


def without_ids(ask: Ask) -> Reply:
    """Breaks headers/1, which binds, and headers/2, which advises, is not judged."""
    reply = honest(ask)
    del reply.headers["request-id"]
    return reply


KNOWN = """\
- headers/1: the proxy drops it
"""


def expecting(place: Path, *words: str) -> tuple[str, ...]:
    return ("--only", "headers", "--expected-failures", str(place), *words)


def test_an_expected_failure_does_not_fail_the_run_and_is_shown(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = without_ids
    assert call(server.url, "--only", "headers") == 1
    capsys.readouterr()
    assert call(server.url, *expecting(written(tmp_path, KNOWN))) == 0
    out, err = capsys.readouterr()
    assert "✘ headers/1" in out
    assert "failed, as expected: the proxy drops it" in out
    assert "1 failed, as expected" in out
    assert out.splitlines()[-1].endswith("conforms")
    assert "headers/1" not in err


def test_another_failure_still_fails_the_run(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(ask: Ask) -> Reply:
        return without_ids(ask) if ask.get("stream") else as_json(200, {})

    server.answer = answer
    place = written(tmp_path, KNOWN)
    assert call(server.url, *expecting(place), "--only", "auth") == 1
    assert capsys.readouterr().out.splitlines()[-1].endswith("deviates")


def test_a_stale_entry_fails_the_run(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(server.url, *expecting(written(tmp_path, KNOWN))) == 1
    out = capsys.readouterr().out
    assert "✘ headers/1" in out
    assert "headers/1 passes: take it off the expected failures" in out
    assert out.splitlines()[-1].endswith("no longer fails as expected")


def test_an_entry_that_was_not_judged_is_neither(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The server compresses nothing, and auth is not asked for.
    place = written(tmp_path, "- framing/14\n- auth/1\n")
    assert call(server.url, "--only", "framing/14", *expecting(place)) == 0
    assert "framing/14" in capsys.readouterr().out


def test_an_expected_should_counts_as_expected_when_strict(
    server: Server, tmp_path: Path
) -> None:
    server.answer = without_form
    place = written(tmp_path, "- headers/2")
    assert call(server.url, "--only", "headers", "--strict") == 1
    assert call(server.url, *expecting(place, "--strict")) == 0


def test_every_outcome_has_a_name_of_its_own() -> None:
    assert len({outcome.value for outcome in Outcome}) == len(Outcome)
