"""Explains a clause: its sentence, its sources, and an example exchange."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from text_completions_document import mapping, sequence

from ._bench import Bench
from ._contract import COMPLETE, JSON, MESSAGES, SSE, Contract, load_contract
from ._judgement import Deviation, NotJudged
from ._registry import DIRECTED, Clause
from ._selection import all_clauses
from ._settings import Settings, SetupError
from .requests.evidence import EvidenceFormatter
from .requests.exchange import Exchange, Request
from .requests.wire import Wire

URL = "http://127.0.0.1:8000"
# A status that no clause expects: what a check says of it names the right one.
NEVER = 599
STREAMED = frozenset({"framing", "stream"})
# Invariants about errors alone.
ABOUT_ERRORS = frozenset({"errors/1", "errors/2", "errors/3", "headers/4"})
EXPECTED = re.compile(r"answered 599, not (\d{3}|4xx)")


@dataclass(frozen=True)
class Explanation:
    """What to know about a clause.

    Args:
        clause: The clause.
        sent: A curl command of a request that it sends.
        received: A response that the contract gives as an example; empty where it
            does not say which status is right.
    """

    clause: Clause
    sent: str
    received: str


def explain(identity: str, settings: Settings) -> Explanation:
    """Explain a clause by its id.

    Raises:
        SetupError: There is no such clause, or the document cannot be read.
    """
    contract = load_contract(settings.document)
    known = all_clauses(contract)
    clause = next((item for item in known if item.id == identity), None)
    if clause is None:
        raise SetupError(f"there is no clause {identity!r}; --list prints all of them")
    if len(clause.versions) == 1 and clause not in DIRECTED:
        settings = replace(settings, version=clause.versions[0])
    wire = _Silent()
    bench = Bench(cast("Wire", wire), contract, settings)
    status: int | None = None
    if clause in DIRECTED:
        try:
            DIRECTED[clause](bench)
        except (Deviation, NotJudged) as outcome:
            if match := EXPECTED.search(str(outcome)):
                status = int(match[1].replace("xx", "00"))
    elif clause.id in ABOUT_ERRORS:
        status = 401
        bench.post(bench.body(), headers=bench.headers(key=None))
    else:
        status = 200
        path = MESSAGES if "messages" in clause.id.split("/") else COMPLETE
        form = {"stream": True} if clause.section in STREAMED else {}
        bench.post(bench.body(path) | form, path=path)
    if not wire.requests:
        # The document leaves nothing to send.
        return Explanation(clause, "", "")
    request = wire.requests[-1]
    if request.method != "POST":
        status = 405
    evidence = EvidenceFormatter(URL, settings)
    received = "" if status is None else _example(contract, request, status)
    return Explanation(clause, evidence.sent(request), received)


@dataclass
class _Silent:
    """Stands for a wire: keeps requests, and answers each with a status of its own."""

    requests: list[Request] = field(default_factory=list[Request])

    def send(self, request: Request) -> Exchange:
        self.requests.append(request)
        return Exchange(request=request, status=NEVER)

    def send_unparsed(self, request: Request) -> Exchange:
        return self.send(request)

    def send_in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        return [self.send(request) for request in requests]


def _example(contract: Contract, request: Request, status: int) -> str:
    """The document's example of a response with this status."""
    is_stream = status == 200 and request.json.get("stream") is True
    keys = ("paths", request.path, "post", "responses", str(status))
    _, headers = contract.find(*keys, "headers")
    _, content = contract.find(*keys, "content", SSE if is_stream else JSON)
    named = mapping(mapping(content).get("examples")).values()
    first = mapping(next(iter(named), None))
    example = mapping(content).get("example", first.get("value"))
    lines = [f"HTTP {status}", f"content-type: {SSE if is_stream else JSON}"]
    for name in mapping(headers):
        _, values = contract.find(*keys, "headers", name, "schema", "examples")
        lines += [f"{name}: {value}" for value in sequence(values)[:1]]
    if is_stream and (event := mapping(example)):
        lines += ["", f"event: {event.get('event')}", f"data: {event.get('data')}"]
    elif example is not None and request.method != "HEAD":
        lines += ["", json.dumps(example, ensure_ascii=False)]
    return "\n".join(lines)
