"""No false alarm: servers that honour the contract in other ways are not blamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import honest_server
import pytest
from honest_server import Answerer, Ask, Reply, Server, honest, serving
from honest_variants import VARIANTS

from text_completions_contract import Report, Settings, Verdict, run
from text_completions_contract.clauses.answer import VERY_STEADY
from text_completions_server import MockServer

ROOT = Path(__file__).parents[2]


def blamed(report: Report) -> list[tuple[str, str]]:
    return [(result.clause.id, result.note) for result in report.deviations]


@pytest.fixture
def smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document with a limit of 3 MB, which the server has too.

    Bodies of 32 MB are a quarter of a run, and the same in each.
    """
    limit = 3 * 2**20
    monkeypatch.setattr(honest_server, "MOST_BYTES", limit)
    text = (ROOT / "openapi.yaml").read_text("utf-8")
    place = tmp_path / "openapi.yaml"
    place.write_text(text.replace(f"-bytes: {32 * 2**20}", f"-bytes: {limit}"))
    return place


@pytest.mark.parametrize(
    ("only", "answer"),
    [pytest.param(*variant, id=name) for name, variant in VARIANTS.items()],
)
def test_no_must_is_red_for_an_honest_server(
    server: Server, smaller: Path, only: tuple[str, ...], answer: Answerer
) -> None:
    server.answer = answer
    report = run(server.url, Settings(timeout=5, document=smaller, only=only))
    assert blamed(report) == []
    assert report.exit_code == 0
    assert len(report.of(Verdict.PASSED)) > 0.4 * len(report.results)


@pytest.fixture
def closing() -> Iterator[Server]:
    """A server of the old kind: an answer ends where the connection does."""
    with serving(closes=True) as server:
        yield server


def test_no_must_is_red_where_the_connection_ends_an_answer(closing: Server) -> None:
    report = run(closing.url, Settings())
    assert blamed(report) == []
    assert report.exit_code == 0


def test_the_mock_conforms_whatever_its_seed() -> None:
    only = ("answer", "framing", "stream", "stop", "limits")
    for seed in range(1, 4):
        with MockServer(seed=seed) as mock:
            report = run(mock.url, Settings(only=only, strict=True))
        assert blamed(report) == []
        assert report.exit_code == 0


def test_the_mock_conforms_in_every_clause() -> None:
    with MockServer() as mock:
        report = run(mock.url, Settings(strict=True))
    assert blamed(report) == []
    assert report.requests < 400


def test_a_server_whose_text_depends_on_its_load_is_not_blamed(server: Server) -> None:
    """On real machines the text may depend on how many requests are in flight."""
    counts: Counter[bytes] = Counter()

    def answer(ask: Ask) -> Reply:
        counts[ask.body] += 1
        # Sent alone, then three times with others, then alone until the text is
        # steady, then several times at once.
        is_alone = counts[ask.body] == 1 or 5 <= counts[ask.body] < 5 + VERY_STEADY
        changed = ask.body if is_alone else ask.body.replace(b"about ten", b"twenty")
        return honest(Ask(ask.method, ask.path, ask.headers, changed, ask.names))

    server.answer = answer
    report = run(server.url, Settings(only=("answer/13",)))
    assert blamed(report) == []
    (result,) = report.results
    assert result.note == "the same request gets other texts when sent concurrently"


@pytest.mark.parametrize(
    ("clause", "which"), [("answer/13", 2), ("messages/29", 2), ("answer/14", 1)]
)
def test_a_server_that_gives_another_text_once_is_not_blamed(
    server: Server, clause: str, which: int
) -> None:
    counts: Counter[bytes] = Counter()

    def answer(ask: Ask) -> Reply:
        counts[ask.body] += 1
        is_other = counts[ask.body] == which and ask.json.get("stream")
        body = ask.body.replace(b"about", b"more than") if is_other else ask.body
        return honest(Ask(ask.method, ask.path, ask.headers, body, ask.names))

    server.answer = answer
    report = run(server.url, Settings(only=(clause,)))
    assert blamed(report) == []
    (result,) = report.results
    assert result.verdict is Verdict.NOT_JUDGED
