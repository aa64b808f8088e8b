"""Report files: what they say, and that they are written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import jsonschema_rs
import pytest
from calling import call, ids_of
from honest_server import Ask, Reply, Server, as_json, honest
from hypothesis import given
from hypothesis import strategies as st

from text_completions_cli._command import CommandError
from text_completions_contract import (
    Outcome,
    Report,
    ReportFile,
    Result,
    Settings,
    SetupError,
    Verdict,
    all_clauses,
    check_reports,
    parse_reports,
    run,
    write_expected,
    write_reports,
)
from text_completions_contract.reports.files import KINDS

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "contract-report.schema.json").read_text("utf-8"))
WHEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOSTILE = "</pre><script>alert(1)</script> ]]> & \" ' `\0\x0b\x1b\x9f\ufffe\ud800"
EVERY = all_clauses()


def by_id(identity: str) -> Any:
    return next(clause for clause in EVERY if clause.id == identity)


def made(**changes: Any) -> Report:
    """A report with every outcome in it."""

    def result(identity: str, verdict: Verdict, **more: str) -> Result:
        return Result(clause=by_id(identity), verdict=verdict, **more)

    evidence = {"note": HOSTILE, "sent": HOSTILE, "received": HOSTILE}
    results = (
        result("auth/1", Verdict.PASSED),
        result("auth/2", Verdict.FAILED, **evidence),
        result("auth/3", Verdict.PASSED),
        result("headers/1", Verdict.FAILED, note="known", sent="curl"),
        result("headers/2", Verdict.FAILED, note="advised", sent="curl"),
        result("framing/14", Verdict.NOT_JUDGED, note="no answer was of this kind"),
    )
    report = Report(
        url="http://127.0.0.1:1",
        model="claude-2.1",
        results=results,
        obstacle=None,
        requests=7,
        seconds=1.5,
        expected={"auth/3": "mended?", "headers/1": "ticket 12", "framing/14": ""},
    )
    return replace(report, **changes)


OUTCOMES = {
    "auth/1": Outcome.PASSED,
    "auth/2": Outcome.FAILED,
    "auth/3": Outcome.STALE,
    "headers/1": Outcome.EXPECTED,
    "headers/2": Outcome.ADVICE,
    "framing/14": Outcome.NOT_JUDGED,
}


def written(kind: str, report: Report) -> bytes:
    return KINDS[kind](report, WHEN)


def as_members(report: Report) -> Any:
    members = json.loads(written("json", report))
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(members)
    return members


# JSON


def test_the_json_says_what_became_of_each_clause() -> None:
    members = as_members(made())
    outcomes = {item["id"]: item["outcome"] for item in members["clauses"]}
    assert outcomes == {name: outcome.value for name, outcome in OUTCOMES.items()}
    assert members["counts"] == {outcome.value: 1 for outcome in Outcome}
    assert members["exit_code"] == 1
    assert members["conclusion"] == "deviates"
    known = next(item for item in members["clauses"] if item["id"] == "headers/1")
    assert known["expected"] == "ticket 12"
    assert (known["note"], known["sent"]) == ("known", "curl")


def test_each_clause_fits_the_schema_and_links_what_has_an_address() -> None:
    results = tuple(Result(clause=one, verdict=Verdict.PASSED) for one in EVERY)
    members = as_members(made(results=results, expected={}))
    assert [item["id"] for item in members["clauses"]] == [one.id for one in EVERY]
    links = {item["source"]: item["link"] for item in members["clauses"]}
    assert links["RFC 9110, 5.1"] == (
        "https://www.rfc-editor.org/rfc/rfc9110#section-5.1"
    )
    assert links["#/components/securitySchemes/ApiKey"] is None
    versions = {item["id"]: item["versions"] for item in members["clauses"]}
    assert versions["stream/2023-01-01/1"] == ["2023-01-01"]
    assert sorted(versions["auth/1"]) == ["2023-01-01", "2023-06-01"]


def test_a_schema_that_is_broken_is_noticed() -> None:
    validator = jsonschema_rs.validator_for(SCHEMA)
    members = as_members(made())
    assert not validator.is_valid({**members, "more": 1})
    assert not validator.is_valid({**members, "exit_code": 3})


# JUnit: the elements and attributes that the schema of Jenkins' plugin allows.

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"skipped", "failure", "system-out"},
}
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {
        *("name", "tests", "failures", "errors", "skipped", "time", "timestamp"),
    },
    "properties": set[str](),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "skipped": {"message"},
    "failure": {"message", "type"},
    "system-out": set[str](),
}


def as_tree(report: Report) -> xml.Element:
    root = xml.fromstring(written("junit", report))
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    return root


def test_the_junit_has_a_case_for_each_clause() -> None:
    root = as_tree(made())
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert list(cases) == list(OUTCOMES)
    kinds = {
        name: [child.tag for child in case if child.tag != "system-out"]
        for name, case in cases.items()
    }
    assert kinds == {
        "auth/1": [],
        "auth/2": ["failure"],
        "auth/3": ["failure"],
        "headers/1": ["skipped"],
        "headers/2": ["skipped"],
        "framing/14": ["skipped"],
    }
    failure = cases["auth/2"].find("failure")
    assert failure is not None
    assert "<script>alert(1)</script>" in (failure.get("message") or "")
    assert by_id("auth/2").sentence in (failure.text or "")
    messages = [element.get("message") for element in root.iter("skipped")]
    assert messages[0] == "failed, as expected: ticket 12"
    assert messages[2] == "not judged: no answer was of this kind"


def test_the_junit_counts_its_cases() -> None:
    root = as_tree(made())
    for element in [root, *root.iter("testsuite")]:
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", 0)) == len(cases)
        for name, tag in {"failures": "failure", "skipped": "skipped"}.items():
            count = sum(case.find(tag) is not None for case in cases)
            if name in ATTRIBUTES[element.tag]:
                assert int(element.get(name, "none")) == count


def test_the_junit_says_why_nothing_was_judged() -> None:
    root = as_tree(made(obstacle="the key was refused\0"))
    facts = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert facts["obstacle"] == "the key was refused\N{REPLACEMENT CHARACTER}"


# HTML

VOID = {"meta"}
LOADING = {"script", "link", "img", "iframe", "object", "embed", "base", "form"}


class Page(HTMLParser):
    """Reads a page, and is strict about it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.setdefault(self.open[-1] if self.open else "", []).append(data)

    @property
    def all_text(self) -> str:
        return "".join(part for parts in self.text.values() for part in parts)


