# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""POST /v1/messages, as data."""

from __future__ import annotations

from typing import TypeAlias

from text_completions_runtime import (
    Accumulation,
    AccumulationStep,
    Body,
    FieldPath,
    Operation,
    Parameter,
    ResponseSpec,
    StreamSpec,
    VersionRule,
)

from ..._schemas import SCHEMAS
from ...types.content_block_delta_event import ContentBlockDeltaEvent
from ...types.content_block_start_event import ContentBlockStartEvent
from ...types.content_block_stop_event import ContentBlockStopEvent
from ...types.message import Message
from ...types.message_delta_event import MessageDeltaEvent
from ...types.message_start_event import MessageStartEvent
from ...types.message_stop_event import MessageStopEvent

MessageStreamEvent: TypeAlias = (
    MessageStartEvent
    | ContentBlockStartEvent
    | ContentBlockDeltaEvent
    | ContentBlockStopEvent
    | MessageDeltaEvent
    | MessageStopEvent
)
"""The events of the stream."""

OPERATION = Operation(
    name="messages.create",
    method="POST",
    path="/v1/messages",
    parameters=(
        Parameter(
            argument="anthropic_version",
            name="anthropic-version",
            location="header",
            required=True,
            schema=SCHEMAS.at(
                "#/components/parameters/MessagesVersion/schema",
                {"$ref": "#/components/schemas/MessagesApiVersion"},
            ),
            default="2023-06-01",
            explode=False,
        ),
        Parameter(
            argument="betas",
            name="anthropic-beta",
            location="header",
            required=False,
            schema=SCHEMAS.at(
                "#/components/parameters/AnthropicBeta/schema",
                {"type": "array", "items": {"type": "string"}},
            ),
            default=None,
            explode=False,
        ),
    ),
    body=Body(
        media_type="application/json",
        schema=SCHEMAS.at(
            "#/components/schemas/MessageCreateParams",
            {"$ref": "#/components/schemas/MessageCreateParams"},
        ),
        members={
            "model": "model",
            "max_tokens": "max_tokens",
            "messages": "messages",
            "system": "system",
            "metadata": "metadata",
            "stop_sequences": "stop_sequences",
            "stream": "stream",
            "temperature": "temperature",
            "top_p": "top_p",
            "top_k": "top_k",
        },
    ),
    response=ResponseSpec(
        model=Message,
        schema=SCHEMAS.at(
            "#/components/schemas/Message", {"$ref": "#/components/schemas/Message"}
        ),
    ),
    stream=StreamSpec(
        events={
            "message_start": MessageStartEvent,
            "content_block_start": ContentBlockStartEvent,
            "content_block_delta": ContentBlockDeltaEvent,
            "content_block_stop": ContentBlockStopEvent,
            "message_delta": MessageDeltaEvent,
            "message_stop": MessageStopEvent,
        },
        schemas={
            "message_start": "#/components/schemas/MessageStartEvent",
            "content_block_start": "#/components/schemas/ContentBlockStartEvent",
            "content_block_delta": "#/components/schemas/ContentBlockDeltaEvent",
            "content_block_stop": "#/components/schemas/ContentBlockStopEvent",
            "message_delta": "#/components/schemas/MessageDeltaEvent",
            "message_stop": "#/components/schemas/MessageStopEvent",
        },
        ignore=frozenset(["ping"]),
        error="error",
        text=FieldPath("content_block_delta", ("delta", "text")),
        last=FieldPath("message_stop"),
        switch="stream",
        version="anthropic-version",
        versions={
            "2023-06-01": VersionRule(
                unnamed=None,
                cumulative=False,
                end=None,
            )
        },
        final=Accumulation(
            Message,
            (
                AccumulationStep("message_start", ("message",), (), "merge"),
                AccumulationStep(
                    "content_block_start",
                    ("content_block",),
                    ("content", "{index}"),
                    "put",
                ),
                AccumulationStep(
                    "content_block_delta",
                    ("delta", "text"),
                    ("content", "{index}", "text"),
                    "append",
                ),
                AccumulationStep("message_delta", ("delta",), (), "merge"),
                AccumulationStep("message_delta", ("usage",), ("usage",), "merge"),
            ),
        ),
    ),
)
