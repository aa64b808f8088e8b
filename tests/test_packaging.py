"""Check what is installed: the wheel, its metadata and the lock files."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads(
    (ROOT / "pyproject.toml").read_text(encoding="utf-8")
)["project"]
PACKAGES = {
    path.parent.name
    for root in ("src", "generated")
    for path in (ROOT / root).glob("*/__init__.py")
}
LOCKS = sorted(path.stem for path in (ROOT / "requirements").glob("*.in"))
EXTRAS = ("bridge", "completion", "contract", "server")


def run_python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def build(kind: str, source: Path, target: Path) -> Path:
    """Build one distribution without a network."""
    answer = run_python(
        "-m", "hatchling", "build", "-t", kind, "-d", str(target), cwd=source
    )
    assert answer.returncode == 0, answer.stderr
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the sdist, so that both are known to be complete."""
    room = tmp_path_factory.mktemp("build")
    sdist = build("sdist", ROOT, room / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(room, filter="data")
    return build("wheel", room / sdist.name.removesuffix(".tar.gz"), room / "wheel")


@pytest.fixture(scope="module")
def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def metadata(contents: dict[str, bytes]) -> Message:
    (name,) = (name for name in contents if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(contents[name].decode())


def requirements_of(metadata: Message) -> list[Requirement]:
    return [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]


def test_the_wheel_holds_every_package_and_nothing_else(
    contents: dict[str, bytes],
) -> None:
    tops = {name.partition("/")[0] for name in contents}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_the_wheel_holds_every_module_of_the_source_roots(
    contents: dict[str, bytes],
) -> None:
    modules = {
        path.relative_to(source_root).as_posix()
        for source_root in (ROOT / "src", ROOT / "generated")
        for path in source_root.rglob("*.py")
    }
    assert modules
    assert {name for name in contents if name.endswith(".py")} == modules


def test_the_wheel_holds_every_file_of_the_pages(contents: dict[str, bytes]) -> None:
    static = ROOT / "src" / "text_completions_server" / "pages" / "static"
    files = {
        path.relative_to(ROOT / "src").as_posix(): path.read_bytes()
        for path in static.rglob("*")
        if path.is_file()
    }
    assert files
    assert contents.items() >= files.items()


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_tells_type_checkers_that_it_is_typed(
    package: str, contents: dict[str, bytes]
) -> None:
    assert f"{package}/py.typed" in contents


def test_the_document_in_the_wheel_is_the_one_at_the_root(
    contents: dict[str, bytes],
) -> None:
    document = (ROOT / "openapi.yaml").read_bytes()
    assert contents["text_completions/openapi.yaml"] == document


def test_the_wheel_holds_the_licence(contents: dict[str, bytes]) -> None:
    (name,) = (name for name in contents if name.endswith("/licenses/LICENSE"))
    assert contents[name] == (ROOT / "LICENSE").read_bytes()


def test_an_installation_without_extras_brings_attrs_and_httpx_only(
    metadata: Message,
) -> None:
    always = {one.name for one in requirements_of(metadata) if one.marker is None}
    httpx = importlib.metadata.requires("httpx") or []
    assert always - {Requirement(one).name for one in httpx} == {"attrs", "httpx"}


def test_every_other_requirement_belongs_to_an_extra(metadata: Message) -> None:
    assert sorted(metadata.get_all("Provides-Extra", [])) == sorted(EXTRAS)
    markers = [str(one.marker) for one in requirements_of(metadata) if one.marker]
    extras = {re.findall(r'extra == "(\w+)"$', marker)[0] for marker in markers}
    assert extras == set(EXTRAS)


def test_the_wheel_installs_the_command(contents: dict[str, bytes]) -> None:
    (name,) = (name for name in contents if name.endswith("/entry_points.txt"))
    assert "text-completions = text_completions_cli:main" in contents[name].decode()


def test_scalar_is_a_distribution_of_its_own(tmp_path: Path) -> None:
    wheel = build("wheel", ROOT / "scalar", tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "text_completions_scalar/standalone.js" in names
    assert [name for name in names if name.endswith("/licenses/LICENSE")]


WITHOUT = """
import sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
from text_completions_cli import main
sys.exit(main(sys.argv[2:]))
"""


def modules_of_the_extras() -> list[str]:
    """Return the modules that only an extra installs."""
    distributions = {
        canonicalize_name(Requirement(line).name)
        for lines in PROJECT["optional-dependencies"].values()
        for line in lines
    } - {PROJECT["name"]}  # one extra contains another
    return [
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if distributions & {canonicalize_name(owner) for owner in owners}
    ]


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["mock", "--help"], ["contract", "--help"], ["complete", "--help"]],
    ids=" ".join,
)
def test_help_works_without_any_extra(arguments: list[str], tmp_path: Path) -> None:
    missing = modules_of_the_extras()
    assert {"schemathesis", "starlette", "yaml"} <= set(missing)

    answer = run_python("-c", WITHOUT, ",".join(missing), *arguments, cwd=tmp_path)

    assert answer.stderr == ""
    assert answer.returncode == 0
    assert answer.stdout.startswith("usage: text-completions")


def test_the_installed_version_is_that_of_pyproject() -> None:
    assert importlib.metadata.version("text-completions") == PROJECT["version"]


def test_the_changelog_agrees_with_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^]]*)\] - \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    coming = re.findall(r"^Becomes `([^`]+)`", text, re.MULTILINE)

    assert "## [Unreleased]" in text
    assert PROJECT["version"] in [*coming, *released[:1]]


