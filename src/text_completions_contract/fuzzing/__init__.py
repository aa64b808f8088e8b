"""Generated requests: schemathesis makes them and checks the answers by the document.

`_table` says which of its checks are clauses here, `_shape` makes its requests ones
that a strict server takes, `_bridge` sends them, `_engine` runs it, and `_findings`
turns what it found into verdicts, after a second look of our own.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._judge import Judge
from .._registry import Clause
from .._report import Result
from .checks import schema_clauses

__all__ = ["fuzz", "schema_clauses"]


def fuzz(judge: Judge, clauses: list[Clause]) -> Iterator[Result]:
    """Judge the clauses of the section `schema`."""
    from .._judge import not_judged

    lacking = judge.capabilities.lacks("model")
    if lacking is not None:
        yield from (not_judged(clause, lacking) for clause in clauses)
        return
    # Importing schemathesis takes a while: only a run that comes so far pays for it.
    from .engine import generate
    from .findings import Findings

    findings = Findings(judge, clauses)
    yield from generate(judge, findings)
    yield from findings.finish()
