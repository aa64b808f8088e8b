"""The bridge: `/v1/complete` answered by a Messages API.

create_app(backend=Bridge(BridgeSettings(upstream=URL, default_model=NAME)))
"""

from __future__ import annotations

from .backend import Bridge
from .requests import ModelTableError
from .settings import BridgeSettings

__all__ = ["Bridge", "BridgeSettings", "ModelTableError"]
