"""What callers write type-checks, and has the types that they expect."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from emitting import ROOT, Bench
from single_edits import EDITS, GROUPS, written
from single_edits import edited as with_edits

HEAD = '''\
"""What callers write; mypy must see the types that are promised."""
import datetime
import uuid
from typing import assert_type
from {package} import Client, Stream, null, types

client = Client()
'''


def caller(package: str, group: list[str]) -> str:
    """Write a module that makes the calls of the edits, with their types asserted."""
    lines = [HEAD.format(package=package)]
    cases = [case for name in group for case in EDITS[name]["calls"]]
    for number, case in enumerate(cases):
        answer = f"answer{number}"
        is_none = case.get("type") is None and "type" in case
        lines.append(f"{'' if is_none else f'{answer} = '}{written(case['call'])}")
        expected = {"answer": case["type"]} if "type" in case and not is_none else {}
        for expression, kind in (expected | case.get("types", {})).items():
            asserted = re.sub(r"\banswer\b", answer, expression)
            lines.append(f"assert_type({asserted}, {kind})")
    for edit in (EDITS[name] for name in group):
        refused = [one for one in edit.get("refused", ()) if "type: ignore" not in one]
        ill_typed = [f"{one}  # type: ignore" for one in edit.get("ill_typed", ())]
        lines += [written(call) for call in (*refused, *ill_typed)]
    return "\n".join(lines) + "\n"


def slim(group: list[str]) -> Any:
    """The edited document; where the edits leave the messages alone, without them.

    That is half of the modules, and the same ones each time.
    """
    data = with_edits(group)
    if any("Message" in json.dumps(EDITS[name]["edit"]) for name in group):
        return data
    del data["paths"]["/v1/messages"]
    schemas = data["components"]["schemas"]
    while unused := schemas.keys() - named(data):
        for name in unused:
            del schemas[name]
    return data


def named(data: Any) -> set[str]:
    """Return the names that references end in."""
    return set(re.findall(r'"#/[^"]*/(\w+)"', json.dumps(data)))


def test_all_emitted_packages_and_their_callers_type_check_strictly(
    edited: Path, tmp_path: Path
) -> None:
    """One run of mypy sees them all: it reads what they import once."""
    names = [f"edited{number}" for number in range(len(GROUPS))]
    for name, group in zip(names, GROUPS, strict=True):
        bench = Bench(tmp_path / name)
        bench.folder.mkdir()
        bench.emit(slim(group), ruff=False).rename(tmp_path / "x")
        (tmp_path / "x").rename(tmp_path / name / name)
        (tmp_path / name / f"calls_{name}.py").write_text(caller(name, group))
    shutil.copytree(edited, tmp_path / "text_completions")
    errors = checked(tmp_path, [*names, "text_completions"])
    assert not errors, "\n".join(errors)


def checked(folder: Path, names: list[str]) -> list[str]:
    """Return the errors that mypy finds in packages and in what calls them."""
    roots = [folder / name for name in names]
    settings = folder / "mypy.ini"
    settings.write_text(
        "[mypy]\nstrict = true\nwarn_unused_ignores = true\npython_version = 3.11\n"
        f"mypy_path = {':'.join(map(str, roots))}:{ROOT / 'src'}\n"
        "[mypy-text_completions_runtime.*]\nfollow_imports = silent\n"
    )
    sources = [str(path) for root in roots for path in sorted(root.glob("*.py"))]
    packages = [str(root / root.name) for root in roots]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", settings, *sources, *packages],
        cwd=folder,
        env={**os.environ, "MYPY_CACHE_DIR": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return re.findall(r"^.*: error: .*$", done.stdout, re.MULTILINE)
