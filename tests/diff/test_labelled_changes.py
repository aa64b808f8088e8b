"""What an edit of a document means, by labels thought out beforehand."""

from __future__ import annotations

import pytest
from labelled import DOCUMENTS, HERE, Labelled, edited, labelled

from text_completions_diff import diff
from text_completions_document import Document

CASES = list(labelled())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_is_reported_as_it_is_labelled_and_nothing_else(case: Labelled) -> None:
    found = [[str(one.severity), one.kind, one.pointer] for one in case.changes]
    assert sorted(found) == sorted(case.expected), [one.message for one in case.changes]


def test_each_verdict_of_each_kind_has_its_sentence() -> None:
    """sentences.txt has the first message of each, in the order of the labels."""
    messages: dict[str, str] = {}
    for change in (change for case in CASES for change in case.changes):
        messages.setdefault(f"{change.severity} {change.kind}", change.message)
    sentences = [f"{name}: {message}" for name, message in messages.items()]
    assert sentences == (HERE / "sentences.txt").read_text("utf-8").splitlines()


def test_there_are_enough_labels_to_trust_the_rules() -> None:
    assert len(CASES) >= 150
    assert {one.expected[0][0] for one in CASES if one.expected} == {
        "breaking",
        "compatible",
        "documentation",
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_the_same_as_itself(name: str) -> None:
    document = Document(DOCUMENTS[name], newest="3.2")
    assert diff(document, document) == []


def test_a_limit_of_bodies_that_comes_or_goes_has_no_number_to_report() -> None:
    limit = "/paths/~1v1~1complete/post/requestBody/x-contract-max-bytes"
    limited = Document(DOCUMENTS["ours"])
    unlimited = Document(edited(limited.root, [["remove", limit]]))
    (gone,), (come,) = diff(limited, unlimited), diff(unlimited, limited)
    assert gone.message == "a body of more bytes is accepted now"
    assert come.message == "a body of more bytes is refused now"
