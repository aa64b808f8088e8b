"""Where the text of a document comes from: a file, or a revision of git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ._errors import DocumentError

MAX_BYTES = 16 * 2**20
DEFAULT_PATH = "openapi.yaml"
_GIT = "git:"


def read_text(source: str) -> str:
    """The text at a path, or at `git:REV` or `git:REV:PATH`.

    Raises:
        DocumentError: There is none, it is larger than 16 MiB, or it is not UTF-8.
    """
    name = source.removeprefix(_GIT)
    content = _from_git(source, name) if name != source else _from_file(source)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{source}: byte {error.start} is not UTF-8; save the document as UTF-8"
        ) from error


def _from_file(source: str) -> bytes:
    path = Path(source)
    try:
        if path.is_file():
            _check_size(source, path.stat().st_size)
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "name a file, or git:REV for a revision"
        raise DocumentError(f"{source}: {reason}; {hint}") from error
    _check_size(source, len(content))
    return content


def _from_git(source: str, name: str) -> bytes:
    revision, _, path = name.partition(":")
    if not revision or revision.startswith("-"):
        raise DocumentError(f"{source}: names no revision; write git:REV or git:v0.1.0")
    commit = _git(source, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    blob = f"{commit.decode().strip()}:{path or DEFAULT_PATH}"
    _check_size(source, int(_git(source, "cat-file", "-s", blob)))
    return _git(source, "cat-file", "blob", blob)


def _git(source: str, *arguments: str) -> bytes:
    try:
        answer = subprocess.run(
            ["git", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
            env={**os.environ, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"},
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise DocumentError(f"{source}: git cannot be asked: {error}") from error
    if answer.returncode != 0:
        raise DocumentError(f"{source}: {_reason(answer.stderr, arguments)}")
    return answer.stdout


def _reason(said: bytes, arguments: tuple[str, ...]) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    if lines:
        return lines[0].removeprefix("fatal: ") + "; see `git log` for what there is"
    return f"git knows no revision {arguments[-1].removesuffix('^{commit}')!r}"


def _check_size(source: str, size: int) -> None:
    if size > MAX_BYTES:
        raise DocumentError(
            f"{source}: larger than {MAX_BYTES // 2**20} MiB; split or shorten it"
        )