def as_page(report: Report) -> Page:
    page = Page(written("html", report).decode())
    assert_links_lead_somewhere(page)
    return page


def assert_links_lead_somewhere(page: Page) -> None:
    anchors = {f"#{item['id']}" for _, item in page.tags if "id" in item}
    links = {item.get("href") or "" for name, item in page.tags if name == "a"}
    assert {link for link in links if link.startswith("#")} <= anchors


def test_the_page_stands_alone_and_runs_nothing() -> None:
    page = as_page(made())
    names = [name for name, _ in page.tags]
    assert not LOADING & set(names)
    for _, attributes in page.tags:
        assert not {"src", "srcset", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert re.match(r"#|https://", attributes.get("href") or "#")
    css = "".join(page.text["style"])
    assert "url(" not in css
    assert "@import" not in css
    assert "prefers-color-scheme: dark" in css
    policies = [item.get("content") for _, item in page.tags]
    assert "default-src 'none'; style-src 'unsafe-inline'" in policies


def test_the_page_shows_failures_first_with_what_repeats_them() -> None:
    page = as_page(made())
    assert [text.partition(" (")[0] for text in page.text["h2"]] == [
        "Causes",
        "Failed",
        "Passed, but expected to fail",
        "Failed, but only advised",
        "Failed, as expected",
        "Not judged",
        "Passed",
    ]
    text = page.all_text
    assert "<script>alert(1)</script>" in text
    assert "Expected to fail: ticket 12" in text
    assert "✘ failed" in "".join(page.text["span"])
    anchors = {item["id"] for _, item in page.tags if "id" in item}
    assert anchors == set(OUTCOMES)
    links = {item["href"] for name, item in page.tags if name == "a"}
    assert "#auth/2" in links


def test_the_page_begins_with_the_cause_that_most_clauses_failed_for() -> None:
    def failed(identity: str, cause: str) -> Result:
        return Result(
            clause=by_id(identity), verdict=Verdict.FAILED, note=cause, cause=cause
        )

    results = (
        failed("auth/1", "closed"),
        failed("auth/2", "answered 422, not 400"),
        failed("auth/3", "closed"),
        failed("headers/1", "alone"),
        *(failed(f"stop/{n}", "answered 422, not 400") for n in (1, 2)),
    )
    page = as_page(made(results=results, expected={}))
    assert page.text["h2"] == ["Causes", "Failed (6)"]
    assert page.text["h3"][:2] == ["answered 422, not 400", "closed"]
    assert "Clauses: 3" in page.text["p"]
    links = [item["href"] for name, item in page.tags if name == "a"]
    assert links[:5] == ["#auth/2", "#stop/1", "#stop/2", "#auth/1", "#auth/3"]


def test_the_page_says_why_nothing_was_judged() -> None:
    report = made(results=(), obstacle="TLS failed: <b>", expected={})
    text = as_page(report).all_text
    assert "The server could not be judged. TLS failed: <b>" in text


@given(hostile=st.text(st.characters(exclude_categories=()), max_size=60))
def test_nothing_that_a_server_says_breaks_a_report(hostile: str) -> None:
    clause = by_id("auth/1")
    result = Result(
        clause=clause,
        verdict=Verdict.FAILED,
        note=hostile,
        sent=hostile,
        received=hostile,
    )
    report = made(results=(result,), expected={}, obstacle=hostile)
    assert len(as_members(report)["clauses"]) == 1
    assert len(list(as_tree(report).iter("testcase"))) == 1
    plain = [name for name, _ in as_page(replace(made(), results=(result,))).tags]
    assert not LOADING & set(plain)


# Files


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["json=a"], [("json", "a")]),
        (["json=a,junit=b", "html=c"], [("json", "a"), ("junit", "b"), ("html", "c")]),
        (["json=a,b.json,html=c=d"], [("json", "a,b.json"), ("html", "c=d")]),
        ([], []),
    ],
)
def test_kinds_and_files_are_read(
    words: list[str], expected: list[tuple[str, str]]
) -> None:
    assert parse_reports(words) == tuple(
        ReportFile(kind, Path(path)) for kind, path in expected
    )


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("pdf=a", "'pdf=a' is not a report; use json=FILE, junit=FILE, html=FILE"),
        ("json=a,pdf=b", "'pdf=b' is not a report; use json=FILE"),
        ("", "'' is not a report; use json=FILE"),
        ("json", "'json' is not a report; use json=FILE"),
        ("json=", "'json=' is not a report; use json=FILE"),
        ("json=-", "no report goes to stdout: write json=FILE"),
        ("json=a,html=a", "two reports cannot both be written to a"),
    ],
)
def test_other_reports_are_refused(word: str, message: str) -> None:
    with pytest.raises(SetupError, match=re.escape(message)):
        parse_reports([word])


