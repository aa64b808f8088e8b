"""The base class of our models in place of pydantic's."""

from text_completions_runtime import Model as BaseModel

__all__ = ["BaseModel"]
