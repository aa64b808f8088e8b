"""docs/mock.md names what the code has; tests/docs runs the other blocks of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import yaml

from text_completions_cli._main import build_parser
from text_completions_server import FAULTS, Control

PAGE = (Path(__file__).parents[2] / "docs" / "mock.md").read_text("utf-8")


def test_the_shown_file_of_replies_is_read(tmp_path):
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    file = tmp_path / "replies.yaml"
    file.write_text(text)
    assert len(Control(replies=file).reply_rules.listed()) == len(yaml.safe_load(text))


def test_the_table_of_faults_is_that_of_the_code():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {name: kind.what for name, kind in FAULTS.items()}


def test_the_table_of_options_is_that_of_the_program():
    commands: Callable[..., object] = (
        build_parser()._subparsers._group_actions[0].choices
    )
    known = set(commands["mock"]._option_string_actions) - {"-h", "--help"}
    assert set(re.findall(r"`(--[a-z-]+)`", PAGE)) == known
