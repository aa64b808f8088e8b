"""`text-completions diff OLD NEW`: say what an edit means for callers."""

from __future__ import annotations

import argparse

from ._command import CommandError, extra

SUMMARY = "say what an edit of a document means for its callers"
DESCRIPTION = """\
Compare two documents of OpenAPI 3.1 or 3.2 and say what each change means for
callers: it is breaking, compatible, or documentation only. A change is compatible if
every request that was valid stays valid, and every response was possible before.

OLD and NEW are YAML or JSON files. git:REV means openapi.yaml at the root of that
revision, git:REV:PATH means another file of it.
"""
EPILOG = """\
exit status:
  0  no change is breaking
  1  a change is breaking
  2  a document cannot be read

example:
  text-completions diff git:HEAD openapi.yaml
  text-completions diff old.json new.yaml --format markdown
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="the document that callers know")
    parser.add_argument("new", metavar="NEW", help="the document that replaces it")
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="format of the report (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare the documents and print the report."""
    with extra("contract"):
        import text_completions_diff as differ
        from text_completions_document import DocumentError, read_document

        try:
            old = read_document(arguments.old, newest="3.2")
            new = read_document(arguments.new, newest="3.2")
            changes = differ.diff(old, new)
        except DocumentError as error:
            raise CommandError(str(error)) from error
    writers = {
        "text": differ.as_text,
        "json": differ.as_json,
        "markdown": differ.as_markdown,
    }
    print(writers[arguments.format](changes))
    is_breaking = any(one.severity is differ.Severity.BREAKING for one in changes)
    return 1 if is_breaking else 0
