"""The registry of kinds, by name, in the order in which documentation lists them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ._kinds import Kind
from ._kinds_of_values import MEMBERS, NOTES, VALUES
from ._kinds_of_wire import CLIENT, MODELS, OPERATIONS, STREAMS

SECTIONS: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        "Operations": OPERATIONS,
        "Streams": STREAMS,
        "Values": VALUES,
        "Members": MEMBERS,
        "The client": CLIENT,
        "Models": MODELS,
        "Notes": NOTES,
    }
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kinds in SECTIONS.values() for kind in kinds}
)
"""Every kind of change by its name."""
