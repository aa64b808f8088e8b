"""`text-completions diff OLD NEW`: what an edit of the document means for callers."""

from __future__ import annotations

import argparse

from ._support import CommandError, Commands, extra

DESCRIPTION = """\
Say what changed between two OpenAPI 3.1 documents, and what it means for those who
call: breaking, compatible or documentation. Requests may only widen, answers may only
narrow. OLD and NEW are files, YAML or JSON, or git:REV for the file openapi.yaml at
the root of a revision, or git:REV:PATH for another file.
"""
EPILOG = """\
exit status:
  0  whatever worked works as before
  1  there is a breaking change
  2  a document cannot be read

example:
  text-completions diff git:v0.1.0 openapi.yaml
  text-completions diff old.json new.yaml --format markdown
"""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "diff",
        help="say what an edit of the document means for callers",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", metavar="OLD", help="what callers know")
    parser.add_argument("new", metavar="NEW", help="what they will meet")
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="how the report is written (%(default)s)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare the documents and print the report."""
    with extra("contract"):
        import text_completions_diff as changes

        try:
            old = changes.read_document(arguments.old)
            new = changes.read_document(arguments.new)
            found = changes.compare(old, new)
        except changes.DocumentError as error:
            raise CommandError(str(error)) from error
    writers = {
        "text": changes.as_text,
        "json": changes.as_json,
        "markdown": changes.as_markdown,
    }
    print(writers[arguments.format](found))
    breaking = any(one.severity is changes.Severity.BREAKING for one in found)
    return 1 if breaking else 0
