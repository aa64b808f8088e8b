"""Turns names of the document into names in Python."""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from collections.abc import Set
from inspect import signature
from typing import get_type_hints

from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

import text_completions_runtime
from document.opc_input import separated
from document.operation_checks import PREFIX
from text_completions_runtime import Model, SyncClient

# Names that are used in the scope of a model's class, around its members.
_USED_IN_MODELS = frozenset(dir(Model)) | {
    "Any", "Self", "attrs", "bool", "bytes", "classmethod", "datetime", "dict", "float",
    "int", "list", "object", "property", "self", "set", "source", "str", "tuple",
    "uuid", "values",
}  # fmt: skip
_USED_IN_TYPED_DICTS = frozenset(
    {"bool", "datetime", "float", "int", "object", "str", "uuid"}
)
# Names that a resource's class uses around its methods: decorators, defaults, types.
# A method may be called `list`.
_USED_IN_RESOURCES = _USED_IN_TYPED_DICTS | {
    "builtins", "cached_property", "httpx", "not_given", "omit", "overload",
    "with_raw_response", "with_signature_errors", "with_streaming_response",
}  # fmt: skip
# Names that every emitted method has for itself.
_USED_IN_METHODS = frozenset(
    {
        "body", "deadline", "extra_body", "extra_headers", "extra_query",
        "idle_timeout", "self", "timeout",
    }
)  # fmt: skip
# Names that every emitted client has for itself, its options among them.
USED_IN_CLIENTS = {
    *dir(SyncClient), *get_type_hints(SyncClient), *signature(SyncClient).parameters,
    "cached_property", "copy", "default_headers", "default_query", "httpx", "str",
    "with_options", "with_raw_response", "with_streaming_response",
}  # fmt: skip
# Names that the emitted modules import or define, beside the models.
USED_IN_MODULES = frozenset(text_completions_runtime.__all__) | {
    "Any", "ClassVar", "Literal", "Mapping", "OPERATION", "Required", "Self",
    "TypeAlias", "TypedDict",
}  # fmt: skip
USED_IN_PACKAGE = USED_IN_MODULES - {"AsyncClient", "SyncClient"} | {
    "API_SPEC", "BaseModel", "ERRORS", "SCHEMAS", "Timeout", "annotations", "api",
    "cached_property", "client", "errors", "httpx", "messages_to_prompt", "models",
    "prompt_to_messages", "prompts", "resources", "types",
}  # fmt: skip


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
    name, lead = snake_case(separated(operation_id)), snake_case(tag) + "_"
    return _identifier(name.removeprefix(lead) or name, _USED_IN_RESOURCES)


def is_plain_key(name: str) -> bool:
    """Tell whether a member can be written as `name: type` in a TypedDict."""
    mangled = name.startswith("__") and not name.endswith("__")
    plain = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
    return plain and not mangled and name not in _USED_IN_TYPED_DICTS


def _identifier(name: str, used: Set[str]) -> str:
    """Make an identifier. openapi-python-client avoids every builtin; most are fine.

    Python reads identifiers in their NFKC form, so that is the form to write.
    """
    result = unicodedata.normalize("NFKC", str(PythonIdentifier(name, PREFIX)))
    if not result.isidentifier():
        result = PREFIX + "".join(one if one.isalnum() else "_" for one in result)
    bare = result.removesuffix("_")
    if bare != result and hasattr(builtins, bare) and not keyword.iskeyword(bare):
        result = bare
    return result + "_" if result in used else result
