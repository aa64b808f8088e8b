"""Emits the files of a client package from a document, into a folder of their own.

openapi-python-client does what is not special to this client: it parses the paths,
parameters, bodies and schemas, resolves references, merges `allOf`, gives models and
operations their names and modules, and drives the templates. What the templates are
given beside its parsed models is built by the package `context`.
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from context.client import ClientView
from context.collisions import check_members, check_names
from context.models import Models
from context.operations import Operations
from context.text import docstring, literal, names_in
from context.types import Types
from document.checks import check
from document.opc_input import to_opc_input
from document.supported import SupportedDocument, is_name
from text_completions_document import (
    DocumentError,
    as_openapi_3_2,
    below,
    is_object,
    parse_yaml,
)

TEMPLATES = Path(__file__).parent / "templates"
FIRST_PARTY = '["text_completions", "text_completions_runtime"]'
RULES = "I,F401,UP,RUF022"
SETTING = "package_name_override"
LINES = ("--line-length", "88")
HEADER = """\
# Emitted from {document} by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""
_ADDRESS = re.compile(r"<openapi_python_client\S+ object at 0x[0-9a-f]+>")
# What openapi-python-client says, the keyword of a schema that is meant, and advice.
_ADVICE = (
    ("allOf a non-object", "allOf", "allOf can join objects only: write one schema"),
    ("merged|redefine", "allOf", "two branches describe one member: write it once"),
    (r'duplicate models with name "(\w+)"', "", "two schemas would be {}: rename one"),
    ("not allowed in path", "", "a parameter in a path has a value: leave null out"),
    ("parameters named `(.*)` detected", "", "two parameters are {!r}: remove one"),
)
_IN_SCHEMA = re.compile(r"/components/schemas/([\w.-]+)")
_IN_OPERATION = re.compile(r"parsing ([A-Z]+) (/\S*) within")


def build(
    document: SupportedDocument, config_path: Path, target: Path, version: str
) -> None:
    """Emit the package of a document into a folder that does not exist yet.

    Raises:
        DocumentError: The document cannot become a client.
    """
    check(document)
    check_members(document)
    config = _config(document, config_path, target)
    data = _parsed(document, config)
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    context = _context(document, data, project.package_name, version)
    project.env.globals.update(context)
    _render(document, project, target, context)
    _finish(document, target)


def _config(document: SupportedDocument, path: Path, target: Path) -> Config:
    """Read the one setting that the templates leave open: the name of the package."""
    try:
        settings = parse_yaml(path.read_text("utf-8"))
    except ValueError as error:  # it is not UTF-8, or not YAML
        raise DocumentError(f"{path}: {error}") from None
    if not is_object(settings) or list(settings) != [SETTING]:
        raise DocumentError(f"{path}: must have one setting, {SETTING}")
    name = settings[SETTING]
    if not isinstance(name, str) or not is_name(name):
        reason = f"must be a name that Python can use, in ASCII, not {name!r}"
        raise DocumentError(f"{path}: {SETTING}: {reason}")
    # Enumerations become Literal types: a caller passes plain strings. The package is
    # formatted here, and not by hooks, which read settings that lie about.
    file = ConfigFile(package_name_override=name, literal_enums=True, post_hooks=[])
    return Config.from_sources(
        file,
        meta_type=MetaType.NONE,
        document_source=Path(document.name),
        file_encoding="utf-8",
        overwrite=False,
        output_path=target,
    )


def _parsed(document: SupportedDocument, config: Config) -> GeneratorData:
    data = GeneratorData.from_dict(to_opc_input(document), config=config)
    if isinstance(data, GeneratorError):
        raise _refusal(document, data)
    errors = list(data.errors)
    for collection in data.endpoint_collections_by_tag.values():
        errors += collection.parse_errors
    for error in errors:  # it only warns of them, and leaves parts of the client out
        raise _refusal(document, error)
    return data


def _refusal(document: SupportedDocument, error: GeneratorError) -> DocumentError:
    """Return the error for what openapi-python-client says, with place and advice."""
    text = " ".join(f"{error.header or ''} {error.detail or ''}".split())
    text = _ADDRESS.sub("a name", text)  # it prints its guarded texts as objects
    pointer = "#"
    if name := _IN_SCHEMA.search(text):
        pointer = below("#/components/schemas", name[1])
    elif operation := _IN_OPERATION.search(text):
        pointer = below("#/paths", operation[2], operation[1].lower())
    for sign, keyword, advice in _ADVICE:
        if match := re.search(sign, text):
            place = _first_below(document, pointer, keyword)
            return document.error(place, advice.format(*match.groups()))
    reason = f"openapi-python-client cannot read this: {text}"
    return document.error(pointer, reason)


