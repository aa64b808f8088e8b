"""The picture of the packages is drawn from the table in CONTRIBUTING.md."""

from __future__ import annotations

import pytest

import packages_picture

GUIDE = """
## Who may import whom

| package | may import | and in one module only |
|---|---|---|
| `top` | lazily: `rich`, `middle`, `bottom` | |
| `middle` | `bottom` | `bridge`: `beside` |
| `beside` | `bottom` | |
| `bottom` | `yaml` | |

## Recipes
"""


def test_the_picture_shows_what_imports_what() -> None:
    packages = packages_picture.read_table(GUIDE)
    arrows = {name: packages_picture.arrows_of(packages, name) for name in packages}
    assert arrows == {
        "top": [("middle", False)],
        "middle": [("beside", True), ("bottom", False)],
        "beside": [("bottom", False)],
        "bottom": [],
    }
    assert [packages_picture.level(packages, one) for one in packages] == [2, 1, 1, 0]


def test_the_kept_picture_is_that_of_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["packages_picture.py", "--check"])
    assert packages_picture.main() == 0, "run: make generate"
    monkeypatch.setattr(packages_picture, "STYLE", "")
    assert packages_picture.main() == 1
    assert "docs/images/packages.svg differs from" in capsys.readouterr().err
