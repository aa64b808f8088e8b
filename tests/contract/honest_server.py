"""A small server that honours the contract, written from the documents alone.

It is a witness of its own: it shares no code that judges with the suite, nor with the
mock that the project ships. Only the rules of parameters that an edit adds are taken
from the document. What it says is a pure function from request to reply, so that a
deviation is another function around it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from jsonschema_rs import Draft202012Validator

from text_completions_document import below, read_document

COMPLETE, MESSAGES = "/v1/complete", "/v1/messages"
OLD, NEW = "2023-01-01", "2023-06-01"
HUMAN, ASSISTANT = "\n\nHuman:", "\n\nAssistant:"
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    405: "invalid_request_error",
    413: "request_too_large",
}
MOST_BYTES = 32 * 2**20
WORDS = (
    "river", "walk", "light", "along", "water", "birds", "slowly", "path", "green",
    "stones", "bridge", "evening", "grass", "wind", "quiet", "silver", "boat", "naïve",
)  # fmt: skip
numbers = itertools.count(1)


@dataclass
class Ask:
    """A request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    # The names of the headers as they were spelled.
    names: tuple[str, ...] = ()
    # The port of the client.
    connection: int = 0

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def get(self, name: str) -> Any:
        value = self.json
        return value.get(name) if isinstance(value, dict) else None


@dataclass
class Reply:
    """An answer; a stream is its chunks."""

    status: int
    headers: dict[str, str]
    chunks: Iterable[bytes] = field(default_factory=list)
    # Whether a response to HEAD has its body.
    is_sent_for_head: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def is_stream(self) -> bool:
        return "event-stream" in self.headers.get("content-type", "")


Answerer = Callable[[Ask], Reply]


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def honest(ask: Ask) -> Reply:
    """Answer as the contract says."""
    identity = f"req_{next(numbers):024d}"
    try:
        reply = _answer(ask)
    except Refused as refusal:
        body = {
            "type": "error",
            "error": {"type": TYPES[refusal.status], "message": str(refusal)},
            "request_id": identity,
        }
        reply = as_json(refusal.status, body)
        reply.headers["x-should-retry"] = "false"
        if refusal.status == 405:
            reply.headers["allow"] = "POST"
    reply.headers["request-id"] = identity
    return reply


def _answer(ask: Ask) -> Reply:
    if ask.path not in {COMPLETE, MESSAGES}:
        raise Refused(404, "Not Found")
    if ask.method != "POST":
        raise Refused(405, "Method Not Allowed")
    _check_headers(ask)
    if len(ask.body) > MOST_BYTES:
        raise Refused(413, "Request exceeds the maximum size")
    body = _read_body(ask)
    if ask.path == MESSAGES:
        return _message(body)
    check_complete(body)
    return _complete(body, ask.headers["anthropic-version"])


def _check_headers(ask: Ask) -> None:
    key = ask.headers.get("x-api-key", "")
    if not key:
        raise Refused(401, "x-api-key header is required")
    if not key.startswith("sk-"):
        raise Refused(401, "invalid x-api-key")
    version = ask.headers.get("anthropic-version")
    if version is None:
        raise Refused(400, "anthropic-version: header is required")
    if version not in {OLD, NEW}:
        message = f'anthropic-version: "{version}" is not a valid version'
        raise Refused(400, message)
    media_type = ask.headers.get("content-type", "").partition(";")[0].lower()
    if media_type.strip() != "application/json":
        raise Refused(400, "content-type: application/json is expected")


def _read_body(ask: Ask) -> dict[str, Any]:
    def refuse(name: str) -> Any:
        raise ValueError(name)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    try:
        text = ask.body.decode()
        body = json.loads(text, parse_constant=refuse, object_pairs_hook=unique)
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"The request body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise Refused(400, "The request body is not a JSON object")
    return body


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: _is_number(value) and low <= value <= high


