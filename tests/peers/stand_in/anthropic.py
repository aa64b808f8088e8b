"""Our client under the name of the official SDK, for programs written for that SDK."""

from __future__ import annotations

import sys

import text_completions
from text_completions import types

# langchain-anthropic names this type in an annotation of its module for messages.
vars(types)["RawMessageStreamEvent"] = types.MessageStreamEvent

sys.modules["anthropic"] = text_completions
sys.modules["anthropic.types"] = types
