"""Equality of JSON values, and how they are shown in a sentence."""

from __future__ import annotations

import json

from text_completions_document import is_list, is_object, mapping, sequence


def canonical(value: object) -> str:
    """One text for all spellings of a JSON value: 1 and 1.0 are the same."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def same(old: object, new: object) -> bool:
    """Whether two JSON values are equal; true is not 1, but 1.0 is."""
    return old is new or canonical(old) == canonical(new)


def alike(old: object, new: object) -> bool:
    """Whether two schemas differ in nothing but the order of what they list."""
    return _unordered(old) == _unordered(new)


def _unordered(value: object) -> str:
    if is_list(value):
        return str(sorted(map(_unordered, sequence(value))))
    if is_object(value):
        members = sorted(mapping(value).items())
        return str([(key, _unordered(one)) for key, one in members])
    return canonical(value)


def _plain(value: object) -> object:
    if is_object(value):
        return {str(key): _plain(one) for key, one in mapping(value).items()}
    if is_list(value):
        return [_plain(one) for one in sequence(value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def shown(value: object) -> str:
    """A value as it stands in a sentence, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
