"""What the extensions of a document may hold: docs/extensions.md explains each one."""

from __future__ import annotations

from document.kinds import (
    ANY,
    COUNT,
    FLAG,
    MANNER,
    NAME,
    POINTER,
    PRINTED,
    SCALAR,
    STATUS,
    TEXT,
    TOKEN,
    VARIABLE,
    Each,
    Many,
    Part,
)

EXTENSION_PARTS: dict[str, Part] = {
    "x-contract-argument": Part({"name": TEXT, "default": PRINTED}),
    "x-contract-eras": Part({"description": TEXT, "patch": ANY}, required=("patch",)),
    "x-contract-models": Part({"resolves": TEXT, "context": COUNT}),
    "x-contract-client": Part(
        {
            "sync": Many(NAME, least=1),
            "async": Many(NAME, least=1),
            "base-error": NAME,
            "error-type": POINTER,
            "request-id": TOKEN,
            "workspace-id": TOKEN,
            "constants": Each(SCALAR, NAME),
            "credentials": Many("x-contract-client credential"),
            "environment": "x-contract-client environment",
            "errors": Each(NAME, STATUS),
        },
        required=("sync", "async", "base-error"),
    ),
    "x-contract-client credential": Part(
        {
            "argument": NAME,
            "environment": VARIABLE,
            "scheme": TEXT,
            "header": TOKEN,
            "prefix": PRINTED,
        },
        required=("argument",),
    ),
    "x-contract-client environment": Part(
        dict.fromkeys(("base_url", "custom_headers", "log"), VARIABLE)
    ),
    "x-contract-stream": Part(
        {
            "switch": TEXT,
            "version": TOKEN,
            "events": NAME,
            "ignore": Many(TEXT),
            "error": TEXT,
            "text": "x-contract-stream place",
            "last": "x-contract-stream place",
            "versions": Each("x-contract-stream version"),
            "final": "x-contract-stream final",
        }
    ),
    "x-contract-stream final": Part(
        {"name": NAME, "parts": Many("x-contract-stream part", least=1)},
        required=("name", "parts"),
    ),
    "x-contract-stream part": Part(
        {"event": TEXT, "from": POINTER, "to": POINTER, "how": MANNER},
        required=("event",),
    ),
    "x-contract-stream place": Part(
        {"event": TEXT, "pointer": POINTER}, required=("event",)
    ),
    "x-contract-stream version": Part(
        {"unnamed": TEXT, "cumulative": FLAG, "end": TEXT}
    ),
}
