"""The clauses, a module per section; importing this package registers them all."""

from __future__ import annotations

from . import (
    _answer,
    _auth,
    _errors,
    _framing,
    _headers,
    _independence,
    _limits,
    _messages,
    _messages_always,
    _messages_more,
    _methods,
    _prompts,
    _request,
    _stop,
    _stream,
    _text,
    _versions,
)

__all__ = [
    "_answer",
    "_auth",
    "_errors",
    "_framing",
    "_headers",
    "_independence",
    "_limits",
    "_messages",
    "_messages_always",
    "_messages_more",
    "_methods",
    "_prompts",
    "_request",
    "_stop",
    "_stream",
    "_text",
    "_versions",
]
