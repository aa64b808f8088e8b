"""How clauses ask for wrong JSON types: every one, in each form that requests have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ._bench import Bench
from ._document import COMPLETE, MESSAGES
from ._expectations import MESSAGE_PARAMS, PARAMS, refused
from ._mistyped import Likelihood, Mistyped, mistyped
from ._strict_json import as_list, as_object, as_text

SCHEMAS: Final = {COMPLETE: PARAMS, MESSAGES: MESSAGE_PARAMS}
TEXT_BLOCK: Final = {"type": "text", "text": "Hello, Claude"}
# Values with more to be mistaken in than the document's examples have.
VALUES: Final[dict[str, Any]] = {
    "stream": True,
    "stop_sequences": ["###", "---"],
    "messages": [{"role": "user", "content": [TEXT_BLOCK]}],
}


def refuses_mistyped(bench: Bench, name: str, path: str = COMPLETE) -> None:
    """Expect a parameter to be refused with a value of another type, at any depth.

    A server may check JSON answers and streams, or both versions, in different
    places. So the requests take turns in their form, and cost no more for it; in
    `full` each is sent in each form.
    """
    forms = list(_forms(bench, name))
    for turn, item in enumerate(_mistyped(bench, name, path)):
        one = turn % len(forms)
        for form in forms if _is_full(bench) else forms[one : one + 1]:
            body = {**item.body, **form.members}
            exchange = bench.post(body, path=path, headers=form.headers)
            refused(exchange, f"{item}{form.said}")


@dataclass(frozen=True)
class _Form:
    """Members and headers that give a request its form, and how to name it."""

    members: Mapping[str, Any]
    headers: Mapping[str, str]
    said: str


def _mistyped(bench: Bench, name: str, path: str) -> list[Mistyped]:
    def is_good(body: Mapping[str, Any]) -> bool:
        return bench.document.problems(SCHEMAS[path], body) is None

    return mistyped(_body(bench, path, name), name, is_good, _reach(bench, path))


def _is_full(bench: Bench) -> bool:
    return bench.settings.profile == "full"


def _reach(bench: Bench, path: str) -> Likelihood:
    """How far to go: what a run may send is divided between the operations."""
    if _is_full(bench):
        return Likelihood.FAR_OFF
    return Likelihood.CONVERTED if path == COMPLETE else Likelihood.MISTAKEN


def _body(bench: Bench, path: str, name: str) -> dict[str, Any]:
    body = bench.body() if path == COMPLETE else bench.message_body()
    value = VALUES.get(name, body.get(name))
    return {**body, name: _example(bench, path, name) if value is None else value}


def _example(bench: Bench, path: str, name: str) -> Any:
    schema = (as_text(SCHEMAS[path]) or "").removeprefix("#/").split("/")
    found = as_object(bench.document.at(*schema, "properties", name)) or {}
    return next(iter(as_list(found.get("examples"))), None)


def _forms(bench: Bench, name: str) -> Iterator[_Form]:
    yield _Form({}, bench.headers(), "")
    if name != "stream":
        yield _Form({"stream": True}, bench.headers(), ", `stream: true`")
    for version in bench.versions:
        if version != bench.version:
            headers = bench.headers(anthropic_version=version)
            yield _Form({}, headers, f", under {version}")
