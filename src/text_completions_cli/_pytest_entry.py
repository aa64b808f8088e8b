"""`pytest --pyargs text_completions_contract --base-url URL`.

pytest loads this in every run of whoever has the package, so it imports little: the
suite, and its options, are there only where the suite is asked for by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from text_completions_contract import Settings

SUITE = "text_completions_contract"


def pytest_load_initial_conftests(
    early_config: pytest.Config, args: Sequence[str], parser: pytest.Parser
) -> None:
    """Bring the suite in where `--pyargs` names it; options may still be added here."""
    known = early_config.known_args_namespace
    named = any(str(word) == SUITE for word in [*args, *known.file_or_dir])
    if known.pyargs and named:
        suite = _suite()
        _add_options(parser)
        early_config.stash[suite.SETTINGS] = _settings
        early_config.pluginmanager.register(suite, SUITE)


def _add_options(parser: pytest.Parser) -> None:
    """Add the options; one that a plugin brings already means the same.

    Those that only this suite knows are marked as its own, for pytest and its plugins
    have a `--version`, a `--strict` and a `--profile` as well.
    """
    from . import _contract_options as options

    group = parser.getgroup("contract", "contract of the Text Completions API")
    add = group.addoption
    with suppress(ValueError):
        add("--base-url", metavar="URL", help="where the server is")
    for name, option in options.WHOM_TO_ASK.items():
        with suppress(ValueError):
            add(f"--{name}", **option)
    for name, option in options.HOW.items():
        add(f"--contract-{name}", **option)
    with suppress(ValueError):
        add("--expected-failures", help="a YAML list of clauses that may fail")


def _settings(config: pytest.Config) -> Settings:
    import pytest

    from . import _contract_options as options
    from ._command import CommandError

    def value(name: str) -> Any:
        mine = options.WHOM_TO_ASK.get(name)
        if mine is None:
            return config.getoption(f"--contract-{name}")
        # Where a plugin has such an option, it may have no value.
        return config.getoption(f"--{name}") or mine["default"]

    try:
        return options.settings_of(value)
    except CommandError as error:
        raise pytest.UsageError(str(error)) from error


def _suite() -> ModuleType:
    import pytest

    from ._command import CommandError, extra

    try:
        with extra("contract", "schemathesis", "hypothesis"):
            from text_completions_contract import _pytest_plugin
    except CommandError as error:
        raise pytest.UsageError(str(error)) from error
    return _pytest_plugin
