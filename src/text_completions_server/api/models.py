"""The models that are served, and what their names resolve to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..document.contract import Model
from ..errors import ApiError, bad_request

# claude-3-opus-20240229, claude-3-5-sonnet-latest; claude-sonnet-4-20250514,
# claude-haiku-4-5, claude-opus-5. From the fourth generation on the name without a
# date is itself the alias, and `-latest` is unknown (recorded: 404).
_MESSAGES_ONLY = re.compile(
    r"claude-3(?:[-.][\w.-]+)?"
    r"|claude-[a-z]+-(?:[4-9]|[1-9]\d)(?:-\d{1,2})?(?:-\d{8})?"
)


class Models:
    """The models that the document lists, and those that were added."""

    def __init__(
        self,
        known: Mapping[str, Model],
        *,
        more: Iterable[str] = (),
        any_name: bool = False,
    ) -> None:
        self._known = {name: Model(name) for name in more} | dict(known)
        self._any_name = any_name

    def for_completions(self, name: str) -> Model:
        """Return the model of a name on the Text Completions API.

        Raises:
            ApiError: 400 for a model of the Messages API alone, 404 for another.
        """
        model = self._known.get(name)
        if model is not None:
            return model
        if self._any_name:
            return Model(name)
        if _MESSAGES_ONLY.fullmatch(name):
            raise bad_request(
                f'"{name}" is not supported on this API. '
                "Please use the Messages API instead."
            )
        raise ApiError(404, f"model: {name}")

    def for_messages(self, name: str) -> Model:
        """Return the model of a name on the Messages API.

        Raises:
            ApiError: 404 for a name that no model ever had.
        """
        if name not in self._known and _MESSAGES_ONLY.fullmatch(name):
            return Model(name)
        return self.for_completions(name)
