"""The service of another time: a named overlay in the document itself.

`x-contract-eras` gives each name a JSON Merge Patch (RFC 7396) of the document.
"""

from __future__ import annotations

from typing import cast

from .source import Source, mapping

EXTENSION = "x-contract-eras"


def of_era(source: Source, era: str) -> Source:
    """The document as it was in this era.

    Raises:
        DocumentError: The document knows no such era.
    """
    eras = mapping(source.root.get(EXTENSION))
    if era not in eras:
        known = ", ".join(map(str, eras)) or "none"
        raise source.fault(EXTENSION, f"there is no era {era!r}; there is {known}")
    patch = mapping(eras[era]).get("patch")
    return Source(mapping(_merged(source.root, patch)), source.file)


def _merged(value: object, patch: object) -> object:
    if not isinstance(patch, dict):
        return patch
    kept = mapping(value)
    merged = dict(kept)
    for name, change in mapping(cast("object", patch)).items():
        if change is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(kept.get(name), change)
    return merged