def _integer(low: int) -> Callable[[Any], bool]:
    return lambda value: _is_number(value) and value >= low and (value == value // 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_metadata(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) - {"user_id"}:
        return False
    user = value.get("user_id")
    return user is None or (isinstance(user, str) and len(user) <= 512)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _added(schema: str, rules: dict[str, Any]) -> dict[str, Any]:
    """Return rules for the parameters that the document has and the rules have not."""
    root = read_document().root
    here = f"#/components/schemas/{schema}/properties"
    return {
        name: Draft202012Validator({**root, "$ref": below(here, name)}).is_valid
        for name in root["components"]["schemas"][schema]["properties"]
        if name not in rules
    }


SAMPLING = {
    "stop_sequences": _is_texts,
    "temperature": _number(0, 1),
    "top_p": _number(0, 1),
    "top_k": _integer(0),
    "metadata": _is_metadata,
    "stream": lambda value: isinstance(value, bool),
}
COMPLETE_RULES = {
    "model": lambda value: isinstance(value, str),
    "prompt": _is_text,
    "max_tokens_to_sample": _integer(1),
    **SAMPLING,
}
COMPLETE_RULES |= _added("CompletionCreateParams", COMPLETE_RULES)


def _check(body: dict[str, Any], rules: dict[str, Any], required: list[str]) -> None:
    for name in required:
        if name not in body:
            raise Refused(400, f"{name}: Field required")
    for name, value in body.items():
        if name not in rules:
            raise Refused(400, f"{name}: Extra inputs are not permitted")
        if not rules[name](value):
            raise Refused(400, f"{name}: Input is not valid")
    if not body["model"].startswith("claude-"):
        raise Refused(404, f"model: {body['model']}")


def check_complete(body: dict[str, Any]) -> None:
    _check(body, COMPLETE_RULES, ["model", "prompt", "max_tokens_to_sample"])
    prompt = "\n\n" + body["prompt"].strip()
    human, assistant = prompt.find(HUMAN), prompt.find(ASSISTANT)
    if human < 0 or -1 < assistant < human:
        raise Refused(400, 'prompt must start with "\\n\\nHuman:" turn')
    if prompt.rfind(ASSISTANT) < prompt.rfind(HUMAN):
        raise Refused(400, 'prompt must end with "\\n\\nAssistant:" turn')


def words_for(prompt: str) -> str:
    """A text of its own for every prompt; it ends in the built-in stop sequence."""
    seed = hashlib.sha256(prompt.encode()).digest()
    chosen = [WORDS[byte % len(WORDS)] for byte in seed + seed[:13]]
    return "".join(f" {word}" for word in chosen) + "." + HUMAN


def generate(prompt: str, limit: int, stops: list[str]) -> tuple[list[str], str | None]:
    """Pieces of text, and the sequence that ended them, or None at the limit."""
    text = words_for(prompt)
    ends = [(text.index(stop), stop) for stop in stops if stop and stop in text]
    end, stop = min(ends)
    tokens = re.findall(r" \S+", text[: text.index(HUMAN)])[: int(limit)]
    reached = "".join(tokens)
    if len(reached) < end:
        return tokens, None
    kept = re.findall(r" \S*|^\S+", reached[:end])
    return kept, stop


def _complete(body: dict[str, Any], version: str) -> Reply:
    stops = [*body.get("stop_sequences", []), HUMAN]
    pieces, stop = generate(body["prompt"], body["max_tokens_to_sample"], stops)
    identity = f"compl_01{next(numbers):022d}"

    def event(text: str, *, last: bool) -> dict[str, Any]:
        reason = "max_tokens" if stop is None else "stop_sequence"
        return {
            "type": "completion",
            "id": identity,
            "completion": text,
            "stop_reason": reason if last else None,
            "model": body["model"],
            "stop": stop if last else None,
            "log_id": identity,
        }

    if not body.get("stream"):
        return as_json(200, event("".join(pieces), last=True))
    texts = pieces if stop is None else [*pieces, ""]
    if version == OLD:
        texts = list(itertools.accumulate(texts))
    last = len(texts) - 1
    name = None if version == OLD else "completion"
    events = [(name, event(text, last=i == last)) for i, text in enumerate(texts)]
    events.insert(min(1, last), ("ping", {"type": "ping"}))
    done = [b"data: [DONE]\r\n\r\n"] if version == OLD else []
    return as_stream([*(frame(*item, end="\r\n") for item in events), *done])


MESSAGE_RULES = {
    "model": lambda value: isinstance(value, str),
    "max_tokens": _integer(1),
    "messages": lambda value: isinstance(value, list) and value and _is_dialogue(value),
    "system": lambda value: isinstance(value, str),
    **SAMPLING,
}
MESSAGE_RULES |= _added("MessageCreateParams", MESSAGE_RULES)


def _is_dialogue(turns: list[Any]) -> bool:
    roles = [turn.get("role") for turn in turns if isinstance(turn, dict)]
    wanted = list(itertools.islice(itertools.cycle(["user", "assistant"]), len(turns)))
    return roles == wanted and all(map(_is_turn, turns))


def _is_turn(turn: dict[str, Any]) -> bool:
    content = turn.get("content")
    return set(turn) == {"role", "content"} and (
        isinstance(content, str)
        or (isinstance(content, list) and all(map(_is_block, content)))
    )


def _is_block(block: Any) -> bool:
    return (
        isinstance(block, dict)
        and set(block) == {"type", "text"}
        and block["type"] == "text"
        and isinstance(block["text"], str)
    )


def _message(body: dict[str, Any]) -> Reply:
    _check(body, MESSAGE_RULES, ["model", "max_tokens", "messages"])
    prompt = json.dumps(body["messages"])
    stops = [*body.get("stop_sequences", []), HUMAN]
    pieces, stop = generate(prompt, body["max_tokens"], stops)
    reason = "max_tokens" if stop is None else "stop_sequence"
    reason, stop = ("end_turn", None) if stop == HUMAN else (reason, stop)
    message = {
        "id": f"msg_01{next(numbers):022d}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": body["model"],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 1},
    }
    ending = {"stop_reason": reason, "stop_sequence": stop}
    text = "".join(pieces).removeprefix(" ")
    if not body.get("stream"):
        return as_json(
            200,
            {
                **message,
                **ending,
                "content": [{"type": "text", "text": text}],
                "usage": {"input_tokens": 9, "output_tokens": len(text.split())},
            },
        )
    return _message_stream(message, ending, re.split("(?= )", text))