def _first_below(document: SupportedDocument, pointer: str, keyword: str) -> str:
    """Find the first schema with a keyword at a pointer or below it."""
    for place, schema in document.parts("schema"):
        if f"{place}/".startswith(f"{pointer}/") and keyword in schema:
            return below(place, keyword)
    return pointer


def _context(
    document: SupportedDocument, data: GeneratorData, package_name: str, version: str
) -> dict[str, Any]:
    """Return what the templates are given."""
    tags = map(str, data.endpoint_collections_by_tag)
    client = ClientView(document, tags, package_name, version)
    types = Types(data, document)
    models = Models(data, types, document)
    data.models[:] = models.listed
    views = Operations(document, types, client.by_status)
    operations = {
        str(endpoint.name): views.view(endpoint, str(tag))
        for tag, collection in data.endpoint_collections_by_tag.items()
        for endpoint in collection.endpoints
    }
    listed = list(operations.values())
    streams = [one.stream for one in listed if one.stream]
    check_names(document, data, client, streams)
    return {
        "client": client,
        "models": models,
        "operations": operations,
        "finals": [one for one in listed if one.stream and one.stream.final],
        "docstring": docstring,
        "literal": literal,
        "names_in": names_in,
        "quoted": repr,  # in one piece, as type checkers demand of types in quotes
    }


def _render(
    document: SupportedDocument, project: Project, target: Path, context: dict[str, Any]
) -> None:
    with contextlib.redirect_stdout(io.StringIO()):  # it says where it writes
        errors = project.build()
    for error in errors:
        raise _refusal(document, error)
    # The official SDK calls this package types, and its module types is not needed.
    (target / "types.py").unlink()
    (target / "models").rename(target / "types")
    (target / "resources").mkdir()
    for name, template, variables in _more_modules(context):
        text = project.env.get_template(f"{template}.py.jinja").render(variables)
        (target / name).write_text(text, encoding="utf-8")


def _more_modules(context: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield modules that openapi-python-client has not, their templates and values."""
    client: ClientView = context["client"]
    models: Models = context["models"]
    yield "_schemas.py", "_schemas", {}
    yield "_streaming.py", "_streaming", {}
    yield "models.py", "models", {}
    types = [(f".{module}", name) for module, name in models.exported()]
    aliases = [
        (f"..api.{one.tag}.{one.module}", one.stream.alias)
        for one in context["operations"].values()
        if one.stream and one.stream.alias
    ]
    about = "The types of the API by name, for annotations: `types.Name`."
    exported = {"about": about, "exported": [*types, *aliases]}
    yield "types/__init__.py", "lazy_package", exported
    resources = [
        (f".{resource.module}", name)
        for resource in client.resources
        for name in resource.classes
    ]
    about = "The resources of the client: the operations of each tag of the document."
    exported = {"about": about, "exported": resources}
    yield "resources/__init__.py", "lazy_package", exported
    if client.prompt_format is not None:
        yield "prompts.py", "prompts", {}
    for resource in client.resources:
        yield f"resources/{resource.module}.py", "resource", {"resource": resource}
    for alias in models.aliases:
        yield f"types/{alias.module}.py", "type_alias", {"alias": alias}


def _finish(document: SupportedDocument, target: Path) -> None:
    """Add the headers, format the modules, and complete the package."""
    header = HEADER.format(document=document.file_name)
    for path in sorted(target.rglob("*.py")):
        path.write_text(header + path.read_text("utf-8"), encoding="utf-8")
    _ruff(document, target, "check", "--fix", "--quiet", "--select", RULES)
    _ruff(document, target, "format", "--quiet")
    for path in sorted(target.rglob("*.py")):
        compile(path.read_text("utf-8"), str(path), "exec", dont_inherit=True)
    (target / "py.typed").touch()
    (target / "openapi.yaml").write_text(document.text, encoding="utf-8")
    derived = as_openapi_3_2(document.root)
    (target / "openapi-3.2.yaml").write_text(derived, encoding="utf-8")


def _ruff(
    document: SupportedDocument, target: Path, command: str, *options: str
) -> None:
    """Run the pinned ruff blind to the settings of other folders, which may vary."""
    fixed = ("--isolated", "--no-cache", "--no-respect-gitignore", *LINES)
    run = [sys.executable, "-m", "ruff", command, *fixed, "--target-version", "py311"]
    if command == "check":  # the order that the project's own settings ask for
        options = ("--config", f"lint.isort.known-first-party={FIRST_PARTY}", *options)
    done = subprocess.run(
        [*run, *options, target.name],
        cwd=target.parent,  # inside the package, its types.py would hide Python's
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        output = done.stdout + done.stderr
        raise document.error(
            "#", f"ruff {command} failed on the emitted code: {output}"
        )
