"""The types of the client."""

from text_completions.types import Completion as Completion  # noqa: PLC0414
