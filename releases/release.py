"""`make release`: keep the document as that of the version now released."""

from __future__ import annotations

import os
import shutil
import sys

from changes import ROOT, changes_since, least_version, problems
from state import State, StateError, read_state
from text_completions_diff import Change
from text_completions_document import DocumentError


def main() -> int:
    """Check that version and changelog are ready, then keep the document."""
    try:
        state = read_state(ROOT)
        found = hindrances(state, changes_since(state))
    except (StateError, DocumentError, OSError) as error:
        found = [str(error)]
    for problem in found:
        print(f"make release: {problem}", file=sys.stderr)
    if found:
        return 1
    keep(state)
    return 0


def hindrances(state: State, changes: list[Change]) -> list[str]:
    """Everything that is to be done before."""
    version = state.version
    found = [one for one in problems(state, changes) if "make release" not in one]
    if state.dated[:1] != (version,):
        found.append(
            f"CHANGELOG.md has no section [{version}] with a date at its head: give "
            "Unreleased that version and the date"
        )
    # A first release has no callers yet whom a compatible change could be news to.
    if len(state.dated) > 1 and changes and version < least_version(state, changes):
        found.append(
            f"the version is {version}, and the document has changed since "
            f"{state.released}: the release must be {least_version(state, changes)}"
        )
    return found


def keep(state: State) -> None:
    """Put the document of today in the place of the last release's."""
    target = state.kept.with_name(f"openapi-{state.version}.yaml")
    beside = target.with_suffix(".new")
    shutil.copyfile(ROOT / "openapi.yaml", beside)
    os.replace(beside, target)
    if state.kept != target:
        state.kept.unlink()
    print(f"{target.relative_to(ROOT)} is the document of the last release now.")
    print(f"Commit it, run .ci/run and make build, and tag v{state.version}.")


if __name__ == "__main__":
    raise SystemExit(main())
