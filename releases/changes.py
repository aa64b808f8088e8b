"""`make changes`: report what the edits since the last release mean for callers.

It fails if the package's version or the changelog does not match them.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from state import State, StateError, Version, breaking_entries, read_state
from text_completions_diff import Change, Severity, as_text, diff
from text_completions_document import DocumentError, read_document

ROOT = Path(__file__).parent.parent


def main(root: Path = ROOT) -> int:
    """Print the report and every problem; return 1 if there is a problem."""
    try:
        state = read_state(root)
        changes = changes_since(root, state)
    except (StateError, DocumentError, OSError) as error:
        print(f"make changes: {error}", file=sys.stderr)
        return 2
    print(f"openapi.yaml compared with {state.released}:\n\n{as_text(changes)}\n")
    if changes:
        least = least_version(state, changes)
        print(f"The next release must be {least} or later; this is {state.version}.")
    found = problems(state, changes)
    for problem in found:
        print(f"make changes: {problem}", file=sys.stderr)
    return 1 if found else 0


def changes_since(root: Path, state: State) -> list[Change]:
    """Return the changes since the kept document."""
    return diff(read_document(state.kept), read_document(root / "openapi.yaml"))


def least_version(state: State, changes: Sequence[Change]) -> Version:
    """Return the lowest version that a release with these changes may have."""
    severities = {one.severity for one in changes}
    return state.released.after(
        breaking=Severity.BREAKING in severities,
        compatible=Severity.COMPATIBLE in severities,
    )


def problems(state: State, changes: Sequence[Change]) -> list[str]:
    """Return what does not match the changes: the version, the changelog, a step."""
    found: list[str] = []
    breaking = [one for one in changes if one.severity is Severity.BREAKING]
    least = state.released.after(breaking=True, compatible=True)
    if breaking and state.version < least:
        found.append(
            f"the version is {state.version}, and {len(breaking)} breaking changes "
            f"since {state.released} require {least}: set it in pyproject.toml"
        )
    entries = breaking_entries(state.news)
    for subject, message in {one.subject: one.message for one in breaking}.items():
        if not any(f"`{subject}`" in entry for entry in entries):
            found.append(
                "CHANGELOG.md does not mention a breaking change; add under "
                f"Unreleased: - **Breaking:** `{subject}`: {message}."
            )
    if state.dated and state.dated[0] > state.released:
        found.append(
            f"CHANGELOG.md has a date for {state.dated[0]}, but releases/ has the "
            f"document of {state.released}: run make release"
        )
    return found


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `make changes | head` is quiet
    raise SystemExit(main())
