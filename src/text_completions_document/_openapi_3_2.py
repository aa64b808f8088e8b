"""Write a document as OpenAPI 3.2, which has a keyword for the items of a stream.

In 3.1 a stream is described by the registered extension `x-oai-itemSchema`, and by
`schema` for readers that know neither. In 3.2 `itemSchema` describes one item, and
`schema` would describe the list of all items, so it is left out.
"""

from __future__ import annotations

import copy
import re
from typing import Any, cast

import yaml

from ._document import ITEM_SCHEMA, SNAPSHOTS, objects
from ._values import Node, is_object, mapping

_VERSION = "3.2.0"
_EVENT_STREAM = "text/event-stream"
_HEADER = """\
# Derived from the OpenAPI 3.1 document openapi.yaml, whose comments name the source
# of each number. This is the same contract as OpenAPI 3.2; do not edit it.
"""
# The dumper must quote what YAML 1.1 takes for text and YAML 1.2 for a number.
_NUMBER_OF_1_2 = re.compile(
    r"(?:0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)\Z"
)


def as_openapi_3_2(document: Node) -> str:
    """Return an OpenAPI 3.1 document as the YAML text of an OpenAPI 3.2 document.

    Both say the same of every request and response. Extensions and names stay as they
    are; the examples of a stream become lists, because they have one item each.
    """
    root = copy.deepcopy(dict(document))
    root["openapi"] = _VERSION
    snapshots = mapping(root.get(SNAPSHOTS)).values()
    for part in (root, *(mapping(one).get("patch") for one in snapshots)):
        for _, node, named_by in objects(mapping(part)):
            if named_by == "content" and isinstance(node, dict):
                node.update({name: _media(name, one) for name, one in node.items()})
    return _HEADER + dump_yaml(root)


def _media(name: str, media: Any) -> Any:
    """Return a media type with `itemSchema`, if it is a stream of items."""
    is_stream = name.partition(";")[0].strip().lower() == _EVENT_STREAM
    if not is_object(media) or not (is_stream or ITEM_SCHEMA in media):
        return media
    item = ITEM_SCHEMA if ITEM_SCHEMA in media else "schema"
    changed = {
        "itemSchema" if key == item else key: value
        for key, value in media.items()
        if key == item or key != "schema" or not is_stream
    }
    if "example" in media:
        changed["example"] = [media["example"]]
    if "examples" in media:
        examples = mapping(media["examples"])
        changed["examples"] = {key: _example(one) for key, one in examples.items()}
    return changed


def _example(example: Any) -> Any:
    if "value" not in mapping(example):
        return example
    return {
        **{key: one for key, one in example.items() if key != "value"},
        "dataValue": [example["value"]],
    }


def dump_yaml(value: Any) -> str:
    """Write a JSON value as YAML 1.2, members in their order and without aliases."""
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=False,
        sort_keys=False,
        width=80,
    )
    return text


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


cast(Any, _Dumper).add_implicit_resolver(  # its stub has no types
    "tag:yaml.org,2002:float", _NUMBER_OF_1_2, list("-+.0123456789")
)
