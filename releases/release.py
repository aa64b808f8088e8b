"""`make release`: keep the document as that of the version being released."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from changes import ROOT, changes_since, least_version, problems
from state import State, StateError, read_state
from text_completions_diff import Change
from text_completions_document import DocumentError


def main(root: Path = ROOT) -> int:
    """Check that version and changelog are ready, then keep the document."""
    try:
        state = read_state(root)
        found = unfinished(state, changes_since(root, state))
    except (StateError, DocumentError, OSError) as error:
        found = [str(error)]
    for problem in found:
        print(f"make release: {problem}", file=sys.stderr)
    if found:
        return 1
    keep(root, state)
    return 0


def unfinished(state: State, changes: list[Change]) -> list[str]:
    """Return everything that must be done before the release."""
    version = state.version
    found = [one for one in problems(state, changes) if "make release" not in one]
    if state.dated[:1] != (version,):
        found.append(
            f"the first section of CHANGELOG.md is not [{version}] with a date: give "
            "Unreleased that version and the date"
        )
    # A first release has no callers yet to whom a compatible change would be news.
    if len(state.dated) > 1 and changes and version < least_version(state, changes):
        found.append(
            f"the version is {version}, and the document has changed since "
            f"{state.released}: the release must be {least_version(state, changes)}"
        )
    return found


def keep(root: Path, state: State) -> None:
    """Replace the document of the last release by the current one."""
    target = state.kept.with_name(f"openapi-{state.version}.yaml")
    beside = target.with_suffix(".new")
    shutil.copyfile(root / "openapi.yaml", beside)
    os.replace(beside, target)
    if state.kept != target:
        state.kept.unlink()
    print(f"{target.relative_to(root)} is now the document of the last release.")
    print(f"Commit it, run .ci/run and make build, and tag v{state.version}.")


if __name__ == "__main__":
    raise SystemExit(main())
