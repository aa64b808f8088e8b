"""The pages for people: the index, the API reference, and the document itself."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

import httpx
import pytest
import yaml

from text_completions_server import Control, MockBackend
from text_completions_server.pages import routes

ROOT = Path(__file__).parent.parent.parent
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = ["/", "/docs", "/__mock__/"]


@pytest.fixture
def scalar(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scalar"))


@pytest.fixture
def no_scalar(monkeypatch):
    monkeypatch.setitem(sys.modules, "text_completions_scalar", None)


def get(door, path, headers=HTML):
    return door.send("GET", path, None, headers)


@pytest.mark.usefixtures("scalar")
def test_a_browser_finds_links_to_every_page_at_the_root(door):
    index = get(door, "/")
    assert index.headers["content-type"].startswith("text/html")
    links = re.findall(r'<li><a href="([^"]+)"', index.text)
    assert "docs" in links
    assert "__mock__/" in links
    assert {link: get(door, f"/{link}").status_code for link in links} == dict.fromkeys(
        links, 200
    )


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/plain"])
def test_another_client_gets_the_error_of_the_contract_at_the_root(door, accept):
    answer = get(door, "/", {"accept": accept})
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found_error"


def test_the_index_links_the_journal_only_where_there_is_one(open_door):
    assert "__mock__" not in get(open_door(backend=MockBackend()), "/").text
    assert "__mock__" not in get(open_door(admin="off"), "/").text


def test_the_title_of_a_document_is_text(open_door, tmp_path):
    file = tmp_path / "a.yaml"
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
    document["info"]["title"] = "<script>alert(1)</script>"
    file.write_text(yaml.safe_dump(document), "utf-8")
    index = get(open_door(document=file), "/").text
    assert "<script" not in index
    assert "&lt;script&gt;" in index


def test_the_document_is_sent_as_it_was_written_and_as_json(door):
    text = get(door, "/openapi.yaml")
    assert text.content == (ROOT / "openapi.yaml").read_bytes()
    assert text.headers["content-type"].startswith("application/yaml")
    assert get(door, "/openapi.json").json() == yaml.safe_load(text.text)


def test_the_document_of_an_era_is_the_one_that_is_served(open_door):
    door = open_door(era="2023")
    now = get(open_door(), "/openapi.json").json()
    then = get(door, "/openapi.json").json()
    assert then != now
    assert yaml.safe_load(get(door, "/openapi.yaml").text) == then


def test_the_document_is_sent_as_openapi_3_2_too(door, open_door):
    derived = ROOT / "generated" / "text_completions" / "openapi-3.2.yaml"
    answer = get(door, "/openapi-3.2.yaml")
    assert answer.text == derived.read_text("utf-8")
    assert answer.headers["content-type"].startswith("application/yaml")
    then = yaml.safe_load(get(open_door(era="2023"), "/openapi-3.2.yaml").text)
    assert then["openapi"] == "3.2.0"
    assert "id" not in then["components"]["schemas"]["Completion"]["properties"]


@pytest.mark.usefixtures("scalar")
def test_the_reference_loads_its_files_from_this_server(door):
    page = get(door, "/docs")
    assert page.status_code == 200
    sources = re.findall(r'src="([^"]+)"', page.text)
    assert sources == ["docs/scalar.js", "docs/docs.js"]
    for source in sources:
        file = get(door, f"/{source}")
        assert file.headers["content-type"].startswith("text/javascript")
        assert file.status_code == 200


@pytest.mark.usefixtures("no_scalar")
def test_without_scalar_the_reference_says_how_to_get_it(door):
    page = get(door, "/docs")
    assert page.status_code == 200
    assert "pip install ./scalar" in page.text
    assert "scalar.js" not in page.text
    assert get(door, "/docs/scalar.js").status_code == 404


def test_the_bundle_of_scalar_is_the_one_that_its_readme_describes():
    readme = (ROOT / "scalar" / "README.md").read_text("utf-8")
    check_hash(readme, ROOT / "scalar" / "text_completions_scalar" / "standalone.js")
    (version,) = re.findall(
        r'^version = "(.+?)"', (ROOT / "scalar/pyproject.toml").read_text(), re.M
    )
    assert f"version {version}" in readme


def test_the_libraries_of_the_journal_are_those_that_their_readme_describes():
    vendor = Path(routes.__file__).with_name("static") / "vendor"
    readme = (vendor / "README.md").read_text("utf-8")
    libraries = list(vendor.glob("*.mjs"))
    assert libraries
    for library in libraries:
        check_hash(readme, library)
        assert (vendor / f"{library.stem}-LICENSE").exists()


def check_hash(readme, file):
    assert hashlib.sha256(file.read_bytes()).hexdigest() in readme


@pytest.mark.usefixtures("scalar")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_not_run_what_is_not_of_this_server(server, path):
    page = httpx.get(f"{server.url}{path}", headers=HTML)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert "<script>" not in page.text
    assert not re.search(r"\son\w+=", page.text)
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [*PAGES, "/openapi.yaml", "/openapi.json", "/__mock__/requests", "/v1/complete"],
)
def test_no_other_site_may_read_a_response(server, path):
    headers = HTML | {"origin": "http://evil.example"}
    for method in ("GET", "OPTIONS"):
        answer = httpx.request(method, f"{server.url}{path}", headers=headers)
        assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize("path", ["/__mock__/", "/__mock__/static/journal.js"])
@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}], ids=str
)
def test_the_journal_page_is_refused_to_other_sites(server, path, headers):
    assert httpx.get(f"{server.url}{path}", headers=headers).status_code == 403
    assert httpx.get(f"{server.url}{path}").status_code == 200


@pytest.mark.parametrize("path", ["/__mock__/", "/__mock__/static/journal.js"])
def test_there_is_no_journal_page_without_admin_access(open_door, path):
    assert get(open_door(admin="off"), path).status_code == 404
    assert get(open_door(backend=MockBackend()), path).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "none.js",
        "",
        "../routes.py",
        "..%2Froutes.py",
        "vendor",
        "%2Fetc%2Fpasswd",
        "a%00",
    ],
)
def test_only_files_of_the_pages_are_sent(server, name):
    for folder in ("/__mock__/static", "/docs"):
        answer = httpx.get(f"{server.url}{folder}/{name}")
        assert answer.status_code == 404
        assert answer.json()["error"]["type"] == "not_found_error"


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/__mock__/"])
def test_a_page_answers_get_and_head_alone(server, path):
    refused = httpx.post(f"{server.url}{path}", content=b"{}")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    head = httpx.head(f"{server.url}{path}")
    assert (head.status_code, head.content) == (200, b"")


def test_requests_for_pages_are_not_in_the_journal(open_door):
    control = Control()
    door = open_door(control=control)
    for path in (*PAGES, "/openapi.json", "/docs/docs.js", "/healthz"):
        assert get(door, path).status_code == 200
    assert get(door, "/__mock__/none").status_code == 404
    assert control.requests.total == 0
    get(door, "/", {"accept": "*/*"})
    get(door, "/docs/none")
    assert [record.path for record in control.requests] == ["/", "/docs/none"]


def test_a_path_of_the_document_comes_before_a_page(open_door, tmp_path):
    document = json.loads(get(open_door(), "/openapi.json").text)
    document["paths"]["/docs"] = {
        "get": {"responses": {"204": {"description": "None."}}, "security": []}
    }
    file = tmp_path / "a.json"
    file.write_text(json.dumps(document), "utf-8")
    control = Control()
    assert get(open_door(document=file, control=control), "/docs").status_code == 204
    assert control.requests.total == 1
