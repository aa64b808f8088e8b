"""A report, or a comparison of two, as one HTML file that loads nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from .._comparison import Comparison
from .._report import OUTCOME_NAMES, Outcome, Report, Result
from .._selection import SECTIONS
from .sources import parts_of
from .terminal import MARKS

# Even if a server's text were not escaped, a browser would load and run nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
STYLE_SHEET: Final = Path(__file__).with_name("report.css")
# Characters that an HTML document cannot hold, and halves of surrogate pairs.
ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SHOWN_WHOLE: Final = (Outcome.FAILED, Outcome.STALE, Outcome.ADVICE, Outcome.EXPECTED)


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
        tag("p", coverage, class_="soft") if coverage else None,
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


# The elements of a page. Every text that is not `Markup` is escaped.


class Markup(str):
    """A text that is already HTML."""

    __slots__ = ()


def tag(name: str, *children: str | None, **attributes: str) -> Markup:
    """Return an element; `class_` is the attribute `class`, and None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{_joined(*children)}</{name}>")


def _joined(*children: str | None) -> Markup:
    return Markup(
        "".join(
            child if isinstance(child, Markup) else _escaped(child)
            for child in children
            if child is not None
        )
    )


def _escaped(text: str) -> str:
    return html.escape(ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))


def _prose(text: str) -> Markup:
    """Return a sentence with the parts in backticks as code."""
    parts = text.split("`")
    # With an odd number of backticks the last one is text.
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return _joined(
        *(tag("code", part) if at % 2 else part for at, part in enumerate(parts))
    )


def _page(title: str, header: Markup, sections: Iterable[Markup]) -> bytes:
    head = _joined(
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        tag("title", title),
        Markup(f"<style>\n{STYLE_SHEET.read_text('utf-8')}</style>"),
    )
    body = tag("body", header, tag("main", *sections))
    page = tag("html", tag("head", head), body, lang="en")
    return f"<!doctype html>\n{page}\n".encode()


def _conclusion(text: str, mark: str, kind: str) -> Markup:
    shown = tag("span", mark, aria_hidden="true")
    return tag("p", shown, f" {text}", class_=f"card conclusion {kind}")


def _kind(outcome: Outcome) -> str:
    """Return the name that the style sheet has for an outcome."""
    return outcome.name.lower()


# A report.


def _counts(report: Report) -> Iterator[Markup]:
    for outcome, name in OUTCOME_NAMES.items():
        if results := report.with_outcome(outcome):
            text = f"{MARKS[outcome][0]} {len(results)} {name}"
            yield tag("li", tag("span", text, class_=_kind(outcome)))


def _sections(report: Report) -> Iterator[Markup]:
    if causes := report.causes():
        shown = {result.clause.id for result in report.results}
        yield tag("section", tag("h2", "Causes"), *_cause_cards(causes, shown))
    for outcome, name in OUTCOME_NAMES.items():
        if results := report.with_outcome(outcome):
            heading = tag("h2", f"{name.capitalize()} ({len(results)})")
            is_whole = outcome in SHOWN_WHOLE
            show = _report_cards if is_whole else _by_section
            yield tag("section", heading, *show(report, results))


def _report_cards(report: Report, results: Iterable[Result]) -> Iterator[Markup]:
    for result in results:
        outcome, first = report.outcome(result), report.first_with_cause(result)
        mark = f"{MARKS[outcome][0]} {OUTCOME_NAMES[outcome]}"
        reason = report.expected.get(result.clause.id)
        yield _card(result, first, _kind(outcome), mark, reason)


def _cause_cards(
    causes: Mapping[str, list[Result]], shown: Collection[str]
) -> Iterator[Markup]:
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
            tag("h3", _prose(cause)),
            tag("p", f"Clauses: {len(results)}", class_="soft"),
            tag("ul", *links, class_="counts"),
            class_="card cause",
        )


def _by_section(report: Report, results: Iterable[Result]) -> Iterator[Markup]:
    """Yield a list for each section, collapsed at first."""
    for section, members in groupby(results, key=lambda item: item.clause.section):
        items = [_item(MARKS[report.outcome(one)][0], one) for one in members]
        title = f"{SECTIONS[section]} ({len(items)})"
        lines = tag("ul", *items, class_="clauses")
        yield tag("details", tag("summary", title), lines)


def _item(mark: str, result: Result) -> Markup:
    clause = result.clause
    return tag(
        "li",
        tag("span", mark, aria_hidden="true", class_="mark"),
        " ",
        tag("span", clause.id, class_="id"),
        " ",
        _prose(clause.sentence),
        tag("div", _prose(result.note), class_="soft") if result.note else None,
        id=clause.id,
    )


# A comparison.


def _changes(comparison: Comparison) -> Iterator[Markup]:
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
    result: Result, first: Result | None, kind: str, mark: str, reason: str | None = ""
) -> Markup:
    """Return all about a result; where `first` has the same cause, it is named."""
    clause = result.clause
    return tag(
        "article",
        tag(
            "p",
            tag("span", mark, class_="mark"),
            " ",
            tag("span", f"{clause.id} · {clause.level.value}", class_="id"),
        ),
        tag("h3", _prose(clause.sentence)),
        tag("p", "Found: ", _prose(result.note)) if result.note else None,
        tag("p", f"Expected to fail: {reason}") if reason else None,
        tag("p", "Documented in ", _source(clause.source), class_="soft"),
        _block("Sent", result.sent) if first is None else _follows(first),
        _block("Came back", result.received) if first is None else None,
        id=clause.id,
        class_=f"card {kind}",
    )


def _link(identity: str) -> Markup:
    return tag("a", identity, href=f"#{identity}", class_="id")


def _follows(first: Result) -> Markup:
    return tag("p", "It has the same cause as ", _link(first.clause.id), ".")


def _block(title: str, text: str) -> Markup | None:
    if not text:
        return None
    return _joined(tag("h4", title), tag("pre", tag("code", text)))


def _source(source: str) -> Markup:
    shown: list[str] = []
    for part in parts_of(source):
        if part.url is not None:
            shown.append(tag("a", part.text, href=part.url, rel="noreferrer"))
        else:
            shown.append(tag("code", part.text) if part.text[:1] == "#" else part.text)
        shown.append("; ")
    return _joined(*shown[:-1])
