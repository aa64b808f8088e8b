"""What stops an emission: with file, line, pointer and reason.

Nothing of a document is dropped silently. What the emitted client could not honour
is refused here, before anything is written.
"""

from __future__ import annotations

from typing import Any

from context.naming import member_name
from document.calls import check_calls
from document.contradictions import check_contradictions
from document.loading import Document, below
from document.opc_input import framing
from document.shape import Node, nodes
from text_completions_runtime import KEYWORDS

_WHAT_TO_DO = {
    "swa": "convert it to OpenAPI 3.1",
    "3.0": "write nullable as a type, bounds that exclude as numbers, and say 3.1.0",
    "3.2": "say 3.1.0 if it uses nothing newer",
}
_ALTERNATIVES = ("anyOf", "oneOf")
_MEMBERS = ("properties", "required", "allOf")
_IN_PLACE = ("allOf", "anyOf", "oneOf")


def check(document: Document) -> None:
    """See that the document can become a client.

    Raises:
        DocumentError: It cannot.
    """
    _check_version(document)
    listed = list(nodes(document))
    left_out = framing(document)
    for node in listed:
        if node.kind == "schema":
            _check_schema(document, node, left_out)
    _check_circles(document)
    check_calls(document, listed)


def _check_version(document: Document) -> None:
    data = document.data
    said = data.get(
        "openapi", f"swagger {data['swagger']}" if "swagger" in data else None
    )
    if not isinstance(said, str) or not said.startswith("3.1."):
        what = _WHAT_TO_DO.get(str(said)[:3], "say openapi: 3.1.0")
        reason = f"only OpenAPI 3.1 is read, and this says {said!r}: {what}"
        raise document.error("#/openapi", reason)


def _check_schema(document: Document, node: Node, left_out: set[str]) -> None:
    pointer, schema = node.pointer, node.value
    if "$ref" in schema:
        _check_beside_reference(document, pointer, schema)
        return
    for name, member in schema.get("properties", {}).items():
        if isinstance(member, bool) and not _is_framing(pointer, left_out):
            here = below(below(pointer, "properties"), name)
            raise document.error(here, "a schema must be a mapping")
    _check_twins(document, below(pointer, "properties"), schema)
    for key in _ALTERNATIVES:
        if key in schema:
            _check_beside_alternatives(document, pointer, schema, key)
    for index, branch in enumerate(schema.get("allOf", ())):
        for key in set(_ALTERNATIVES) & branch.keys():
            here = f"{pointer}/allOf/{index}/{key}"
            raise document.error(here, "alternatives within allOf would be lost")
    check_contradictions(document, pointer, schema)
    _check_discriminator(document, pointer, schema)


def _check_twins(document: Document, pointer: str, schema: dict[str, Any]) -> None:
    names: dict[str, str] = {}
    for name in schema.get("properties", {}):
        made = member_name(name)
        other = names.setdefault(made, name)
        if other != name:
            reason = f"{name!r} and {other!r} would both be {made!r}: rename one"
            raise document.error(below(pointer, name), reason)


def _check_beside_alternatives(
    document: Document, pointer: str, schema: dict[str, Any], key: str
) -> None:
    for beside in (*_MEMBERS, *_ALTERNATIVES):
        if beside in schema and beside != key:
            reason = f"is lost beside {key}: put it into each of its branches"
            raise document.error(below(pointer, beside), reason)


def _check_beside_reference(
    document: Document, pointer: str, schema: dict[str, Any]
) -> None:
    """Beside `$ref`, bounds are read in the answers that are errors, and not else."""
    if _is_error(pointer):
        return
    for keyword in schema:
        if keyword in KEYWORDS and keyword != "$ref":
            reason = "keywords beside $ref are lost: put both into allOf"
            raise document.error(below(pointer, keyword), reason)


def _is_error(pointer: str) -> bool:
    parts = pointer.split("/")
    if parts[1:3] == ["components", "responses"]:
        return True
    at = parts.index("responses") if "responses" in parts else len(parts)
    return "".join(parts[at + 1 : at + 2])[:1] in ("4", "5")


def _is_framing(pointer: str, left_out: set[str]) -> bool:
    parts = pointer.split("/")
    return parts[1:3] == ["components", "schemas"] and parts[3] in left_out


def _check_discriminator(
    document: Document, pointer: str, schema: dict[str, Any]
) -> None:
    if "discriminator" not in schema:
        return
    here = below(pointer, "discriminator")
    branches = [branch for key in _ALTERNATIVES for branch in schema.get(key, ())]
    if not branches or not all("$ref" in branch for branch in branches):
        reason = "stands beside an anyOf or oneOf whose branches are all $refs"
        raise document.error(here, reason)
    targets = {branch["$ref"] for branch in branches}
    names = {target.rpartition("/")[2] for target in targets}
    for value, target in schema["discriminator"].get("mapping", {}).items():
        if target not in targets | names:
            there = below(f"{here}/mapping", value)
            raise document.error(there, f"{target!r} is none of the branches")


def _check_circles(document: Document) -> None:
    """A schema that is made of itself has no end; one that contains itself has."""
    components = document.data.get("components", {}).get("schemas", {})
    done: set[str] = set()
    for name in components:
        _descend(document, below("#/components/schemas", name), (), done)


def _descend(
    document: Document, pointer: str, path: tuple[str, ...], done: set[str]
) -> None:
    if pointer in path:
        raise document.error(pointer, "is made of itself, without end")
    if pointer in done:
        return
    for target in _made_of(document.resolve(pointer)):
        _descend(document, target, (*path, pointer), done)
    done.add(pointer)


def _made_of(schema: Any) -> list[str]:
    """Return what a schema refers to for the very value that it describes."""
    if not isinstance(schema, dict):
        return []
    if "$ref" in schema:
        return [schema["$ref"]]
    branches = [branch for key in _IN_PLACE for branch in schema.get(key, ())]
    branches += [schema["not"]] if "not" in schema else []
    return [target for branch in branches for target in _made_of(branch)]


__all__ = ["check"]
