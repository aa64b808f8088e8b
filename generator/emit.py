"""Emit the client package from the contract: the command behind `make generate`.

    python generator/emit.py            emit the package, and say what changed
    python generator/emit.py --check    change nothing; exit 1 if the package differs

A document that cannot become a client is refused with file, line and reason, and the
package stays as it was.
"""

from __future__ import annotations

import argparse
import filecmp
import signal
import sys
import tempfile
import tomllib
from pathlib import Path

from api_diff import changes, public_api_of
from document.supported import read_supported_document
from package import HEADER, build
from text_completions_document import DocumentError

ROOT = Path(__file__).resolve().parent.parent
EMITTED = HEADER.partition("{")[0].encode()


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1 for drift, 2 for a refusal."""
    arguments = _parser().parse_args(argv)
    try:
        return _check(arguments) if arguments.check else _emit(arguments)
    except DocumentError as error:
        reason = str(error)
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
    print(f"make generate: {reason}", file=sys.stderr)
    print(f"{_short(arguments.output)} stays as it was.", file=sys.stderr)
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
    _refuse_foreign(output)
    with tempfile.TemporaryDirectory(
        dir=_nearest_folder(output.parent), prefix=".emitting-"
    ) as folder:
        fresh = _built(arguments, Path(folder))
        report = _changes(output, fresh)
        output.parent.mkdir(parents=True, exist_ok=True)
        _replace(output, fresh, Path(folder) / "old")
    print(f"{_short(output)} is what {_short(arguments.document)} says")
    print("\n".join(report))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    output: Path = arguments.output.absolute()
    with tempfile.TemporaryDirectory() as folder:
        differences = _differences(_built(arguments, Path(folder)), output)
    for name in differences:
        print(f"differs: {_short(output / name)}")
    if not differences:
        print(f"{_short(output)} is what its document says")
    return 1 if differences else 0


def _built(arguments: argparse.Namespace, folder: Path) -> Path:
    document = read_supported_document(_short(arguments.document))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    build(document, arguments.config, folder / "package", project["version"])
    return folder / "package"


def _changes(output: Path, fresh: Path) -> list[str]:
    """Say what a caller sees of the difference between two packages."""
    if not (output / "__init__.py").is_file():
        return ["There was no client here before."]
    files = len(_differences(fresh, output))
    changed = f"{files} file{'' if files == 1 else 's'} changed"
    try:
        lines = changes(public_api_of(output), public_api_of(fresh))
    except (SyntaxError, ValueError, OSError):  # somebody edited it by hand
        return [f"The client that was here cannot be read; {changed}."]
    if lines:
        return [f"What callers see of it changed ({changed}):", *lines]
    return [
        f"What callers see of it did not change; {changed if files else 'nothing did'}."
    ]


def _refuse_foreign(output: Path) -> None:
    """Check that nothing but an emitted package would be replaced."""
    if not output.exists() or (output.is_dir() and not _files(output)):
        return
    module = output / "__init__.py"
    if not module.is_file() or not module.read_bytes().startswith(EMITTED):
        reason = "is not an emitted package: remove it, or name another folder"
        raise DocumentError(f"{_short(output)}: {reason}")


def _nearest_folder(path: Path) -> Path:
    """Return what exists of a path: a move within one file system is one step."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _replace(output: Path, fresh: Path, old: Path) -> None:
    """Put the fresh package in the place of the old one, by moves only."""
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
    names = _files(fresh) | _files(output)
    _, different, missing = filecmp.cmpfiles(fresh, output, names, shallow=False)
    return sorted(different + missing)


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _short(path: Path) -> Path:
    """Return a path relative to the current folder, if it is inside of it."""
    absolute, here = path.absolute(), Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else path


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `make generate | head` is quiet
    sys.exit(main())
