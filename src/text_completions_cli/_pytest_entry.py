"""`pytest --pyargs text_completions_contract --base-url URL`.

pytest loads this module in every run where the package is installed, so it imports
little. The suite and its options are added only where `--pyargs` names the suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from text_completions_contract import Settings

SUITE = "text_completions_contract"
SHARED = ("model", "api-key-env")
"""The options whose names begin with no prefix. Another plugin may have them too."""


def pytest_load_initial_conftests(
    early_config: pytest.Config, args: Sequence[str], parser: pytest.Parser
) -> None:
    """Add the suite and its options where `--pyargs` names it."""
    known = early_config.known_args_namespace
    named = any(str(word) == SUITE for word in [*args, *known.file_or_dir])
    if known.pyargs and named:
        suite = _suite()
        _add_options(parser)
        early_config.stash[suite.SETTINGS] = _settings
        early_config.pluginmanager.register(suite, SUITE)


def _add_options(parser: pytest.Parser) -> None:
    """Add the options; one that a plugin has already added means the same.

    Most names begin with `--contract-`, because pytest and its plugins have options
    such as `--version`, `--strict` and `--profile`.
    """
    from . import _contract_options as options

    group = parser.getgroup("contract", "contract of the Text Completions API")
    add = group.addoption
    with suppress(ValueError):
        add("--base-url", metavar="URL", help="the base URL of the server")
    for name, option in options.OPTIONS.items():
        with suppress(ValueError):
            add(_flag(name), **option)
    with suppress(ValueError):
        add("--expected-failures", help="a YAML list of clauses that are known to fail")


def _flag(name: str) -> str:
    return f"--{name}" if name in SHARED else f"--contract-{name}"


def _settings(config: pytest.Config) -> Settings:
    from . import _contract_options as options

    values = {name: config.getoption(_flag(name)) for name in options.OPTIONS}
    for name in SHARED:  # the option of another plugin may have no value
        values[name] = values[name] or options.OPTIONS[name]["default"]
    return options.settings_of(values)


def _suite() -> ModuleType:
    import pytest

    from ._command import CommandError, extra

    try:
        with extra("contract", "schemathesis", "hypothesis"):
            from text_completions_contract import _pytest_plugin
    except CommandError as error:
        raise pytest.UsageError(str(error)) from error
    return _pytest_plugin
