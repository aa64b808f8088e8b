"""`make changes`: what the document's edits since the last release mean for callers.

It fails when the package's version or the changelog does not fit them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from state import State, StateError, Version, breaking_entries, read_state
from text_completions_diff import (
    Change,
    Severity,
    as_text,
    diff,
)
from text_completions_document import DocumentError, read_document

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Print the report and what is wrong; 1 if anything is."""
    try:
        state = read_state(ROOT)
        changes = changes_since(state)
    except (StateError, DocumentError, OSError) as error:
        print(f"make changes: {error}", file=sys.stderr)
        return 2
    print(f"openapi.yaml beside that of {state.released}:\n\n{as_text(changes)}\n")
    if changes:
        least = least_version(state, changes)
        print(f"The next release must be {least} or later; this is {state.version}.")
    found = problems(state, changes)
    for problem in found:
        print(f"make changes: {problem}", file=sys.stderr)
    return 1 if found else 0


def changes_since(state: State) -> list[Change]:
    """The changes since the kept document."""
    new = read_document(str(ROOT / "openapi.yaml"))
    return diff(read_document(str(state.kept)), new)


def least_version(state: State, changes: Sequence[Change]) -> Version:
    """The least version that a release with these changes may have."""
    severities = {one.severity for one in changes}
    return state.released.after(
        breaking=Severity.BREAKING in severities,
        compatible=Severity.COMPATIBLE in severities,
    )


def problems(state: State, changes: Sequence[Change]) -> list[str]:
    """What does not fit the changes: the version, the changelog, a forgotten step."""
    found: list[str] = []
    breaking = [one for one in changes if one.severity is Severity.BREAKING]
    least = state.released.after(breaking=True, compatible=True)
    if breaking and state.version < least:
        found.append(
            f"the version is {state.version}, and {len(breaking)} breaking changes "
            f"since {state.released} ask for {least}: set it in pyproject.toml"
        )
    entries = breaking_entries(state.news)
    for subject, message in {one.subject: one.message for one in breaking}.items():
        if not any(f"`{subject}`" in entry for entry in entries):
            found.append(
                "CHANGELOG.md does not tell of a breaking change; add under "
                f"Unreleased: - **Breaking:** `{subject}`: {message}."
            )
    if state.dated and state.dated[0] > state.released:
        found.append(
            f"CHANGELOG.md dates {state.dated[0]}, but releases/ holds the document of "
            f"{state.released}: run make release"
        )
    return found


if __name__ == "__main__":
    raise SystemExit(main())