def test_a_file_that_cannot_be_written_is_reported_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("kept")
    for name in ("absent/r.json", ".", "file/r.json", "nul\0", "x" * 300):
        with pytest.raises(SetupError, match="cannot be written: "):
            check_reports([ReportFile("json", tmp_path / name)])
    check_reports([ReportFile("json", tmp_path / "file")])
    assert [path.read_text() for path in tmp_path.iterdir()] == ["kept"]


def test_a_report_replaces_the_last_one_whole(tmp_path: Path) -> None:
    target, link = tmp_path / "r.json", tmp_path / "link.json"
    target.write_text("old" * 100_000)
    link.symlink_to(target)
    assert write_reports(made(), [ReportFile("json", link)]) == []
    assert json.loads(target.read_text("utf-8"))["exit_code"] == 1
    assert link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [link, target]


def test_a_device_is_written_to_and_not_replaced() -> None:
    file = ReportFile("html", Path(os.devnull))
    check_reports([file])
    assert write_reports(made(), [file]) == []
    assert not Path(os.devnull).is_file()


def test_a_disk_that_fails_is_reported_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "r.json"
    target.write_text("old")

    def fail(self: Path, _: bytes) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    (trouble,) = write_reports(made(), [ReportFile("json", target)])
    assert trouble.endswith("cannot be written: No space left on device")
    with pytest.raises(SetupError, match="cannot be written: No space left on device"):
        write_expected(target, made())
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


