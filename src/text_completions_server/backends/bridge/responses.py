"""Make a completion of a message, whole or as it arrives. Pure."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from text_completions_document import is_list, is_object, mapping, sequence

from ..base import Finish, Piece, Ping, Usage
from ..stops import StopCutter
from .errors import Call, invalid, of_event, whole_characters

_CACHED: Final = ("cache_read_input_tokens", "cache_creation_input_tokens")
_KNOWN_REASONS: Final = frozenset(
    {"end_turn", "max_tokens", "stop_sequence", "model_context_window_exceeded"}
)
_EVENTS: Final = frozenset(
    {
        "error",
        "content_block_delta",
        "content_block_start",
        "message_delta",
        "message_start",
        "message_stop",
    }
)
"""The events that are read; what others hold is not known."""

_ECHOES: Final = "chatcmpl-"
"""How the ids of a server begin that repeats a prefill in whole responses."""

_MAX_NAME: Final = 200
_new_decoder = codecs.getincrementaldecoder("utf-16-le")


class CompletionText:
    """The text of a completion, made of the text of a message.

    It begins with a space, unless it continues a prefill. It ends before the first
    stop sequence. The halves of a surrogate pair are joined.

    Args:
        stops: The stop sequences.
        prefill: What the text continues; empty if it continues nothing.
        echoed: Whether the text may begin with the prefill, which is then cut.
    """

    def __init__(
        self, stops: Iterable[str], prefill: str = "", *, echoed: bool = False
    ) -> None:
        self._cutter = StopCutter(stops)
        self._decoder = _new_decoder("replace")
        self._prefill = prefill
        self._wants_space = not prefill
        self._echo = prefill if echoed else ""
        self._beginning = ""

    @property
    def stop(self) -> str | None:
        """The stop sequence that ended the text; None until then."""
        return self._cutter.stop

    def expect_echo(self) -> None:
        """Cut the prefill if the text begins with it."""
        self._echo = self._prefill

    def feed(self, text: str) -> str:
        """Return what can be passed on, now that this text is there."""
        return self._cutter.feed(
            self._begun(self._decoder.decode(text.encode("utf-16-le", "surrogatepass")))
        )

    def flush(self) -> str:
        """Return what was held back, now that no text follows."""
        rest = self._beginning + self._decoder.decode(b"", final=True)
        self._echo = self._beginning = ""
        return self._cutter.feed(self._begun(rest)) + self._cutter.flush()

    def _begun(self, text: str) -> str:
        """Cut an echoed prefill, and begin with a space."""
        if self._echo:
            self._beginning = text = self._beginning + text
            if len(text) < len(self._echo) and self._echo.startswith(text):
                return ""
            text = text.removeprefix(self._echo)
            self._echo = self._beginning = ""
        if self._wants_space and text:
            self._wants_space = False
            return text if text.startswith(" ") else f" {text}"
        return text


class MessageReader:
    """Makes a completion of a message, or its pieces of the events of a stream.

    What the message says beside its text is noted for the access line.

    Args:
        text: Gathers the text.
        call: The call that is answered.
    """

    def __init__(self, text: CompletionText, call: Call) -> None:
        self._text = text
        self._call = call
        self._reason: str | None = None
        self._stop: str | None = None

    def read_whole(self, content: bytes) -> Finish:
        """Make the completion of the message that the upstream sent whole.

        Raises:
            UpstreamError: The body is not a message. Gateways send errors with 200 too.
        """
        message = json_object(content)
        blocks = message.get("content")
        if blocks is None and "error" in message:
            raise of_event(message, self._call)
        if not is_list(blocks):
            raise invalid("the upstream's response is not a message")
        self._note(message, message.get("usage"))
        if str(message.get("id")).startswith(_ECHOES):
            self._text.expect_echo()
        whole = "".join(_text_of(mapping(block)) for block in sequence(blocks))
        return self._finish(self._text.feed(whole) + self._text.flush())

    def read_event(self, name: str, data: str) -> Piece | None:
        """Return the piece that an event makes, if it makes one.

        Raises:
            UpstreamError: It is an error, or not an event of a message.
        """
        if name == "ping":  # which some servers send without data
            return Ping()
        if data == "[DONE]":  # as servers of other APIs end a stream
            return None
        if name and name not in _EVENTS and not data.startswith("{"):
            return None
        payload = json_object(data)
        kind = payload.get("type", name)
        if kind == "content_block_delta":
            return self._piece(mapping(payload.get("delta")))
        if kind == "ping":
            return Ping()
        if kind == "content_block_start":
            return self._piece(mapping(payload.get("content_block")))
        if kind == "message_start":
            message = mapping(payload.get("message"))
            # The output has only begun, so its count says nothing.
            usage = {**mapping(message.get("usage")), "output_tokens": None}
            self._note(message, usage)
        elif kind == "message_delta":
            self._note(mapping(payload.get("delta")), payload.get("usage"))
        elif kind == "message_stop":
            return self._finish(self._text.flush())
        elif kind == "error" or payload.get("error"):
            raise of_event(payload, self._call)
        return None

    def _piece(self, part: Mapping[str, Any]) -> Piece | None:
        text = self._text.feed(_text_of(part))
        return (text or None) if self._text.stop is None else self._finish(text)

    def _note(self, part: Mapping[str, Any], usage: object) -> None:
        """Note a message or the `delta` of a `message_delta`, and its tokens."""
        notes, tokens = self._call.notes, mapping(usage)
        model, reason = part.get("model"), part.get("stop_reason")
        stop = part.get("stop_sequence")
        if isinstance(model, str):
            notes["upstream_model"] = _in_one_line(model)
        if isinstance(reason, str):
            self._reason = notes["upstream_stop_reason"] = _in_one_line(reason)
        if isinstance(stop, str):
            self._stop = whole_characters(stop)
        read = _count(tokens.get("input_tokens"))
        if read is not None:
            # Tokens of a cached beginning are counted beside the others.
            cached = [_count(tokens.get(name)) or 0 for name in _CACHED]
            notes["input_tokens"] = read + sum(cached)
        written = _count(tokens.get("output_tokens"))
        if written is not None:
            notes["output_tokens"] = written

    def _finish(self, text: str) -> Finish:
        """Make the end of a completion with its last text, perhaps cut at a sequence.

        Raises:
            UpstreamError: The message does not say why it ended.
        """
        notes, stop = self._call.notes, self._text.stop or self._stop
        read, written = notes.get("input_tokens"), notes.get("output_tokens")
        usage = Usage(_count(read), _count(written))
        if stop is not None:  # some servers say end_turn beside it
            return Finish("stop_sequence", stop, text, usage)
        if self._reason is None:
            raise invalid("the upstream's message has no stop_reason")
        is_known = self._reason in _KNOWN_REASONS
        headers = {} if is_known else {"x-upstream-stop-reason": self._reason}
        return Finish(self._reason, None, text, usage, headers)


def json_object(data: str | bytes) -> Mapping[str, Any]:
    """Decode a JSON object that the upstream sent.

    Raises:
        UpstreamError: It is something else, such as an HTML page.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not is_object(value):
        raise invalid("the upstream sent something that is not a JSON object")
    return mapping(value)


def _text_of(part: Mapping[str, Any]) -> str:
    """Return the text of a content block or a delta; empty if it has another kind."""
    text = part.get("text")
    if isinstance(text, str) and part.get("type") in ("text", "text_delta"):
        return text
    return ""


def _count(value: object) -> int | None:
    """Return a number of tokens, unless no response could have so many."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 2**53 else None


def _in_one_line(name: str) -> str:
    """Return a name as a log line and a header can carry it."""
    shown = name if name.isascii() and name.isprintable() else ascii(name)
    return shown[:_MAX_NAME]
