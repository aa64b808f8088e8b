# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The schemas of the document."""

from __future__ import annotations

from text_completions_runtime import Schemas

SCHEMAS = Schemas(
    {
        "#/components/schemas/ApiVersion": {
            "type": "string",
            "enum": ["2023-01-01", "2023-06-01"],
        },
        "#/components/schemas/MessagesApiVersion": {
            "type": "string",
            "enum": ["2023-01-01", "2023-06-01", "2026-10-21"],
        },
        "#/components/schemas/KnownModel": {
            "type": "string",
            "enum": [
                "claude-2.1",
                "claude-2.0",
                "claude-2",
                "claude-instant-1.2",
                "claude-instant-1.1",
                "claude-instant-1.1-100k",
                "claude-instant-1.0",
                "claude-instant-1",
                "claude-instant-1-100k",
                "claude-1.3",
                "claude-1.3-100k",
                "claude-1.2",
                "claude-1.0",
                "claude-1",
                "claude-1-100k",
                "claude-v1.3",
                "claude-v1.3-100k",
                "claude-v1.2",
                "claude-v1.0",
                "claude-v1",
                "claude-v1-100k",
                "claude-instant-v1.1",
                "claude-instant-v1.1-100k",
                "claude-instant-v1.0",
                "claude-instant-v1",
                "claude-instant-v1-100k",
            ],
        },
        "#/components/schemas/Model": {
            "anyOf": [{"$ref": "#/components/schemas/KnownModel"}, {"type": "string"}]
        },
        "#/components/schemas/Metadata": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"user_id": {"type": ["string", "null"], "maxLength": 512}},
        },
        "#/components/schemas/CompletionCreateParams": {
            "type": "object",
            "additionalProperties": False,
            "required": ["model", "prompt", "max_tokens_to_sample"],
            "properties": {
                "model": {"$ref": "#/components/schemas/Model"},
                "prompt": {"type": "string", "minLength": 1},
                "max_tokens_to_sample": {"type": "integer", "minimum": 1},
                "stop_sequences": {"type": "array", "items": {"type": "string"}},
                "temperature": {"type": "number", "minimum": 0, "maximum": 1},
                "top_p": {
                    "type": "number",
                    "anyOf": [
                        {"type": "number", "minimum": 0, "maximum": 1},
                        {"type": "number", "const": -1.0},
                    ],
                },
                "top_k": {"type": "integer", "minimum": -1},
                "metadata": {"$ref": "#/components/schemas/Metadata"},
                "stream": {"type": "boolean"},
            },
        },
        "#/components/schemas/KnownCompletionStopReason": {
            "type": "string",
            "enum": ["stop_sequence", "max_tokens"],
        },
        "#/components/schemas/CompletionStopReason": {
            "anyOf": [
                {"$ref": "#/components/schemas/KnownCompletionStopReason"},
                {"type": "string"},
            ]
        },
        "#/components/schemas/Completion": {
            "type": "object",
            "required": ["type", "id", "completion", "stop_reason", "model"],
            "properties": {
                "type": {"type": "string", "const": "completion"},
                "id": {"type": "string"},
                "completion": {"type": "string"},
                "stop_reason": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/CompletionStopReason"},
                        {"type": "null"},
                    ]
                },
                "model": {"$ref": "#/components/schemas/Model"},
                "stop": {"type": ["string", "null"]},
                "log_id": {"type": "string"},
                "truncated": {"type": "boolean"},
                "exception": {"type": ["string", "null"]},
            },
        },
        "#/components/schemas/CompletionEvent": {
            "type": "object",
            "required": ["completion", "stop_reason", "model"],
            "properties": {
                "type": {"type": "string", "const": "completion"},
                "id": {"type": "string"},
                "completion": {"type": "string"},
                "stop_reason": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/CompletionStopReason"},
                        {"type": "null"},
                    ]
                },
                "model": {"$ref": "#/components/schemas/Model"},
                "stop": {"type": ["string", "null"]},
                "log_id": {"type": "string"},
                "truncated": {"type": "boolean"},
                "exception": {"type": ["string", "null"]},
            },
        },
        "#/components/schemas/PingEvent": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"type": "string", "const": "ping"}},
        },
        "#/components/schemas/TextBlockParam": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "text"],
            "properties": {
                "type": {"type": "string", "const": "text"},
                "text": {"type": "string"},
                "cache_control": {"type": "object", "additionalProperties": True},
            },
        },
        "#/components/schemas/MessageParam": {
            "type": "object",
            "additionalProperties": False,
            "required": ["role", "content"],
            "properties": {
                "role": {"type": "string", "enum": ["user", "assistant"]},
                "content": {
                    "anyOf": [
                        {"type": "string"},
                        {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/TextBlockParam"},
                        },
                    ]
                },
            },
        },
        "#/components/schemas/MessageCreateParams": {
            "type": "object",
            "additionalProperties": False,
            "required": ["model", "max_tokens", "messages"],
            "properties": {
                "model": {"$ref": "#/components/schemas/Model"},
                "max_tokens": {"type": "integer", "minimum": 1},
                "messages": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"$ref": "#/components/schemas/MessageParam"},
                },
                "system": {
                    "anyOf": [
                        {"type": "string"},
                        {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/TextBlockParam"},
                        },
                    ]
                },
                "metadata": {"$ref": "#/components/schemas/Metadata"},
                "stop_sequences": {"type": "array", "items": {"type": "string"}},
                "stream": {"type": "boolean"},
                "temperature": {"type": "number", "minimum": 0, "maximum": 1},
                "top_p": {
                    "type": "number",
                    "anyOf": [
                        {"type": "number", "minimum": 0, "maximum": 1},
                        {"type": "number", "const": -1.0},
                    ],
                },
                "top_k": {"type": "integer", "minimum": -1},
            },
        },
        "#/components/schemas/KnownMessageStopReason": {
            "type": "string",
            "enum": ["end_turn", "max_tokens", "stop_sequence"],
        },
        "#/components/schemas/MessageStopReason": {
            "anyOf": [
                {"$ref": "#/components/schemas/KnownMessageStopReason"},
                {"type": "string"},
            ]
        },
        "#/components/schemas/TextBlock": {
            "type": "object",
            "required": ["type", "text"],
            "properties": {
                "type": {"type": "string", "const": "text"},
                "text": {"type": "string"},
            },
        },
        "#/components/schemas/OtherContentBlock": {
            "type": "object",
            "additionalProperties": True,
            "required": ["type"],
            "properties": {"type": {"type": "string", "not": {"const": "text"}}},
        },
        "#/components/schemas/ContentBlock": {
            "anyOf": [
                {"$ref": "#/components/schemas/TextBlock"},
                {"$ref": "#/components/schemas/OtherContentBlock"},
            ]
        },
        "#/components/schemas/Usage": {
            "type": "object",
            "required": ["input_tokens", "output_tokens"],
            "properties": {
                "input_tokens": {"type": "integer", "minimum": 0},
                "output_tokens": {"type": "integer", "minimum": 0},
            },
        },
        "#/components/schemas/Message": {
            "type": "object",
            "required": [
                "id",
                "type",
                "role",
                "content",
                "model",
                "stop_reason",
                "stop_sequence",
            ],
            "properties": {
                "id": {"type": "string"},
                "type": {"type": "string", "const": "message"},
                "role": {"type": "string", "const": "assistant"},
                "content": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/ContentBlock"},
                },
                "model": {"$ref": "#/components/schemas/Model"},
                "stop_reason": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/MessageStopReason"},
                        {"type": "null"},
                    ]
                },
                "stop_sequence": {"type": ["string", "null"]},
                "usage": {"$ref": "#/components/schemas/Usage"},
            },
        },
        "#/components/schemas/MessageStartEvent": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {
                "type": {"type": "string", "const": "message_start"},
                "message": {"$ref": "#/components/schemas/Message"},
            },
        },
        "#/components/schemas/ContentBlockStartEvent": {
            "type": "object",
            "required": ["type", "index", "content_block"],
            "properties": {
                "type": {"type": "string", "const": "content_block_start"},
                "index": {"type": "integer", "minimum": 0},
                "content_block": {"$ref": "#/components/schemas/ContentBlock"},
            },
        },
        "#/components/schemas/TextDelta": {
            "type": "object",
            "required": ["type", "text"],
            "properties": {
                "type": {"type": "string", "const": "text_delta"},
                "text": {"type": "string"},
            },
        },
        "#/components/schemas/OtherDelta": {
            "type": "object",
            "additionalProperties": True,
            "required": ["type"],
            "properties": {"type": {"type": "string", "not": {"const": "text_delta"}}},
        },
        "#/components/schemas/ContentBlockDeltaEvent": {
            "type": "object",
            "required": ["type", "index", "delta"],
            "properties": {
                "type": {"type": "string", "const": "content_block_delta"},
                "index": {"type": "integer", "minimum": 0},
                "delta": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/TextDelta"},
                        {"$ref": "#/components/schemas/OtherDelta"},
                    ]
                },
            },
        },
        "#/components/schemas/ContentBlockStopEvent": {
            "type": "object",
            "required": ["type", "index"],
            "properties": {
                "type": {"type": "string", "const": "content_block_stop"},
                "index": {"type": "integer", "minimum": 0},
            },
        },
        "#/components/schemas/MessageDelta": {
            "type": "object",
            "required": ["stop_reason", "stop_sequence"],
            "properties": {
                "stop_reason": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/MessageStopReason"},
                        {"type": "null"},
                    ]
                },
                "stop_sequence": {"type": ["string", "null"]},
            },
        },
        "#/components/schemas/MessageDeltaUsage": {
            "type": "object",
            "required": ["output_tokens"],
            "properties": {"output_tokens": {"type": "integer", "minimum": 0}},
        },
        "#/components/schemas/MessageDeltaEvent": {
            "type": "object",
            "required": ["type", "delta"],
            "properties": {
                "type": {"type": "string", "const": "message_delta"},
                "delta": {"$ref": "#/components/schemas/MessageDelta"},
                "usage": {"$ref": "#/components/schemas/MessageDeltaUsage"},
            },
        },
        "#/components/schemas/MessageStopEvent": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"type": "string", "const": "message_stop"}},
        },
        "#/components/schemas/KnownErrorType": {
            "type": "string",
            "enum": [
                "invalid_request_error",
                "authentication_error",
                "billing_error",
                "permission_error",
                "not_found_error",
                "request_too_large",
                "rate_limit_error",
                "api_error",
                "timeout_error",
                "overloaded_error",
            ],
        },
        "#/components/schemas/ErrorType": {
            "anyOf": [
                {"$ref": "#/components/schemas/KnownErrorType"},
                {"type": "string"},
            ]
        },
        "#/components/schemas/ErrorDetail": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {
                "type": {"$ref": "#/components/schemas/ErrorType"},
                "message": {"type": "string"},
                "details": {},
            },
        },
        "#/components/schemas/ErrorResponse": {
            "type": "object",
            "required": ["type", "error"],
            "properties": {
                "type": {"type": "string", "const": "error"},
                "error": {"$ref": "#/components/schemas/ErrorDetail"},
                "request_id": {"type": ["string", "null"]},
            },
        },
        "#/components/schemas/BareErrorResponse": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "type": {"type": "string", "const": "error"},
                "error": {"$ref": "#/components/schemas/ErrorDetail"},
                "request_id": {"type": ["string", "null"]},
            },
        },
    }
)
