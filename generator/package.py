"""From a document to the files of a package, in a folder of their own."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.properties import LiteralEnumProperty
from pydantic import ValidationError

from context.client import ClientView
from context.collisions import check_aliases, check_finals, check_names
from context.models import Models
from context.naming import class_name
from context.operations import Operations, OperationView
from context.text import docstring, literal, names_in, printable
from context.types import Types
from document.checks import check
from document.loading import Document, DocumentError, last_step
from document.opc_input import to_opc_input
from document.shape import nodes

TEMPLATES = Path(__file__).parent / "templates"
FIRST_PARTY = '["text_completions", "text_completions_runtime"]'
ADDRESS = re.compile(r"<openapi_python_client\S+ object at 0x[0-9a-f]+>")
_MORE = {"_schemas.py": "schemas.py.jinja", "streams.py": "streams.py.jinja"}
RULES = "I,F401,UP,RUF022"
LINES = ("--line-length", "88")
HEADER = """\
# Emitted from {document} by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""


def build(document: Document, config_path: Path, target: Path, version: str) -> None:
    """Emit the package of a document into a folder that does not exist yet.

    Raises:
        DocumentError: The document cannot become a client.
    """
    check(document)
    project = _project(document, config_path, target)
    _add_views(project, document, version)
    _render(document, project)
    _write_more(project, target)
    _finish(document, target)


def _project(document: Document, config_path: Path, target: Path) -> Project:
    config = _config(document, config_path, target)
    data = GeneratorData.from_dict(to_opc_input(document), config=config)
    if isinstance(data, GeneratorError):
        raise document.refusal(f"{data.header}: {data.detail}")
    _refuse_warnings(document, data)
    return Project(openapi=data, config=config, custom_template_path=TEMPLATES)


def _config(document: Document, config_path: Path, target: Path) -> Config:
    settings = Document(config_path).data
    unknown = settings.keys() - ConfigFile.model_fields.keys()
    if unknown:
        told = ", ".join(sorted(unknown))
        raise DocumentError(f"{config_path}: no such setting: {told}")
    try:
        file = ConfigFile(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(f"{config_path}: {place}: {first['msg']}") from None
    return Config.from_sources(
        file,
        meta_type=MetaType.NONE,
        document_source=document.path,
        file_encoding="utf-8",
        overwrite=False,
        output_path=target,
    )


def _refuse_warnings(document: Document, data: GeneratorData) -> None:
    """What openapi-python-client only warns of would be missing in the client."""
    errors: list[Any] = list(data.errors)
    for collection in data.endpoint_collections_by_tag.values():
        errors += collection.parse_errors
    if errors:
        told = "; ".join(
            f"{(error.header or '').strip()} {error.detail or ''}".strip()
            for error in errors
        )
        told = ADDRESS.sub("a name", told)  # it prints its guarded texts as objects
        raise document.refusal(f"openapi-python-client: {told}")


def _add_views(project: Project, document: Document, version: str) -> None:
    data = project.openapi
    types = Types(data.models, document)
    client = ClientView(document, map(str, data.endpoint_collections_by_tag), version)
    check_names(document, data, client)
    _mark(data, document, types)
    enums = [one for one in data.enums if isinstance(one, LiteralEnumProperty)]
    models = Models(data.models, enums, types, document)
    operations = Operations(document, types, models, client.by_status)
    data.models[:] = models.listed
    views = {
        str(tag): [operations.view(endpoint, str(tag)) for endpoint in found.endpoints]
        for tag, found in data.endpoint_collections_by_tag.items()
    }
    aliases = [one.stream.alias if one.stream else None for one in _aliased(views)]
    check_aliases(document, data, [alias for alias in aliases if alias])
    finals = _finals(views)
    check_finals(document, finals)
    models.check()
    project.env.globals.update(
        client=client,
        models=models,
        operations=operations,
        literal=literal,
        quoted=repr,  # in one piece, as type checkers demand of types in quotes
        docstring=docstring,
        names_in=names_in,
        class_name=class_name,
        views=views,
        finals=finals,
        aliased=_aliased(views),
    )


def _aliased(views: Mapping[str, list[OperationView]]) -> list[OperationView]:
    """Return the operations whose events have a name for all of them."""
    listed = [view for of_tag in views.values() for view in of_tag]
    return [view for view in listed if view.stream and view.stream.alias]


def _finals(views: Mapping[str, list[OperationView]]) -> list[OperationView]:
    """Return the operations whose streams add up to a whole answer."""
    listed = [view for of_tag in views.values() for view in of_tag]
    return [view for view in listed if view.stream and view.stream.final]


def _mark(data: GeneratorData, document: Document, types: Types) -> None:
    """Find out which models are sent, and which are received."""
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            for body in endpoint.bodies:
                types.mark_sent(body.prop)
            for response in endpoint.responses:
                types.mark_received(response.prop)
    for node in nodes(document):
        if node.pointer.endswith("/contentSchema") and "$ref" in node.value:
            name = class_name(last_step(node.value["$ref"]))
            if types.has_model(name):
                types.mark_received_name(name)


def _render(document: Document, project: Project) -> None:
    with contextlib.redirect_stdout(io.StringIO()):  # it tells where it writes
        errors = project.build()
    if errors:
        told = "; ".join(f"{error.header}: {error.detail}" for error in errors)
        raise document.refusal(f"openapi-python-client: {told}")


def _write_more(project: Project, target: Path) -> None:
    """Write the modules for which openapi-python-client has no template of its own."""
    for name, template in _MORE.items():
        text = project.env.get_template(template).render()
        (target / name).write_text(text, encoding="utf-8")


def _finish(document: Document, target: Path) -> None:
    """Stamp, format and complete the package."""
    header = HEADER.format(document=printable(document.path.name))
    for path in sorted(target.rglob("*.py")):
        path.write_text(header + path.read_text("utf-8"), encoding="utf-8")
    _ruff(document, target, "check", "--fix", "--quiet", "--select", RULES)
    _ruff(document, target, "format", "--quiet")
    for path in sorted(target.rglob("*.py")):
        compile(path.read_text("utf-8"), str(path), "exec", dont_inherit=True)
    (target / "py.typed").touch()
    shutil.copyfile(document.path, target / "openapi.yaml")


def _ruff(document: Document, target: Path, command: str, *options: str) -> None:
    """Run the pinned ruff, blind to settings that lie about: output must not vary."""
    fixed = ("--isolated", "--no-cache", "--no-respect-gitignore", *LINES)
    run = [sys.executable, "-m", "ruff", command, *fixed, "--target-version", "py311"]
    if command == "check":  # the order that the project's own settings ask for
        options = ("--config", f"lint.isort.known-first-party={FIRST_PARTY}", *options)
    done = subprocess.run(
        [*run, *options, target.name],
        cwd=target.parent,  # within the package, its types.py would hide Python's
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        told = done.stdout + done.stderr
        raise document.refusal(f"ruff {command} failed on the emitted code: {told}")
