# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The types of the API by name, for annotations: `types.Name`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from text_completions_runtime import lazy as _lazy

if TYPE_CHECKING:
    from ..api.messages.messages_create import MessageStreamEvent
    from .api_version import ApiVersion
    from .bare_error_response import BareErrorResponse
    from .completion import Completion
    from .completion_create_params import CompletionCreateParams
    from .completion_event import CompletionEvent
    from .content_block import ContentBlock
    from .content_block_delta_event import ContentBlockDeltaEvent
    from .content_block_start_event import ContentBlockStartEvent
    from .content_block_stop_event import ContentBlockStopEvent
    from .error_detail import ErrorDetail
    from .error_response import ErrorResponse
    from .error_type import ErrorType
    from .known_completion_stop_reason import KnownCompletionStopReason
    from .known_error_type import KnownErrorType
    from .known_message_stop_reason import KnownMessageStopReason
    from .known_model import KnownModel
    from .message import Message
    from .message_create_params import MessageCreateParams
    from .message_delta import MessageDelta
    from .message_delta_event import MessageDeltaEvent
    from .message_delta_usage import MessageDeltaUsage
    from .message_param import MessageParam
    from .message_param_role import MessageParamRole
    from .message_start_event import MessageStartEvent
    from .message_stop_event import MessageStopEvent
    from .messages_api_version import MessagesApiVersion
    from .metadata import Metadata, MetadataParam
    from .model import Model, ModelParam
    from .other_content_block import OtherContentBlock
    from .other_delta import OtherDelta
    from .ping_event import PingEvent
    from .text_block import TextBlock
    from .text_block_param import TextBlockParam
    from .text_delta import TextDelta
    from .usage import Usage
else:  # so that type checkers still report misspelt names
    __getattr__, __dir__ = _lazy(
        __name__,
        {
            "ApiVersion": ".api_version",
            "BareErrorResponse": ".bare_error_response",
            "Completion": ".completion",
            "CompletionCreateParams": ".completion_create_params",
            "CompletionEvent": ".completion_event",
            "ContentBlock": ".content_block",
            "ContentBlockDeltaEvent": ".content_block_delta_event",
            "ContentBlockStartEvent": ".content_block_start_event",
            "ContentBlockStopEvent": ".content_block_stop_event",
            "ErrorDetail": ".error_detail",
            "ErrorResponse": ".error_response",
            "ErrorType": ".error_type",
            "KnownCompletionStopReason": ".known_completion_stop_reason",
            "KnownErrorType": ".known_error_type",
            "KnownMessageStopReason": ".known_message_stop_reason",
            "KnownModel": ".known_model",
            "Message": ".message",
            "MessageCreateParams": ".message_create_params",
            "MessageDelta": ".message_delta",
            "MessageDeltaEvent": ".message_delta_event",
            "MessageDeltaUsage": ".message_delta_usage",
            "MessageParam": ".message_param",
            "MessageParamRole": ".message_param_role",
            "MessageStartEvent": ".message_start_event",
            "MessageStopEvent": ".message_stop_event",
            "MessagesApiVersion": ".messages_api_version",
            "Metadata": ".metadata",
            "MetadataParam": ".metadata",
            "Model": ".model",
            "ModelParam": ".model",
            "OtherContentBlock": ".other_content_block",
            "OtherDelta": ".other_delta",
            "PingEvent": ".ping_event",
            "TextBlock": ".text_block",
            "TextBlockParam": ".text_block_param",
            "TextDelta": ".text_delta",
            "Usage": ".usage",
            "MessageStreamEvent": "..api.messages.messages_create",
        },
    )

__all__ = [
    "ApiVersion",
    "BareErrorResponse",
    "Completion",
    "CompletionCreateParams",
    "CompletionEvent",
    "ContentBlock",
    "ContentBlockDeltaEvent",
    "ContentBlockStartEvent",
    "ContentBlockStopEvent",
    "ErrorDetail",
    "ErrorResponse",
    "ErrorType",
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
    "MessagesApiVersion",
    "Metadata",
    "MetadataParam",
    "Model",
    "ModelParam",
    "OtherContentBlock",
    "OtherDelta",
    "PingEvent",
    "TextBlock",
    "TextBlockParam",
    "TextDelta",
    "Usage",
]
