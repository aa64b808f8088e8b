# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The types of the API by name, for annotations: `types.Name`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from text_completions_runtime import lazy as _lazy

if TYPE_CHECKING:
    from .api.messages.messages_create import MessageStreamEvent
    from .models.api_version import ApiVersion
    from .models.bare_error_response import BareErrorResponse
    from .models.completion import Completion
    from .models.completion_create_params import CompletionCreateParams
    from .models.completion_event import CompletionEvent
    from .models.content_block_delta_event import ContentBlockDeltaEvent
    from .models.content_block_start_event import ContentBlockStartEvent
    from .models.content_block_stop_event import ContentBlockStopEvent
    from .models.error_detail import ErrorDetail
    from .models.error_response import ErrorResponse
    from .models.known_completion_stop_reason import KnownCompletionStopReason
    from .models.known_error_type import KnownErrorType
    from .models.known_message_stop_reason import KnownMessageStopReason
    from .models.known_model import KnownModel
    from .models.message import Message
    from .models.message_create_params import MessageCreateParams
    from .models.message_delta import MessageDelta
    from .models.message_delta_event import MessageDeltaEvent
    from .models.message_delta_usage import MessageDeltaUsage
    from .models.message_param import MessageParam
    from .models.message_param_role import MessageParamRole
    from .models.message_start_event import MessageStartEvent
    from .models.message_stop_event import MessageStopEvent
    from .models.metadata import Metadata
    from .models.other_content_block import OtherContentBlock
    from .models.other_delta import OtherDelta
    from .models.ping_event import PingEvent
    from .models.text_block import TextBlock
    from .models.text_block_param import TextBlockParam
    from .models.text_delta import TextDelta
    from .models.usage import Usage
else:  # a type checker shall still find misspelt names
    __getattr__, __dir__ = _lazy(
        __name__,
        {
            "ApiVersion": ".models.api_version",
            "BareErrorResponse": ".models.bare_error_response",
            "Completion": ".models.completion",
            "CompletionCreateParams": ".models.completion_create_params",
            "CompletionEvent": ".models.completion_event",
            "ContentBlockDeltaEvent": ".models.content_block_delta_event",
            "ContentBlockStartEvent": ".models.content_block_start_event",
            "ContentBlockStopEvent": ".models.content_block_stop_event",
            "ErrorDetail": ".models.error_detail",
            "ErrorResponse": ".models.error_response",
            "KnownCompletionStopReason": ".models.known_completion_stop_reason",
            "KnownErrorType": ".models.known_error_type",
            "KnownMessageStopReason": ".models.known_message_stop_reason",
            "KnownModel": ".models.known_model",
            "Message": ".models.message",
            "MessageCreateParams": ".models.message_create_params",
            "MessageDelta": ".models.message_delta",
            "MessageDeltaEvent": ".models.message_delta_event",
            "MessageDeltaUsage": ".models.message_delta_usage",
            "MessageParam": ".models.message_param",
            "MessageParamRole": ".models.message_param_role",
            "MessageStartEvent": ".models.message_start_event",
            "MessageStopEvent": ".models.message_stop_event",
            "Metadata": ".models.metadata",
            "OtherContentBlock": ".models.other_content_block",
            "OtherDelta": ".models.other_delta",
            "PingEvent": ".models.ping_event",
            "TextBlock": ".models.text_block",
            "TextBlockParam": ".models.text_block_param",
            "TextDelta": ".models.text_delta",
            "Usage": ".models.usage",
            "MessageStreamEvent": ".api.messages.messages_create",
        },
    )

__all__ = [
    "ApiVersion",
    "BareErrorResponse",
    "Completion",
    "CompletionCreateParams",
    "CompletionEvent",
    "ContentBlockDeltaEvent",
    "ContentBlockStartEvent",
    "ContentBlockStopEvent",
    "ErrorDetail",
    "ErrorResponse",
    "KnownCompletionStopReason",
    "KnownErrorType",
    "KnownMessageStopReason",
    "KnownModel",
    "Message",
    "MessageCreateParams",
    "MessageDelta",
    "MessageDeltaEvent",
    "MessageDeltaUsage",
    "MessageParam",
    "MessageParamRole",
    "MessageStartEvent",
    "MessageStopEvent",
    "MessageStreamEvent",
    "Metadata",
    "OtherContentBlock",
    "OtherDelta",
    "PingEvent",
    "TextBlock",
    "TextBlockParam",
    "TextDelta",
    "Usage",
]
