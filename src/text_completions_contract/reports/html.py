"""A report, or a comparison of two, as one HTML file that loads nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias
from xml.etree import ElementTree as xml

from .._comparison import Comparison
from .._report import OUTCOME_NAMES, Outcome, Report, Result
from .._selection import SECTIONS
from .sources import parts_of
from .terminal import MARKS

# Whatever a server's text says, a browser loads and runs nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
STYLE_SHEET: Final = Path(__file__).with_name("report.css")
# Characters that an HTML document cannot hold, and halves of surrogate pairs.
ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SHOWN_WHOLE: Final = (Outcome.FAILED, Outcome.STALE, Outcome.ADVICE, Outcome.EXPECTED)

Child: TypeAlias = xml.Element | str


def as_html(report: Report, when: datetime) -> bytes:
    """Return the report as an HTML document, failures first."""
    facts = f"Model {report.model}. {report.effort}, {when:%Y-%m-%d %H:%M} UTC."
    mark, kind = {0: ("✔", "passed"), 1: ("✘", "failed"), 2: ("?", "unclear")}[
        report.exit_code
    ]
    coverage = report.coverage.summary()
    obstacle = f" {report.obstacle}" if report.obstacle else ""
    header = tag(
        "header",
        tag("p", "Contract of the Text Completions API", class_="soft"),
        tag("h1", report.url),
        _conclusion(f"The server {report.conclusion}.{obstacle}", mark, kind),
        tag("ul", *_counts(report), class_="counts"),
        tag("p", facts, class_="soft"),
        *([tag("p", coverage, class_="soft")] if coverage else []),
    )
    return _page(f"{report.url} {report.conclusion}", header, _sections(report))


def comparison_as_html(comparison: Comparison) -> bytes:
    """Return the comparison as an HTML document, what got worse first."""
    mark, kind = ("✘", "failed") if comparison.exit_code else ("✔", "passed")
    header = tag(
        "header",
        tag("p", "Two reports compared", class_="soft"),
        tag("h1", comparison.after.url),
        _conclusion(f"{comparison.conclusion.capitalize()}.", mark, kind),
        *(tag("p", fact, class_="soft") for fact in comparison.facts),
    )
    title = f"{comparison.after.url}: {comparison.conclusion}"
    return _page(title, header, _changes(comparison))


# The elements of a page.


def tag(name: str, /, *children: Child, **attributes: str) -> xml.Element:
    """Return an element; `class_` is the attribute `class`."""
    names = (key.rstrip("_").replace("_", "-") for key in attributes)
    element = xml.Element(name, dict(zip(names, attributes.values(), strict=True)))
    for child in children:
        if isinstance(child, xml.Element):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + child
        else:
            element.text = (element.text or "") + child
    return element


def _prose(text: str) -> list[Child]:
    """Return a sentence with the parts in backticks as code."""
    parts = text.split("`")
    # With an odd number of backticks the last one is text.
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return [tag("code", part) if at % 2 else part for at, part in enumerate(parts)]


def _page(title: str, header: xml.Element, sections: Iterable[xml.Element]) -> bytes:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("title", title),
        tag("style", STYLE_SHEET.read_text("utf-8")),
    )
    page = tag("html", head, tag("body", header, tag("main", *sections)), lang="en")
    text = xml.tostring(page, encoding="unicode", method="html")
    text = ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"<!doctype html>\n{text}\n".encode()


def _conclusion(text: str, mark: str, kind: str) -> xml.Element:
    shown = tag("span", mark, aria_hidden="true")
    return tag("p", shown, f" {text}", class_=f"card conclusion {kind}")


def _kind(outcome: Outcome) -> str:
    """Return the name that the style sheet has for an outcome."""
    return outcome.name.lower()


# A report.


def _counts(report: Report) -> Iterator[xml.Element]:
    for outcome, name in OUTCOME_NAMES.items():
        if results := report.with_outcome(outcome):
            text = f"{MARKS[outcome][0]} {len(results)} {name}"
            yield tag("li", tag("span", text, class_=_kind(outcome)))


def _sections(report: Report) -> Iterator[xml.Element]:
    if causes := report.causes():
        shown = {result.clause.id for result in report.results}
        yield tag("section", tag("h2", "Causes"), *_cause_cards(causes, shown))
    for outcome, name in OUTCOME_NAMES.items():
        if results := report.with_outcome(outcome):
            heading = tag("h2", f"{name.capitalize()} ({len(results)})")
            is_whole = outcome in SHOWN_WHOLE
            show = _report_cards if is_whole else _by_section
            yield tag("section", heading, *show(report, results))


def _report_cards(report: Report, results: Iterable[Result]) -> Iterator[xml.Element]:
    for result in results:
        outcome, first = report.outcome(result), report.first_with_cause(result)
        mark = f"{MARKS[outcome][0]} {OUTCOME_NAMES[outcome]}"
        reason = report.expected.get(result.clause.id, "")
        yield _card(result, first, _kind(outcome), mark, reason)


def _cause_cards(
    causes: Mapping[str, list[Result]], shown: Collection[str]
) -> Iterator[xml.Element]:
    """Yield a card for each cause, the one that most clauses failed for first.

    Clauses that are shown on the page, by their ids, are linked.
    """
    for cause, results in sorted(causes.items(), key=lambda item: -len(item[1])):
        links = (
            tag("li", _link(one) if one in shown else tag("span", one, class_="id"))
            for one in (result.clause.id for result in results)
        )
        yield tag(
            "div",
            tag("h3", *_prose(cause)),
            tag("p", f"Clauses: {len(results)}", class_="soft"),
            tag("ul", *links, class_="counts"),
            class_="card cause",
        )


def _by_section(report: Report, results: Iterable[Result]) -> Iterator[xml.Element]:
    """Yield a list for each section, collapsed at first."""
    for section, members in groupby(results, key=lambda item: item.clause.section):
        items = [_item(MARKS[report.outcome(one)][0], one) for one in members]
        title = f"{SECTIONS[section]} ({len(items)})"
        lines = tag("ul", *items, class_="clauses")
        yield tag("details", tag("summary", title), lines)


def _item(mark: str, result: Result) -> xml.Element:
    clause = result.clause
    return tag(
        "li",
        tag("span", mark, aria_hidden="true", class_="mark"),
        " ",
        tag("span", clause.id, class_="id"),
        " ",
        *_prose(clause.sentence),
        *([tag("div", *_prose(result.note), class_="soft")] if result.note else []),
        id=clause.id,
    )


# A comparison.


def _changes(comparison: Comparison) -> Iterator[xml.Element]:
    groups = list(comparison.groups())
    shown = {change.clause.id for _, _, changes in groups for change in changes}
    for title, causes in comparison.cause_groups():
        yield tag("section", tag("h2", title), *_cause_cards(causes, shown))
    for title, outcome, changes in groups:
        heading = tag("h2", f"{title} ({len(changes)})")
        cards = (
            _card(
                change.result,
                comparison.first_with_cause(change),
                _kind(outcome),
                change.verdicts,
            )
            for change in changes
        )
        yield tag("section", heading, *cards)


# What both have.


def _card(
    result: Result, first: Result | None, kind: str, mark: str, reason: str = ""
) -> xml.Element:
    """Return all about a result; where `first` has the same cause, it is named."""
    clause = result.clause
    name = tag("span", f"{clause.id} · {clause.level.value}", class_="id")
    children = [
        tag("p", tag("span", mark, class_="mark"), " ", name),
        tag("h3", *_prose(clause.sentence)),
    ]
    if result.note:
        children.append(tag("p", "Found: ", *_prose(result.note)))
    if reason:
        children.append(tag("p", f"Expected to fail: {reason}"))
    source = _source(clause.source)
    children.append(tag("p", "Documented in ", *source, class_="soft"))
    if first is not None:
        link = _link(first.clause.id)
        children.append(tag("p", "It has the same cause as ", link, "."))
    else:
        for title, text in (("Sent", result.sent), ("Came back", result.received)):
            if text:
                children += [tag("h4", title), tag("pre", tag("code", text))]
    return tag("article", *children, id=clause.id, class_=f"card {kind}")


def _link(identity: str) -> xml.Element:
    return tag("a", identity, href=f"#{identity}", class_="id")


def _source(source: str) -> Iterator[Child]:
    for number, part in enumerate(parts_of(source)):
        if number:
            yield "; "
        if part.url is not None:
            yield tag("a", part.text, href=part.url, rel="noreferrer")
        else:
            yield tag("code", part.text) if part.text[:1] == "#" else part.text
