"""A report, or a comparison of two, as one HTML file that loads nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Final

from .._comparison import Change, Comparison
from .._report import COUNTED, OUTCOME_NAMES, Outcome, Report, Result
from .._selection import SECTIONS
from .markup import Markup, joined, prose, tag
from .sources import parts_of
from .style import CSS

# Even if a server's text were not escaped, a browser would load and run nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
MARKS: Final = {
    Outcome.FAILED: "✘",
    Outcome.STALE: "✘",
    Outcome.ADVICE: "!",
    Outcome.EXPECTED: "!",
    Outcome.NOT_JUDGED: "\N{EN DASH}",
    Outcome.PASSED: "✔",
}
SHOWN_WHOLE: Final = (Outcome.FAILED, Outcome.STALE, Outcome.ADVICE, Outcome.EXPECTED)


def as_html(report: Report, when: datetime) -> bytes:
    """Return the report as an HTML document, failures first."""
    title = f"{report.url} {report.conclusion}"
    return _page(title, _header(report, when), tag("main", *_main(report)))


def comparison_as_html(comparison: Comparison) -> bytes:
    """Return the comparison as an HTML document, what got worse first."""
    title = f"{comparison.after.url}: {comparison.conclusion}"
    header = _comparison_header(comparison)
    return _page(title, header, tag("main", *_comparison_main(comparison)))


def _page(title: str, *body: Markup) -> bytes:
    head = joined(
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        tag("title", title),
        Markup(f"<style>{CSS}</style>"),
    )
    page = tag("html", tag("head", head), tag("body", *body), lang="en")
    return f"<!doctype html>\n{page}\n".encode()


def _header(report: Report, when: datetime) -> Markup:
    facts = f"Model {report.model}. {report.effort}, {when:%Y-%m-%d %H:%M} UTC."
    mark, kind = {0: ("✔", "passed"), 1: ("✘", "failed"), 2: ("?", "unclear")}[
        report.exit_code
    ]
    coverage = report.coverage.summary()
    conclusion = joined(
        tag("span", mark, aria_hidden="true"),
        f" The server {report.conclusion}.",
        f" {report.obstacle}" if report.obstacle else None,
    )
    return tag(
        "header",
        tag("p", "Contract of the Text Completions API", class_="soft"),
        tag("h1", report.url),
        tag("p", conclusion, class_=f"card conclusion {kind}"),
        tag("ul", *_counts(report), class_="counts"),
        tag("p", facts, class_="soft"),
        tag("p", coverage, class_="soft") if coverage else None,
    )


def _kind(outcome: Outcome) -> str:
    """Return the name that the style sheet has for an outcome."""
    return outcome.name.lower()


def _counts(report: Report) -> Iterator[Markup]:
    for outcome, name in OUTCOME_NAMES.items():
        if results := report.with_outcome(outcome):
            text = f"{MARKS[outcome]} {len(results)} {name}"
            yield tag("li", tag("span", text, class_=_kind(outcome)))


def _main(report: Report) -> Iterator[Markup]:
    shown = {result.clause.id for result in report.results}
    cards = [*_cause_cards(report.causes(), shown), *_others_card(report)]
    if cards:
        yield tag("section", tag("h2", "Causes"), *cards)
    for outcome, name in OUTCOME_NAMES.items():
        if results := report.with_outcome(outcome):
            heading = tag("h2", f"{name.capitalize()} ({len(results)})")
            if outcome in SHOWN_WHOLE:
                content = joined(*(_article(report, result) for result in results))
            else:
                content = _by_section(results, outcome)
            yield tag("section", heading, content)


def _cause_cards(
    causes: Mapping[str, list[Result]], shown: Collection[str]
) -> Iterator[Markup]:
    """Yield a card for each cause, the one that most clauses failed for first.

    Clauses that are shown on the page, by their ids, are linked.
    """
    for cause, results in sorted(causes.items(), key=lambda item: -len(item[1])):
        yield _cause_card(prose(cause), results, shown)


def _others_card(report: Report) -> Iterator[Markup]:
    """Yield a card for all that counts and shares its cause with no other clause."""
    shared = [item for items in report.causes().values() for item in items]
    others = [
        item
        for item in report.results
        if report.outcome(item) in COUNTED and item not in shared
    ]
    if others:
        shown = [item.clause.id for item in others]
        yield _cause_card("Each for a cause of its own", others, shown)


def _cause_card(title: str, results: list[Result], shown: Collection[str]) -> Markup:
    number = f"{len(results)} clause{'' if len(results) == 1 else 's'}"
    links = (
        tag("li", _link(one) if one in shown else tag("span", one, class_="id"))
        for one in (result.clause.id for result in results)
    )
    return tag(
        "div",
        tag("h3", title),
        tag("p", number, class_="soft"),
        tag("ul", *links, class_="counts"),
        class_="card cause",
    )


def _article(report: Report, result: Result) -> Markup:
    clause, outcome = result.clause, report.outcome(result)
    mark, name = MARKS[outcome], OUTCOME_NAMES[outcome]
    reason = report.expected.get(clause.id)
    first = report.first_with_cause(result)
    return tag(
        "article",
        tag(
            "p",
            tag("span", f"{mark} {name}", class_="mark"),
            " ",
            tag("span", f"{clause.id} · {clause.level.value}", class_="id"),
        ),
        tag("h3", prose(clause.sentence)),
        tag("p", "Found: ", prose(result.note)) if result.note else None,
        tag("p", f"Expected to fail: {reason}") if reason else None,
        tag("p", "Documented in ", _source(clause.source), class_="soft"),
        _block("Sent", result.sent) if first is None else _follows(first),
        _block("Came back", result.received) if first is None else None,
        id=clause.id,
        class_=f"card {_kind(outcome)}",
    )


def _link(identity: str) -> Markup:
    return tag("a", identity, href=f"#{identity}", class_="id")


def _follows(first: Result) -> Markup:
    return tag("p", "It has the same cause as ", _link(first.clause.id), ".")


def _block(title: str, text: str) -> Markup | None:
    if not text:
        return None
    return joined(tag("h4", title), tag("pre", tag("code", text)))


def _source(source: str) -> Markup:
    shown: list[str] = []
    for part in parts_of(source):
        if part.url is not None:
            shown.append(tag("a", part.text, href=part.url, rel="noreferrer"))
        else:
            shown.append(tag("code", part.text) if part.text[:1] == "#" else part.text)
        shown.append("; ")
    return joined(*shown[:-1])


def _by_section(results: Iterable[Result], outcome: Outcome) -> Markup:
    """Return a list for each section, collapsed at first."""
    mark = MARKS[outcome]
    sections: list[Markup] = []
    for section, members in groupby(results, key=lambda item: item.clause.section):
        items = [_item(mark, result) for result in members]
        title = f"{SECTIONS[section]} ({len(items)})"
        lines = tag("ul", *items, class_="clauses")
        sections.append(tag("details", tag("summary", title), lines))
    return joined(*sections)


def _item(mark: str, result: Result) -> Markup:
    clause = result.clause
    return tag(
        "li",
        tag("span", mark, aria_hidden="true", class_="mark"),
        " ",
        tag("span", clause.id, class_="id"),
        " ",
        prose(clause.sentence),
        tag("div", prose(result.note), class_="soft") if result.note else None,
        id=clause.id,
    )


def _comparison_header(comparison: Comparison) -> Markup:
    mark, kind = ("✘", "failed") if comparison.exit_code else ("✔", "passed")
    return tag(
        "header",
        tag("p", "Two reports compared", class_="soft"),
        tag("h1", comparison.after.url),
        tag(
            "p",
            tag("span", mark, aria_hidden="true"),
            f" {comparison.conclusion.capitalize()}.",
            class_=f"card conclusion {kind}",
        ),
        *(tag("p", fact, class_="soft") for fact in comparison.facts),
    )


def _comparison_main(comparison: Comparison) -> Iterator[Markup]:
    groups = list(comparison.groups())
    shown = {change.clause.id for _, _, changes in groups for change in changes}
    for title, causes in comparison.cause_groups():
        yield tag("section", tag("h2", title), *_cause_cards(causes, shown))
    for title, outcome, changes in groups:
        heading = tag("h2", f"{title} ({len(changes)})")
        cards = (
            _change(change, _kind(outcome), comparison.first_with_cause(change))
            for change in changes
        )
        yield tag("section", heading, *cards)


def _change(change: Change, kind: str, first: Result | None) -> Markup:
    clause, result = change.clause, change.result
    return tag(
        "article",
        tag(
            "p",
            tag("span", change.verdicts, class_="mark"),
            " ",
            tag("span", f"{clause.id} · {clause.level.value}", class_="id"),
        ),
        tag("h3", prose(clause.sentence)),
        tag("p", "Found: ", prose(result.note)) if result.note else None,
        _block("Sent", result.sent) if first is None else _follows(first),
        _block("Came back", result.received) if first is None else None,
        id=clause.id,
        class_=f"card {kind}",
    )
