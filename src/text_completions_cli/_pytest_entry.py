"""`pytest --pyargs text_completions_contract --base-url URL`.

pytest loads this in every run of whoever has the package, so it imports nothing: the
suite, and its options, are there only where the suite is asked for by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

SUITE = "text_completions_contract"


def pytest_load_initial_conftests(
    early_config: pytest.Config, args: Sequence[str], parser: pytest.Parser
) -> None:
    """Bring the suite in where `--pyargs` names it; options may still be added here."""
    known = early_config.known_args_namespace
    named = any(str(word) == SUITE for word in [*args, *known.file_or_dir])
    if known.pyargs and named:
        suite = _suite()
        suite.add_options(parser)
        early_config.pluginmanager.register(suite, SUITE)


def _suite() -> ModuleType:
    import pytest

    from ._support import CommandError, extra

    try:
        with extra("contract", "schemathesis", "hypothesis"):
            from text_completions_contract import _as_tests
    except CommandError as error:
        raise pytest.UsageError(str(error)) from error
    return _as_tests
