"""Run the official SDK's own tests, which are downloaded and never committed.

pip downloads the source archive by its hash into a cache inside `.venv-peers`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
VENV = ROOT / ".venv-peers"
PYTHON = VENV / "bin" / "python"
NAME = "anthropic-0.125.0"
SHA256 = "e0cdd336580cb7411c1cdab69f80973e9bf4bff7f8e08141811d46307d45c682"
KEY = "my-anthropic-api-key"
"""The API key that the tests send."""

TESTS = "tests/api_resources/test_completions.py"
COUNT = 40
"""The number of tests in that file."""

_NEEDED = (f"{NAME}/tests/", f"{NAME}/pyproject.toml")


class DownloadFailed(Exception):
    """The archive cannot be downloaded; the message says why."""


def sdk_sources() -> Path:
    """Return a folder with the SDK's tests and pyproject.toml, without its code.

    Raises:
        DownloadFailed: The index cannot be reached, or has another file.
    """
    folder = VENV / "cache" / NAME
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as made:
            _unpack(_fetched(Path(made)), Path(made))
            (Path(made) / NAME).rename(folder)
    return folder


def run_sdk_tests(url: str, path: Sequence[Path] = ()) -> tuple[int, str]:
    """Run the tests of text completions against a server.

    Args:
        url: The server's address.
        path: Folders of modules that come before those that are installed.

    Returns:
        The exit status of pytest and its output.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANTHROPIC_", "PYTEST_", "PYTHON"))
        and not name.lower().endswith("_proxy")
    }
    done = subprocess.run(
        # Their own options ask for pytest-xdist, which is not needed.
        [PYTHON, "-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", TESTS],
        cwd=sdk_sources(),
        env=kept
        | {
            "TEST_API_BASE_URL": url,
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _fetched(folder: Path) -> Path:
    name, _, version = NAME.rpartition("-")
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{name}=={version} --hash=sha256:{SHA256}\n")
    options = ["--no-deps", "--no-binary", name, "--require-hashes", "-qq"]
    done = subprocess.run(
        [PYTHON, "-m", "pip", "download", *options, "-d", folder, "-r", wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
        raise DownloadFailed(f"{NAME} cannot be downloaded: {' '.join(errors)}")
    return folder / f"{NAME}.tar.gz"


def _unpack(archive: Path, folder: Path) -> None:
    """Extract the tests and pyproject.toml, and refuse paths that lead outside."""
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member)
            if not member.name.startswith(_NEEDED) or content is None:
                continue
            if ".." in Path(member.name).parts:
                raise DownloadFailed(f"{NAME} holds a file outside of itself")
            place = folder / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                shutil.copyfileobj(content, file)
