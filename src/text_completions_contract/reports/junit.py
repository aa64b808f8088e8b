"""The report as JUnit XML, for CI: a suite per section, a case per clause."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from xml.etree import ElementTree as xml

from .._report import COUNTED, Outcome, Report, Result
from .._selection import SECTIONS

# Characters that XML 1.0 cannot hold, not even as a reference.
ILLEGAL: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SKIPPED: Final = {
    Outcome.NOT_JUDGED: "not judged",
    Outcome.ADVICE: "failed, but a SHOULD counts only in a strict run",
    Outcome.EXPECTED: "failed, as expected",
}


def as_junit(report: Report, when: datetime) -> bytes:
    """The report as JUnit XML."""
    root = xml.Element("testsuites", name="text-completions contract")
    root.attrib |= _counts(report, report.results)
    root.set("time", f"{report.seconds:.3f}")
    for section, results in report.sections():
        suite = xml.SubElement(root, "testsuite", name=_clean(SECTIONS[section]))
        suite.attrib |= _counts(report, results)
        suite.set("skipped", str(_number(report, results, SKIPPED)))
        suite.attrib |= {"time": "0", "timestamp": f"{when:%Y-%m-%dT%H:%M:%S}"}
        _add_properties(suite, report)
        for result in results:
            _add_case(suite, report, result)
    return bytes(xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _counts(report: Report, results: Sequence[Result]) -> dict[str, str]:
    failures = _number(report, results, COUNTED)
    return {"tests": str(len(results)), "failures": str(failures), "errors": "0"}


def _number(
    report: Report, results: Sequence[Result], outcomes: Collection[Outcome]
) -> int:
    return sum(report.outcome(result) in outcomes for result in results)


def _add_properties(suite: xml.Element, report: Report) -> None:
    facts = {
        "url": report.url,
        "model": report.model,
        "conclusion": report.conclusion,
        "obstacle": report.obstacle,
    }
    properties = xml.SubElement(suite, "properties")
    for name, value in facts.items():
        if value:
            xml.SubElement(properties, "property", name=name, value=_clean(value))


def _add_case(suite: xml.Element, report: Report, result: Result) -> None:
    clause, outcome = result.clause, report.outcome(result)
    case = xml.SubElement(
        suite, "testcase", classname=f"contract.{clause.section}", name=clause.id
    )
    case.set("time", "0")
    text = result.as_text()
    if outcome is Outcome.STALE:
        message = "it passed, but is listed as an expected failure"
        _add(case, "failure", message, text, type="stale")
    elif outcome is Outcome.FAILED:
        _add(case, "failure", result.note, text, type=clause.level.value)
    elif outcome in SKIPPED:
        why = report.expected.get(clause.id) or result.note
        _add(case, "skipped", f"{SKIPPED[outcome]}: {why}".rstrip(": "), "")
    if outcome not in COUNTED:
        xml.SubElement(case, "system-out").text = _clean(text)


def _add(case: xml.Element, tag: str, message: str, text: str, **more: str) -> None:
    element = xml.SubElement(case, tag, {"message": _clean(message), **more})
    element.text = _clean(text) or None


def _clean(text: str) -> str:
    return ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
