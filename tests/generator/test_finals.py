"""What `final` says of a stream becomes a method, or is refused with its place."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from emitting import Bench, Wire, load

from text_completions_document import DocumentError

ANSWERS = {
    "complete": "#/paths/~1v1~1complete/post/responses/200/content/text~1event-stream",
    "messages": "#/paths/~1v1~1messages/post/responses/200/content/text~1event-stream",
}
COMPLETION = "#/components/schemas/Completion"
EVENT = "#/components/schemas/CompletionEvent"


def content(contract: dict[str, Any], path: str = "complete") -> dict[str, Any]:
    answers: dict[str, Any] = contract["paths"][f"/v1/{path}"]["post"]["responses"]
    found: dict[str, Any] = answers["200"]["content"]
    return found


def final(contract: dict[str, Any], path: str = "complete") -> dict[str, Any]:
    stream = content(contract, path)["text/event-stream"]["x-contract-stream"]
    found: dict[str, Any] = stream["final"]
    return found


def refused(bench: Bench, contract: dict[str, Any]) -> str:
    with pytest.raises(DocumentError) as caught:
        bench.emit(contract)
    assert not bench.package.exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("part", "place", "reason"),
    [
        ({"event": "pong"}, "event", "unknown event 'pong'"),
        ({"from": "/no"}, "from", f"'/no' leads to no member of {EVENT}"),
        ({"from": "/model/deeper"}, "from", "leads to no member"),
        ({"to": "/no"}, "to", f"'/no' leads to no member of {COMPLETION}"),
        ({"how": "append"}, "how", "append needs a place in the response"),
        ({"how": "put"}, "how", "put needs a place in the response"),
        ({"how": "multiply"}, "how", "must be one of"),
        ({"to": "completion"}, "to", "must"),
        ({"whence": "/a"}, "whence", "unknown key; the keys here are"),
    ],
    ids=str,
)
def test_a_part_that_cannot_be_honoured_is_refused(
    bench: Bench, contract: dict[str, Any], part: Any, place: str, reason: str
) -> None:
    final(contract)["parts"].append({"event": "completion", **part})
    message = refused(bench, contract)

    here = f"{ANSWERS['complete']}/x-contract-stream/final/parts/2"
    assert here in message
    assert place in message
    assert reason in message


def test_a_step_must_be_named_by_a_member_of_the_event(
    bench: Bench, contract: dict[str, Any]
) -> None:
    part = final(contract, "messages")["parts"][1]
    part["to"] = "/content/{place}"
    message = refused(bench, contract)

    assert f"{ANSWERS['messages']}/x-contract-stream/final/parts/1/to" in message
    assert (
        "'/place' leads to no member of #/components/schemas/ContentBlockStartEvent"
        in message
    )


def test_without_a_json_answer_there_is_nothing_to_add_up_to(
    bench: Bench, contract: dict[str, Any]
) -> None:
    content(contract).pop("application/json")
    stream = content(contract)["text/event-stream"]["x-contract-stream"]
    stream.pop("switch")
    schema = contract["components"]["schemas"]["CompletionCreateParams"]
    schema["properties"].pop("stream")

    message = refused(bench, contract)
    assert f"{ANSWERS['complete']}/x-contract-stream/final" in message
    assert "there is no JSON object that the events could add up to" in message


def test_two_streams_need_two_names(bench: Bench, contract: dict[str, Any]) -> None:
    final(contract, "messages")["name"] = "completion"

    assert "two streams would have a method get_final_completion" in refused(
        bench, contract
    )


@pytest.mark.parametrize(
    "changes", [{"name": "not a name"}, {"name": 1}, {"parts": []}]
)
def test_a_name_and_parts_are_needed(
    bench: Bench, contract: dict[str, Any], changes: dict[str, Any]
) -> None:
    final(contract).update(changes)
    assert "x-contract-stream/final" in refused(bench, contract)


@pytest.mark.parametrize("key", ["name", "parts"])
def test_a_missing_name_or_missing_parts_are_refused(
    bench: Bench, contract: dict[str, Any], key: str
) -> None:
    final(contract).pop(key)
    assert f"{key!r} is missing" in refused(bench, contract)


# What comes of it ------------------------------------------------------------


def rename(contract: dict[str, Any]) -> None:
    final(contract)["name"] = "text"


def drop(contract: dict[str, Any]) -> None:
    stream = content(contract)["text/event-stream"]["x-contract-stream"]
    del stream["final"]


def methods(module: Any) -> set[str]:
    return {name for name in dir(module.Stream) if name.startswith("get_final")}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (rename, {"get_final_text", "get_final_message"}),
        (drop, {"get_final_message"}),
    ],
)
def test_the_methods_are_those_of_the_document(
    bench: Bench,
    contract: dict[str, Any],
    change: Callable[[dict[str, Any]], None],
    expected: set[str],
) -> None:
    change(contract)
    module = load(bench.emit(contract), f"finals_{change.__name__}")

    assert methods(module) == expected
    for name in expected:
        assert inspect.iscoroutinefunction(getattr(module.AsyncStream, name))
        assert inspect.getdoc(getattr(module.Stream, name))


def test_parts_are_added_up_as_the_document_says(
    bench: Bench, contract: dict[str, Any]
) -> None:
    parts = final(contract)["parts"]
    parts[:] = [
        {"event": "completion", "from": "/model", "to": "/id", "how": "put"},
        {"event": "completion", "from": "/completion", "to": "/model", "how": "append"},
    ]
    module = load(bench.emit(contract), "finals_otherwise")
    events = [
        {"completion": text, "stop_reason": reason, "model": "m"}
        for text, reason in ((" a", None), (" b", "max_tokens"))
    ]
    body = "".join(f"event: completion\ndata: {json.dumps(one)}\n\n" for one in events)
    wire = Wire(
        module,
        httpx.Response(200, headers={"content-type": "text/event-stream"}, text=body),
    )
    stream = wire.client.completions.create(
        model="m",
        prompt="\n\nHuman: Hello\n\nAssistant:",
        max_tokens_to_sample=5,
        stream=True,
    )
    assert stream.get_final_completion().to_dict() == {"id": "m", "model": " a b"}
