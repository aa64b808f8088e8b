"""Documents, edited in place or in a copy, and the packages that come of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from emitting import CONTRACT, Bench, merged, plain


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A folder of the test's own, to emit into."""
    return Bench(tmp_path)


@pytest.fixture
def contract() -> dict[str, Any]:
    """The document's data, the test's own to change."""
    return plain(CONTRACT)


@pytest.fixture(scope="session")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that has the package of the document with all of `edits.yaml`."""
    edits = plain(Path(__file__).with_name("edits.yaml"))
    made = Bench(tmp_path_factory.mktemp("edited"))
    return made.emit(merged(plain(CONTRACT), edits)).parent
