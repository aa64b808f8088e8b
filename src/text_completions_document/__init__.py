"""Read OpenAPI documents: find, parse strictly, follow `$ref`s, name places.

    document = read_document("openapi.yaml")
    pointer, schema = document.follow(pointer, document.at(pointer))

The client's generator, the mock, the contract suite and the diff all read documents
through this package, so that a value means the same to each of them.
"""

from __future__ import annotations

from ._document import Document, read_document
from ._errors import DocumentError, ParseError
from ._openapi_3_2 import as_openapi_3_2
from ._parsing import (
    MAX_DEPTH,
    MAX_PARTS,
    MAX_TEXT,
    parse,
    parse_json,
    parse_yaml,
)
from ._source import MAX_BYTES, packaged_document
from ._values import Node, below, is_list, is_object, mapping, parts_of, sequence

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_PARTS",
    "MAX_TEXT",
    "Document",
    "DocumentError",
    "Node",
    "ParseError",
    "as_openapi_3_2",
    "below",
    "is_list",
    "is_object",
    "mapping",
    "packaged_document",
    "parse",
    "parse_json",
    "parse_yaml",
    "parts_of",
    "read_document",
    "sequence",
]
