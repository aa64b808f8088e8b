# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""POST /v1/complete, as data."""

from __future__ import annotations

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
from ...types.completion import Completion
from ...types.completion_event import CompletionEvent

OPERATION = Operation(
    name="completions.create",
    method="POST",
    path="/v1/complete",
    parameters=(
        Parameter(
            argument="anthropic_version",
            name="anthropic-version",
            location="header",
            required=True,
            schema=SCHEMAS.at(
                "#/components/parameters/AnthropicVersion/schema",
                {"$ref": "#/components/schemas/ApiVersion"},
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
            "#/components/schemas/CompletionCreateParams",
            {"$ref": "#/components/schemas/CompletionCreateParams"},
        ),
        members={
            "model": "model",
            "prompt": "prompt",
            "max_tokens_to_sample": "max_tokens_to_sample",
            "stop_sequences": "stop_sequences",
            "temperature": "temperature",
            "top_p": "top_p",
            "top_k": "top_k",
            "metadata": "metadata",
            "stream": "stream",
        },
    ),
    response=ResponseSpec(
        model=Completion,
        schema=SCHEMAS.at(
            "#/components/schemas/Completion",
            {"$ref": "#/components/schemas/Completion"},
        ),
    ),
    stream=StreamSpec(
        events={"completion": CompletionEvent},
        schemas={"completion": "#/components/schemas/CompletionEvent"},
        ignore=frozenset(["ping"]),
        error="error",
        text=FieldPath("completion", ("completion",)),
        last=FieldPath("completion", ("stop_reason",)),
        switch="stream",
        version="anthropic-version",
        versions={
            "2023-06-01": VersionRule(
                unnamed=None,
                cumulative=False,
                end=None,
            ),
            "2023-01-01": VersionRule(
                unnamed="completion",
                cumulative=True,
                end="[DONE]",
            ),
        },
        final=Accumulation(
            Completion,
            (
                AccumulationStep("completion", (), (), "merge"),
                AccumulationStep(
                    "completion", ("completion",), ("completion",), "append"
                ),
            ),
        ),
    ),
)
