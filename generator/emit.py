"""Emit the client package from the contract: the one command behind `make generate`.

    python generator/emit.py            delete, emit, finish
    python generator/emit.py --check    emit beside, and compare: exit 1 on a difference

A document that cannot become a client is refused with file, place and reason, and
the package stays as it was.
"""

from __future__ import annotations

import argparse
import filecmp
import sys
import tempfile
import tomllib
from pathlib import Path

from api_diff.changes import changes
from api_diff.public_api import public_api_of
from document.loading import Document, DocumentError
from package import build

ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1 for drift, 2 for a refusal."""
    arguments = _parser().parse_args(argv)
    try:
        return _emit(arguments)
    except DocumentError as error:
        reason = str(error)
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
    print(f"make generate: {reason}", file=sys.stderr)
    print(f"{_shown(arguments.output)} stays as it was.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Emit the client package from the contract.",
        epilog="example: python generator/emit.py --document edited.yaml --output out",
    )
    parser.add_argument("--document", type=Path, default=ROOT / "openapi.yaml")
    parser.add_argument("--config", type=Path, default=ROOT / "generator-config.yml")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "generated" / "text_completions"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; exit 1 if the package is not what the document says",
    )
    return parser


def _emit(arguments: argparse.Namespace) -> int:
    output: Path = arguments.output.absolute()
    document = Document(_shown(arguments.document))
    staging = None if arguments.check else _nearest_folder(output.parent)
    with tempfile.TemporaryDirectory(dir=staging, prefix=".emitting-") as room:
        fresh = Path(room) / "package"
        build(document, arguments.config, fresh, _version())
        if arguments.check:
            return _report(_differences(fresh, output), output)
        told = _changes(output, fresh)
        output.parent.mkdir(parents=True, exist_ok=True)
        _replace(output, fresh, Path(room) / "old")
    print(f"{_shown(output)} is what {_shown(arguments.document)} says")
    print("\n".join(told))
    return 0


def _changes(output: Path, fresh: Path) -> list[str]:
    """Say what a caller sees of the difference between two packages."""
    if not (output / "__init__.py").is_file():
        return ["There was no client here before."]
    files = len(_differences(fresh, output))
    changed = f"{files} file{'' if files == 1 else 's'} changed"
    try:
        found = changes(public_api_of(output), public_api_of(fresh))
    except (SyntaxError, OSError):  # somebody edited it by hand
        return [f"The client that was here cannot be read; {changed}."]
    if found:
        return [f"What callers see of it changed ({changed}):", *found]
    return [
        f"What callers see of it is as it was; {changed if files else 'so is all'}."
    ]


def _nearest_folder(path: Path) -> Path:
    """Return what of a path is there: moving within a file system is one step."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _replace(output: Path, fresh: Path, old: Path) -> None:
    """Put the fresh package in the place of the old one, by moves alone."""
    if not output.exists():
        fresh.rename(output)
        return
    output.rename(old)
    try:
        fresh.rename(output)
    except OSError:
        old.rename(output)
        raise


def _differences(fresh: Path, output: Path) -> list[str]:
    """Return the names of the files that differ, or that only one side has."""
    names = {name for side in (fresh, output) for name in _files(side)}
    return sorted(
        name
        for name in names
        if not (fresh / name).is_file()
        or not (output / name).is_file()
        or not filecmp.cmp(fresh / name, output / name, shallow=False)
    )


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _report(differences: list[str], output: Path) -> int:
    for name in differences:
        print(f"differs: {_shown(output / name)}")
    if not differences:
        print(f"{_shown(output)} is what its document says")
    return 1 if differences else 0


def _shown(path: Path) -> Path:
    """Return a path as it is shortest to read from here."""
    absolute = path.absolute()
    here = Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else path


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


if __name__ == "__main__":
    sys.exit(main())