def locked(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Return the requirements of a lock file with their hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    code = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for line in filter(None, map(str.strip, code.splitlines())):
        stated, *hashes = line.split(" --hash=")
        requirement = Requirement(stated)
        distribution = canonicalize_name(requirement.name)
        found[distribution] = (requirement, [one.strip() for one in hashes])
    return found


def pinned(name: str) -> dict[str, str]:
    """Return the version of each distribution in a lock file."""
    pins = {}
    for distribution, (requirement, _) in locked(name).items():
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        pins[distribution] = specifier.version
    return pins


def wanted(name: str) -> list[Requirement]:
    """Return the requirements that a lock file was resolved from."""
    text = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if name == "dev":
        lines += PROJECT["dependencies"]
        for extra in EXTRAS:
            lines += PROJECT["optional-dependencies"][extra]
    requirements = [Requirement(line) for line in lines]
    return [one for one in requirements if one.name != PROJECT["name"]]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_has_one_version_and_hashes(name: str) -> None:
    assert pinned(name)
    for requirement, hashes in locked(name).values():
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_index_or_url(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert re.findall(r"://| @ |^-.*|--(?!hash=)\S+", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_satisfies_its_requirements(name: str) -> None:
    pins = pinned(name)
    unmet = [
        str(one)
        for one in wanted(name)
        if (pin := pins.get(canonicalize_name(one.name))) is None
        or not one.specifier.contains(pin)
    ]
    assert unmet == [], "run: make lock"


def test_linters_and_tests_have_the_same_versions() -> None:
    dev, lint = pinned("dev"), pinned("lint")
    shared = dev.keys() & lint.keys()
    assert {one: lint[one] for one in shared} == {one: dev[one] for one in shared}


def test_the_environment_is_the_locked_one() -> None:
    other = {
        name: installed
        for name, version in pinned("dev").items()
        if (installed := installed_version(name)) not in (version, None)
    }
    assert other == {}, "run: make install"


def installed_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None  # the lock is for every platform


@pytest.mark.parametrize("place", [".ci", "benchmarks", "tests/peers"])
def test_the_npm_lock_has_exact_versions_and_no_urls(place: str) -> None:
    folder = ROOT / place / "npm"
    packages = json.loads((folder / "package-lock.json").read_bytes())["packages"]
    asked = json.loads((folder / "package.json").read_bytes())["dependencies"]

    assert packages.pop("")["dependencies"] == asked
    assert packages
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert [name for name, one in packages.items() if "integrity" not in one] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []
