"""Two reports are compared: what got worse, what got better, and by which causes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from calling import call
from hypothesis import given
from hypothesis import strategies as st
from test_contract_reports import (
    HOSTILE,
    WHEN,
    Page,
    as_members,
    assert_links_lead_somewhere,
    by_id,
    made,
)

from text_completions_cli._command import CommandError
from text_completions_contract import (
    Comparison,
    Report,
    Result,
    SetupError,
    Verdict,
    all_clauses,
    read_report,
)
from text_completions_contract.reports.html import comparison_as_html
from text_completions_contract.reports.json_report import SCHEMA, as_json

ROOT = Path(__file__).parents[2]
MUST, SHOULD = "auth/1", "headers/2"
PASSED, FAILED, NOT_JUDGED = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_JUDGED


def report(verdicts: dict[str, Verdict], **changes: Any) -> Report:
    results = tuple(
        Result(clause=by_id(name), verdict=verdict)
        for name, verdict in verdicts.items()
    )
    return made(results=results, expected={}, **changes)


def failing(**causes: str) -> Report:
    """A report in which clauses of the section auth failed for these causes."""
    results = tuple(
        Result(
            clause=by_id(f"auth/{name[1:]}"),
            verdict=FAILED,
            note=f"found by {name}",
            cause=cause,
            sent=f"curl {name}",
        )
        for name, cause in causes.items()
    )
    return made(results=results, expected={})


def written(folder: Path, name: str, report: Report) -> str:
    path = folder / name
    path.write_bytes(as_json(report, WHEN))
    return str(path)


def names(changes: Any) -> list[str]:
    return [change.clause.id for change in changes]


@pytest.mark.parametrize(
    ("before", "after", "group"),
    [
        (PASSED, FAILED, "worse"),
        (NOT_JUDGED, FAILED, "worse"),
        (PASSED, NOT_JUDGED, "worse"),
        (FAILED, PASSED, "better"),
        (NOT_JUDGED, PASSED, "better"),
        (FAILED, NOT_JUDGED, "other"),
        (PASSED, PASSED, None),
        (FAILED, FAILED, None),
    ],
)
def test_each_change_of_a_verdict_is_worse_better_or_neither(
    before: Verdict, after: Verdict, group: str | None
) -> None:
    comparison = Comparison(report({MUST: before}), report({MUST: after}))
    found = {
        name: names(getattr(comparison, name))
        for name in ("worse", "better", "other", "one_sided")
    }
    assert found == {name: [MUST] if name == group else [] for name in found}
    assert comparison.exit_code == (1 if group == "worse" else 0)
    assert comparison.unchanged == (0 if group else 1)


def test_a_failure_that_does_not_count_is_not_worse() -> None:
    before = report({MUST: PASSED, SHOULD: PASSED})
    after = report({MUST: FAILED, SHOULD: FAILED})
    assert names(Comparison(before, after).worse) == [MUST]
    assert names(Comparison(before, after).other) == [SHOULD]
    strict = report({MUST: FAILED, SHOULD: FAILED}, strict=True)
    assert names(Comparison(before, strict).worse) == [MUST, SHOULD]
    listed = made(results=after.results, expected={MUST: "ticket 12"})
    assert Comparison(before, listed).exit_code == 0


def test_a_clause_of_one_report_only_is_shown_and_does_not_count() -> None:
    comparison = Comparison(report({MUST: PASSED}), report({SHOULD: FAILED}))
    assert names(comparison.one_sided) == [SHOULD, MUST]
    assert comparison.exit_code == 0
    verdicts = [change.verdicts for change in comparison.one_sided]
    assert verdicts == ["not in the report → failed", "passed → not in the report"]


def test_causes_are_new_gone_or_known() -> None:
    before = failing(a1="answered 422, not 400", a2="answered 422, not 400", a3="x")
    after = failing(a1="x", a2="closed too early")
    comparison = Comparison(before, after)
    (_, new), (_, gone) = comparison.cause_groups()
    assert {cause: [one.clause.id for one in new[cause]] for cause in new} == {
        "closed too early": ["auth/2"]
    }
    assert {cause: [one.clause.id for one in gone[cause]] for cause in gone} == {
        "answered 422, not 400": ["auth/1", "auth/2"]
    }


VERDICTS = st.dictionaries(
    st.sampled_from([clause.id for clause in all_clauses()][:12]),
    st.sampled_from(list(Verdict)),
)


@given(VERDICTS, VERDICTS)
def test_every_clause_is_in_one_group(
    before: dict[str, Verdict], after: dict[str, Verdict]
) -> None:
    there = Comparison(report(before), report(after))
    grouped = [name for _, _, changes in there.groups() for name in names(changes)]
    assert len(grouped) == len(set(grouped))
    assert len(grouped) + there.unchanged == len({*before, *after})
    back = Comparison(report(after), report(before))
    assert there.unchanged == back.unchanged


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(note=TEXTS, sent=TEXTS, cause=TEXTS, obstacle=st.none() | TEXTS)
def test_a_report_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    note: str,
    sent: str,
    cause: str,
    obstacle: str | None,
) -> None:
    more = Result(
        clause=by_id("stop/1"), verdict=FAILED, note=note, sent=sent, cause=cause
    )
    one = made(obstacle=obstacle)
    one = made(results=(*one.results[2:], more), obstacle=obstacle)
    path = written(tmp_path_factory.getbasetemp(), "report.json", one)
    assert as_json(read_report(Path(path)), WHEN) == as_json(one, WHEN)


def test_the_command_prints_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", report({MUST: PASSED, SHOULD: FAILED}))
    after = written(tmp_path, "after.json", failing(a1="answered 422, not 400"))
    assert call("--compare", before, after) == 1
    printed = capsys.readouterr().out
    assert printed.index("Got worse") < printed.index("In one report only")
    assert "auth/1" in printed
    assert "passed → failed" in printed
    assert "found: found by a1" in printed
    assert "sent: curl a1" in printed
    assert "answered 422, not 400: auth/1" in printed
    assert printed.splitlines()[-1] == (
        "1 worse, 0 better, 1 changed otherwise, 0 as before"
    )
    assert call("--compare", before, before) == 0
    assert "0 worse, 0 better, 2 as before" in capsys.readouterr().out


def test_the_page_of_a_comparison_shows_what_got_worse_first(tmp_path: Path) -> None:
    before = written(tmp_path, "before.json", report({MUST: PASSED, SHOULD: FAILED}))
    after = written(tmp_path, "after.json", failing(a1="answered 422, not 400"))
    file = tmp_path / "changes.html"
    assert call("--compare", before, after, "--report", f"html={file}") == 1
    page = Page(file.read_text("utf-8"))
    assert page.text["h2"] == [
        "New causes",
        "Got worse (1)",
        "In one report only (1)",
    ]
    assert "1 worse, 0 better, 1 changed otherwise, 0 as before." in page.all_text
    assert "passed → failed" in page.text["span"]
    assert_links_lead_somewhere(page)


def test_a_cause_names_clauses_that_the_page_does_not_show() -> None:
    before = failing(a1="x", a2="y")
    comparison = Comparison(before, failing(a1="z", a2="y"))
    page = Page(comparison_as_html(comparison).decode())
    assert page.text["h2"] == ["New causes", "Gone causes"]
    assert "auth/1" in page.text["span"]
    assert_links_lead_somewhere(page)


def test_nothing_in_a_report_becomes_markup_of_the_page() -> None:
    results = (
        Result(
            clause=by_id(MUST),
            verdict=FAILED,
            note=HOSTILE,
            cause=HOSTILE,
            sent=HOSTILE,
            received=HOSTILE,
        ),
    )
    after = made(results=results, obstacle=HOSTILE, url=HOSTILE, expected={})
    page = Page(comparison_as_html(Comparison(report({}), after)).decode())
    assert "script" not in {name for name, _ in page.tags}
    assert "<script>alert(1)</script>" in page.all_text


BROKEN: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"<xml/>", "cannot be read: Expecting value"),
    "binary": (b"\xff", "cannot be read: 'utf-8' codec"),
    "deep": (b"[" * 100_000, "cannot be read: "),
    "a list": (b"[]", 'the whole file: [] is not of type "object"'),
    "another object": (b"{}", '"format" is a required property'),
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_not_a_report_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(content)
    with pytest.raises(SetupError) as caught:
        read_report(file)
    assert str(file) in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_report_of_another_format_is_refused(tmp_path: Path) -> None:
    for change, reason in (
        ({"format": 2}, "format: 1 was expected"),
        ({"clauses": [{}]}, 'clauses/0: "id" is a required property'),
    ):
        file = tmp_path / "report.json"
        file.write_text(json.dumps({**as_members(made()), **change}), "utf-8")
        with pytest.raises(SetupError, match=reason):
            read_report(file)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("http://127.0.0.1:1", "--strict"), "leave out the URL, --strict$"),
        (("--only", "auth", "--seed", "3"), "leave out --seed, --only$"),
        (("--list",), "leave out --list$"),
        (("--report", "junit=a.xml"), "cannot be written as junit: write html=FILE"),
        (("--report", "html=none/a.html"), "cannot be written: No such file"),
    ],
)
def test_what_does_not_go_with_a_comparison_is_refused(
    tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    file = written(tmp_path, "report.json", made())
    with pytest.raises(CommandError, match=reason):
        call("--compare", file, file, *words)


def test_a_missing_report_is_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.json")
    with pytest.raises(CommandError, match=r"none\.json cannot be read: No such file"):
        call("--compare", missing, missing)


def test_the_schema_in_the_docs_is_the_one_that_reports_are_read_by() -> None:
    docs = ROOT / "docs" / "contract-report.schema.json"
    assert docs.read_bytes() == SCHEMA.read_bytes()
