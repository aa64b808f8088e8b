"""How clauses ask for wrong JSON types: every one, in each form that requests have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._bench import Bench
from .._document import COMPLETE, MESSAGES
from .._exchange import Exchange
from .._json import as_list, as_object, as_text
from .._mistyped import Likelihood, mistyped
from ._asking import MESSAGE_PARAMS, PARAMS, refused

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
    places. So the requests take turns in their form, and cost no more for it.
    """
    for turn, item in enumerate(
        mistyped(
            _body(bench, path, name),
            name,
            lambda body: bench.document.problems(SCHEMAS[path], body) is None,
            _reach(bench, path),
        )
    ):
        forms = list(_forms(bench, name))
        members, headers, said = forms[turn % len(forms)]
        exchange = _post(bench, path, {**item.body, **members}, headers)
        refused(exchange, f"{item}{said}")


def _reach(bench: Bench, path: str) -> Likelihood:
    """How far to go: what a run may send is divided between the operations."""
    if bench.settings.profile == "full":
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


def _forms(
    bench: Bench, name: str
) -> Iterator[tuple[dict[str, Any], Mapping[str, str], str]]:
    """Members and headers that give a request its form, and how to name it."""
    yield {}, bench.headers(), ""
    if name != "stream":
        yield {"stream": True}, bench.headers(), ", `stream: true`"
    for version in bench.versions:
        if version != bench.version:
            headers = bench.headers(anthropic_version=version)
            yield {}, headers, f", under {version}"


def _post(
    bench: Bench, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> Exchange:
    return bench.post(body, path=path, headers=headers)
