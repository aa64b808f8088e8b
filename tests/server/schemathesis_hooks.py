"""What stock schemathesis is told of the service, by hooks of its own.

Prompts and models become well-formed ones: the document lets any text through, and the
service asks for turns and for a model that it has.
"""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import GenerationMode

MODEL = "claude-2.1"


def _well_formed(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    changes: dict[str, Any] = {}
    if isinstance(body.get("model"), str):
        changes["model"] = MODEL
    if isinstance(body.get("prompt"), str):
        changes["prompt"] = f"\n\nHuman: Say {body['prompt']}!\n\nAssistant:"
    if isinstance(body.get("messages"), list):
        changes["messages"] = [_turn(*each) for each in enumerate(body["messages"])]
    return body | changes


def _turn(index: int, turn: Any) -> Any:
    role = ("user", "assistant")[index % 2]
    known = isinstance(turn, dict) and turn.get("role") in ("user", "assistant")
    return turn | {"role": role} if known else turn


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    del context
    return _well_formed(body)


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case, kwargs: Any
) -> None:
    """The cases that schemathesis makes without its generators pass no `map_body`."""
    del context, kwargs
    meta = case.meta
    if meta is None or meta.generation.mode is GenerationMode.POSITIVE:
        case.body = _well_formed(case.body)


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Skip cases with a broken bearer token: the key of every request is enough."""
    del context
    return "authorization" not in {name.lower() for name in case.headers or {}}