def _message_stream(
    message: dict[str, Any], ending: dict[str, Any], pieces: list[str]
) -> Reply:
    block = {"type": "text", "text": ""}
    deltas = [
        {"index": 0, "delta": {"type": "text_delta", "text": piece}} for piece in pieces
    ]
    usage = {"output_tokens": sum(len(piece.split()) for piece in pieces)}
    events: list[tuple[str, dict[str, Any]]] = [
        ("message_start", {"message": message}),
        ("content_block_start", {"index": 0, "content_block": block}),
        ("ping", {}),
        *(("content_block_delta", delta) for delta in deltas),
        ("content_block_stop", {"index": 0}),
        ("message_delta", {"delta": ending, "usage": usage}),
        ("message_stop", {}),
    ]
    return as_stream([frame(name, {"type": name, **data}) for name, data in events])


def as_json(status: int, value: Any) -> Reply:
    headers = {"content-type": "application/json"}
    return Reply(status, headers, [json.dumps(value, ensure_ascii=False).encode()])


def as_stream(chunks: Iterable[bytes]) -> Reply:
    headers = {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
    }
    return Reply(200, headers, chunks)


def frame(name: str | None, data: Any, end: str = "\n") -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    lines = [f"event: {name}"] if name else []
    return (end.join([*lines, f"data: {text}"]) + end * 2).encode()


class Server:
    """Serves whatever `answer` says at the moment."""

    def __init__(self, *, closes: bool = False) -> None:
        self.answer: Answerer = honest
        # Every request so far.
        self.asked: list[Ask] = []
        # Whether an answer ends where the connection ends, as before HTTP/1.1.
        self.closes = closes
        # Whether 103 Early Hints come before an answer.
        self.hints = False
        handler = type("Handler", (_Handler,), {"owner": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"


@contextmanager
def serving(*, closes: bool = False) -> Iterator[Server]:
    """A server on a port of its own, ready when entered."""
    server = Server(closes=closes)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        thread.join()
        server.http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: Server

    def handle_one_request(self) -> None:
        try:
            self._handle()
        except (ConnectionError, ValueError):
            self.close_connection = True

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        if "chunked" in self.headers.get("transfer-encoding", ""):
            body = b"".join(self._chunks())
        else:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {key.lower(): value for key, value in self.headers.items()}
        names, port = tuple(self.headers), self.client_address[1]
        ask = Ask(self.command, self.path, headers, body, names, port)
        self.owner.asked.append(ask)
        reply = self.owner.answer(ask)
        if self.owner.hints:
            self.send_response_only(103)
            self.send_header("link", "</style.css>; rel=preload")
            self.end_headers()
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.owner.closes:
            self._until_the_end(reply.chunks)
        elif reply.is_stream:
            self._chunked(reply.chunks)
        else:
            self._whole(reply)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _until_the_end(self, chunks: Iterable[bytes]) -> None:
        self.protocol_version = "HTTP/1.0"
        self.send_header("connection", "close")
        self.end_headers()
        for chunk in chunks if self.command != "HEAD" else ():
            self.wfile.write(chunk)
        self.close_connection = True

    def _whole(self, reply: Reply) -> None:
        body = reply.body
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" or reply.is_sent_for_head:
            self.wfile.write(body)

    def _chunked(self, chunks: Iterable[bytes]) -> None:
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for chunk in chunks:
            if chunk:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")
