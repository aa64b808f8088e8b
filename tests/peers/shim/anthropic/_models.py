"""The base of the client's models, in the place of pydantic's."""

from text_completions_runtime import Model as BaseModel

__all__ = ["BaseModel"]
