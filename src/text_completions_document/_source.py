"""Find the text of a document: in a file, in a git revision, in the client package."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from ._errors import DocumentError

MAX_BYTES = 16 * 2**20
"""The largest document that is read: far more than people maintain by hand."""

DEFAULT_PATH = "openapi.yaml"
_GIT = "git:"


def read_text(source: str | os.PathLike[str]) -> str:
    """Read the text of a file, or of `git:REV` or `git:REV:PATH`.

    Raises:
        DocumentError: It is not there, is larger than 16 MiB, or is not UTF-8.
    """
    name = os.fspath(source)
    if name.startswith(_GIT):
        content = _read_git(name, name.removeprefix(_GIT))
    else:
        content = _read_file(name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 at byte {error.start}: save it as UTF-8"
        raise DocumentError(f"{name}: {reason}") from error


def packaged_document() -> Path:
    """Find the document inside the package `text_completions`, without importing it.

    Raises:
        DocumentError: The package is not installed.
    """
    spec = importlib.util.find_spec("text_completions")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / DEFAULT_PATH
        if path.is_file():
            return path
    raise DocumentError(
        f"the package 'text_completions', which contains {DEFAULT_PATH}, is not "
        "installed; name a document of your own"
    )


def _read_file(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "name a file, or git:REV for a revision"
        raise DocumentError(f"{name}: cannot be read: {reason}; {hint}") from error
    _check_size(name, len(content))
    return content


def _read_git(source: str, name: str) -> bytes:
    revision, _, path = name.partition(":")
    if not revision or revision.startswith("-"):
        reason = "has no revision; write git:REV, for example git:HEAD"
        raise DocumentError(f"{source}: {reason}")
    commit = _git(source, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    blob = f"{commit.decode().strip()}:{path or DEFAULT_PATH}"
    _check_size(source, int(_git(source, "cat-file", "-s", blob)))
    return _git(source, "cat-file", "blob", blob)


def _git(source: str, *arguments: str) -> bytes:
    import subprocess  # slow to import, and most documents are files

    try:
        result = subprocess.run(
            ["git", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
            env={**os.environ, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"},
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise DocumentError(f"{source}: git cannot be run: {error}") from error
    if result.returncode != 0:
        raise DocumentError(f"{source}: {_reason(result.stderr, arguments)}")
    return result.stdout


def _reason(output: bytes, arguments: tuple[str, ...]) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    if lines:
        return f"{lines[0].removeprefix('fatal: ')}; `git log` lists the revisions"
    revision = arguments[-1].removesuffix("^{commit}")
    return f"git has no revision {revision!r}; `git log` lists the revisions"


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        reason = f"is larger than {MAX_BYTES // 2**20} MiB; split or shorten it"
        raise DocumentError(f"{name}: {reason}")