# The key


def leaking(key: str) -> Callable[[Ask], Reply]:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        leak = f"{key} {json.dumps(key)} {key.upper()}"
        if not reply.is_stream:
            filler = "f" * (290 - len(reply.body) % 7)
            reply = as_json(200, {"error": {"message": leak}, "x": filler + key * 3})
        for name in ("request-id", "content-type", "x-should-retry", "allow"):
            reply.headers[name] = f"{reply.headers.get(name, '')} {key}"
        return reply

    return answer


@pytest.mark.parametrize("status", ["answers", "refuses"])
def test_no_report_holds_a_key_that_a_server_writes_back(
    server: Server, status: str, tmp_path: Path
) -> None:
    key = 'sk-"it\'s"-a/secret+of<the>test'

    def refuse(ask: Ask) -> Reply:
        sent = ask.headers.get("x-api-key")
        return as_json(401, {"error": {"type": "x", "message": f"bad key {sent}"}})

    server.answer = leaking(key) if status == "answers" else refuse
    report = run(server.url, Settings(only=("auth", "headers", "answer"), api_key=key))
    assert report.exit_code in {1, 2}
    assert report.of(Verdict.FAILED)
    assert key not in repr(report) + repr(report.results)
    files = [ReportFile(kind, tmp_path / kind) for kind in KINDS]
    assert write_reports(report, files) == []
    pieces = [key[at : at + 12] for at in range(len(key) - 11)]
    for file in files:
        text = file.path.read_text("utf-8")
        assert "ANTHROPIC_API_KEY" in text
        for piece in [*pieces, *(json.dumps(piece)[1:-1] for piece in pieces)]:
            assert piece not in text


# The command


def test_the_command_writes_what_is_asked_for(server: Server, tmp_path: Path) -> None:
    places = {kind: tmp_path / kind for kind in KINDS}
    one, two, three = (f"{kind}={place}" for kind, place in places.items())
    words = (server.url, "--only", "auth")
    assert call(*words, "--report", f"{one},{two}", "--report", three) == 0
    assert json.loads(places["json"].read_text("utf-8"))["conclusion"] == "conforms"
    cases = list(xml.parse(places["junit"]).iter("testcase"))
    assert len(cases) == len(ids_of("auth"))
    assert "The server conforms." in places["html"].read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("http://127.0.0.1:9",),
        ("{server}", "--model", "gpt"),
        ("{server}", "--api-key-env", "WRONG"),
    ],
)
def test_a_run_that_judges_little_is_reported_too(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setenv("WRONG", "invalid-key")
    url, *more = (word.format(server=server.url) for word in words)
    place = tmp_path / "r.json"
    assert call(url, *more, "--only", "auth", "--report", f"json={place}") == 2
    members = json.loads(place.read_text("utf-8"))
    assert (members["exit_code"], members["conclusion"]) == (2, "could not be judged")
    assert members["obstacle"]
    assert members["counts"]["not judged"] >= 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--report", "pdf=a"), "'pdf=a' is not a report; use json=FILE"),
        (("--report", "json=/absent/folder/a"), "there is no folder /absent/folder"),
        (("--expected-failures", "/absent.yaml"), "/absent.yaml cannot be read"),
    ],
)
def test_an_unwritable_report_is_refused_before_a_request_is_sent(
    server: Server, words: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=re.escape(message)) as caught:
        call(server.url, *words)
    assert caught.value.exit_code == 2
    assert server.asked == []


def test_the_report_is_printed_although_a_file_fails_in_the_end(
    server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()

    def answer(ask: Ask) -> Reply:
        if folder.exists():
            folder.rmdir()
        return honest(ask)

    server.answer = answer
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        call(server.url, "--only", "auth", "--report", f"json={folder / 'r'}")
    assert f"{len(ids_of('auth')) - 1} passed" in capsys.readouterr().out
