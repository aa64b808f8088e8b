"""The bounds of a schema, in words for people."""

from __future__ import annotations

from typing import Any


def bounds_in_words(schema: dict[str, Any]) -> str:
    """Return the bounds as a sentence, or nothing if there are none."""
    words = [_range(schema), _counted(schema, "Length", "characters")]
    words.append(_counted(schema, "Items", "items"))
    if "pattern" in schema:
        words.append(f"matches `{schema['pattern']}`")
    if "multipleOf" in schema:
        words.append(f"a multiple of {schema['multipleOf']}")
    listed = [word for word in words if word]
    return f"Bounds: {', '.join(listed)}." if listed else ""


def _range(schema: dict[str, Any]) -> str:
    parts = [
        f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "at least"),
            ("exclusiveMinimum", "more than"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "less than"),
        )
        if key in schema
    ]
    return " and ".join(parts)


def _counted(schema: dict[str, Any], key: str, unit: str) -> str:
    least, most = schema.get(f"min{key}"), schema.get(f"max{key}")
    if least is None and most is None:
        return ""
    if most is None:
        return f"at least {least} {unit.removesuffix('s') if least == 1 else unit}"
    if least is None:
        return f"at most {most} {unit.removesuffix('s') if most == 1 else unit}"
    return f"{least} to {most} {unit}"
