"""The models that are served, and what their names resolve to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..app.contract import ModelFacts
from ..app.errors import ApiError, bad_request

# claude-3-opus-20240229, claude-3-5-sonnet-latest; claude-sonnet-4-20250514,
# claude-haiku-4-5, claude-opus-5. From the fourth generation on the name without a
# date is itself the alias, and `-latest` is unknown (recorded: 404).
_MESSAGES_ONLY = re.compile(
    r"claude-3(?:[-.][\w.-]+)?"
    r"|claude-[a-z]+-(?:[4-9]|[1-9]\d)(?:-\d{1,2})?(?:-\d{8})?"
)


class Models:
    """The models that the document lists, and those that were added.

    Args:
        facts: The models of the document.
        more: Names of other models.
        any_name: Whether every name is accepted.
    """

    def __init__(
        self,
        facts: Mapping[str, ModelFacts],
        *,
        more: Iterable[str] = (),
        any_name: bool = False,
    ) -> None:
        self._facts = {**{name: ModelFacts(None, None) for name in more}, **facts}
        self._any_name = any_name

    def for_completions(self, name: str) -> str:
        """Return the model of a name on the Text Completions API.

        Raises:
            ApiError: 400 for a model of the Messages API alone, 404 for another.
        """
        if name in self._facts or self._any_name:
            return self._resolved(name)
        if _MESSAGES_ONLY.fullmatch(name):
            raise bad_request(
                f'"{name}" is not supported on this API. '
                "Please use the Messages API instead."
            )
        raise _unknown(name)

    def for_messages(self, name: str) -> str:
        """Return the model of a name on the Messages API.

        Raises:
            ApiError: 404 for a name that no model ever had.
        """
        if name in self._facts or self._any_name:
            return self._resolved(name)
        if _MESSAGES_ONLY.fullmatch(name):
            return name
        raise _unknown(name)

    def context(self, model: str) -> int | None:
        """Return the context of a model in tokens; None if it is not known."""
        facts = self._facts.get(model)
        return facts.context if facts else None

    def _resolved(self, name: str) -> str:
        facts = self._facts.get(name)
        return (facts and facts.resolves) or name


def _unknown(name: str) -> ApiError:
    return ApiError(404, f"model: {name}")
