"""Turns names of the document into names in Python."""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from typing import get_type_hints

from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

import text_completions_runtime
from document.operation_checks import PREFIX
from text_completions_runtime import SyncClient

# Names that the code around a member uses in the class's own scope.
_USED_IN_MODELS = frozenset(
    {
        "Any",
        "FIELDS",
        "REQUIRED",
        "Self",
        "attrs",
        "bool",
        "bytes",
        "classmethod",
        "datetime",
        "decode",
        "dict",
        "float",
        "from_dict",
        "int",
        "_set_extra",
        "list",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_extra",
        "model_fields_set",
        "_set_request_id",
        "object",
        "property",
        "self",
        "set",
        "source",
        "str",
        "to_dict",
        "to_json",
        "tuple",
        "uuid",
        "values",
    }
)
# Names that the emitted modules import from the runtime.
USED_BY_RUNTIME = frozenset(text_completions_runtime.__all__)
# Names that every emitted client has for itself.
USED_IN_CLIENTS = frozenset(
    {
        *dir(SyncClient),
        *get_type_hints(SyncClient),
        "cached_property",
        "copy",
        "httpx",
        "str",
        "with_options",
        "with_raw_response",
        "with_streaming_response",
    }
)
_USED_IN_TYPED_DICTS = frozenset(
    ["bool", "datetime", "float", "int", "object", "str", "uuid"]
)
# Types that the signatures of a resource's methods name; `list` is theirs to have.
_USED_IN_RESOURCES = frozenset(
    [
        "bool",
        "cached_property",
        "datetime",
        "float",
        "int",
        "object",
        "overload",
        "str",
        "uuid",
        "with_raw_response",
        "with_streaming_response",
    ]
)
# Names that every emitted method has for itself.
_USED_IN_METHODS = frozenset(
    [
        "self",
        "extra_headers",
        "extra_query",
        "extra_body",
        "timeout",
        "deadline",
        "idle_timeout",
        "body",
    ]
)


def class_name(name: str) -> str:
    """Return the class that a component of this name becomes."""
    return str(ClassName(name, PREFIX))


def member_name(name: str) -> str:
    """Return the attribute that a member of this name becomes."""
    return _identifier(name, _USED_IN_MODELS)


def argument_name(name: str) -> str:
    """Return the keyword argument that a parameter of this name becomes."""
    return _identifier(name, _USED_IN_METHODS)


def attribute_name(name: str) -> str:
    """Return the attribute of the client that a tag of this name becomes."""
    return _identifier(name, USED_IN_CLIENTS)


def method_name(operation_id: str, tag: str) -> str:
    """Return the method of an operation: its id without the tag that leads it."""
    name, lead = snake_case(operation_id), snake_case(tag) + "_"
    return _identifier(name.removeprefix(lead) or name, _USED_IN_RESOURCES)


def is_plain_key(name: str) -> bool:
    """Tell whether a member can be written as `name: type` in a TypedDict."""
    mangled = name.startswith("__") and not name.endswith("__")
    plain = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
    return plain and not mangled and name not in _USED_IN_TYPED_DICTS


def _identifier(name: str, used: frozenset[str]) -> str:
    """Make an identifier. openapi-python-client avoids every builtin; most are fine.

    Python reads identifiers in their NFKC form, so that is the form to write.
    """
    made = unicodedata.normalize("NFKC", str(PythonIdentifier(name, PREFIX)))
    if not made.isidentifier():
        made = PREFIX + "".join(one if one.isalnum() else "_" for one in made)
    bare = made.removesuffix("_")
    if bare != made and hasattr(builtins, bare) and not keyword.iskeyword(bare):
        made = bare
    return made + "_" if made in used else made
