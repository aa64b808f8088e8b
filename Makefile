# `make` alone lists the verbs. Longer work is a file of its own: generator/emit.py,
# requirements/lock, .ci/npm/lint.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# The generator calls the pinned ruff by its name, so the venv comes first.
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"
REPORT_SCHEMA := src/text_completions_contract/reports/contract-report.schema.json
CHROMIUM ?= $(shell command -v chromium || command -v google-chrome)
IN_BROWSER = PYTHONPATH=src:generated:scalar CHROMIUM='$(CHROMIUM)' $(VENV)-browser/bin/python
LINTED := $(wildcard src generated generator scalar releases tests benchmarks examples)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: install
install: $(VENV)/stamp ## Create .venv with the locked packages and this project

.PHONY: generate
generate: $(VENV)/stamp ## Generate the client and docs/clauses.md again
	$(IN_VENV) $(BIN)/python generator/emit.py
	$(BIN)/python -m text_completions_contract.reports.catalogue > docs/clauses.md
	cp $(REPORT_SCHEMA) docs

.PHONY: drift
drift: $(VENV)/stamp ## Fail if a generated file differs from its source
	@{ $(IN_VENV) $(BIN)/python generator/emit.py --check && \
	$(BIN)/python -m text_completions_contract.reports.catalogue | cmp - docs/clauses.md && \
	cmp $(REPORT_SCHEMA) docs/contract-report.schema.json; } \
	|| { echo 'run: make generate' >&2; exit 1; }

.PHONY: lint
lint: $(VENV)/lint-stamp ## Check style, types and openapi.yaml
	$(BIN)/ruff check $(LINTED) && $(BIN)/ruff format --check $(LINTED)
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/openapi-spec-validator openapi.yaml generated/text_completions/openapi-3.2.yaml
	.ci/npm/lint openapi.yaml

.PHONY: test
test: drift ## Run all tests, after `make drift`
	$(IN_VENV) $(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/peers --ignore tests/site --ignore tests/engines --ignore tests/browser

.PHONY: test-httpx
test-httpx: $(VENV)/stamp ## Run the client's tests on httpx 0.25.2, 0.28.1 and httpx2
	$(IN_VENV) requirements/on_each_httpx $(VENV)-httpx

.PHONY: peers
peers: $(VENV)/stamp $(VENV)-peers/stamp $(VENV)-current/stamp ## Run the tests that need an official SDK
	$(BIN)/python -m pytest tests/peers

.PHONY: programs
programs: $(VENV)/stamp $(VENV)-programs/stamp ## Run programs of 2023 and 2024 with our client
	$(BIN)/python -m pytest tests/peers/test_programs.py

.PHONY: examples
examples: $(VENV)/stamp $(VENV)-examples/stamp ## Run the examples, those too that need packages of others
	$(BIN)/python -m pytest tests/test_examples.py

.PHONY: docs
docs: $(VENV)/stamp $(VENV)-docs/stamp ## Build the site of docs/ in site/, and check its links
	$(BIN)/python generator/commands_page.py docs/reference/commands.md
	$(VENV)-docs/bin/zensical build --clean --strict
	$(BIN)/python -m pytest tests/site

.PHONY: browser
browser: $(if $(CHROMIUM),$(VENV)-browser/stamp) ## Open the pages in Chromium, where it is installed
	$(if $(CHROMIUM),$(IN_BROWSER) -m pytest tests/browser,@echo 'skipped: no Chromium: apt-get install chromium, or CHROMIUM=PATH')

.PHONY: engine
engine: $(VENV)/stamp $(VENV)-engine/stamp $(VENV)-peers/stamp ## Let a real model answer old programs
	$(BIN)/python -m pytest tests/engines/test_engine.py

.PHONY: ray
ray: $(VENV)/stamp $(VENV)-ray/stamp ## Kill one of two replicas of Ray Serve in 200 streams
	$(BIN)/python -m pytest tests/engines/test_ray_serve.py

.PHONY: litellm
litellm: $(VENV)/stamp $(VENV)-litellm/stamp ## Judge the bridge in front of LiteLLM's proxy
	$(BIN)/python -m pytest tests/engines/test_litellm.py

.PHONY: bench
bench: $(VENV)-peers/stamp ## Measure the client beside httpx and the official SDK
	PYTHONPATH=src:generated $(VENV)-peers/bin/python benchmarks

.PHONY: bench-server
bench-server: $(VENV)/stamp ## Measure the mock beside a bare handler and Prism
	$(BIN)/python benchmarks/server_speed.py

.PHONY: bench-contract
bench-contract: $(VENV)/stamp ## Measure how long the contract suite takes
	$(BIN)/python benchmarks/contract_speed.py

.PHONY: bench-bridge
bench-bridge: $(VENV)/stamp $(VENV)-litellm/stamp ## Measure the bridge beside a bare proxy and LiteLLM's
	$(BIN)/python benchmarks/bridge_speed.py

.PHONY: soak
soak: $(VENV)/stamp ## Send a minute of requests with faults to the mock
	$(BIN)/python benchmarks/server_soak.py

.PHONY: demo
demo: $(VENV)/stamp ## Show everything at work: generate, serve, call, check
	$(IN_VENV) $(BIN)/python examples/demo.py

.PHONY: mock
mock: $(VENV)/stamp ## Start the mock server; options: ARGS='--port 8000'
	$(BIN)/text-completions mock $(ARGS)

.PHONY: model
model: $(VENV)-engine/stamp ## Serve a small real model on port 8080, for the bridge
	$(VENV)-engine/bin/python examples/engine.py 8080

.PHONY: contract
contract: $(VENV)/stamp ## Check a server: make contract URL=http://127.0.0.1:8000
	@$(if $(URL),,echo 'URL is missing: make contract URL=http://127.0.0.1:8000' >&2; exit 2)
	$(BIN)/text-completions contract '$(URL)' $(ARGS)

.PHONY: mutation
mutation: $(VENV)/stamp ## Show which clause finds which faulty server
	$(BIN)/python tests/contract/mutation.py $(ARGS)

.PHONY: changes
changes: $(VENV)/stamp ## Say what the edits of openapi.yaml mean for callers
	$(BIN)/python releases/changes.py

.PHONY: release
release: $(VENV)/stamp ## Keep openapi.yaml as the document of this version
	$(BIN)/python releases/release.py

.PHONY: build
build: $(VENV)/stamp ## Build the sdist and the wheels into dist/
	rm -rf dist
	$(BIN)/python -m hatchling build
	cd scalar && ../$(BIN)/python -m hatchling build -t wheel -d ../dist

.PHONY: clean
clean: ## Remove everything that make created
	rm -rf $(VENV) $(VENV)-* site docs/reference/commands.md .ci/npm/node_modules benchmarks/npm/node_modules tests/peers/npm/node_modules dist .hypothesis .*_cache
	find $(LINTED) -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: lock
lock: ## Resolve the lock files again; newer: ARGS=--upgrade
	PYTHON='$(PYTHON)' requirements/lock $(VENV)-lock $(ARGS)

# The stamps. Each is touched last, and a new venv removes the stamps of the old
# one. So an interrupted installation is never taken for a complete one.

$(VENV)/locked: requirements/dev.txt
	@$(PYTHON) requirements/python_version.py
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --require-hashes --no-deps -r $<
	@touch $@

$(VENV)/stamp: pyproject.toml scalar/pyproject.toml $(VENV)/locked
	$(PIP) install --no-deps --no-build-isolation --no-index -e . -e ./scalar
	@touch $@

$(VENV)/lint-stamp: requirements/lint.txt $(VENV)/stamp
	$(PIP) install --require-hashes --no-deps -r $<
	@touch $@

$(VENV)-programs/stamp: $(VENV)-programs/2023/stamp $(VENV)-programs/2024/stamp
	@touch $@

$(VENV)-programs/%/stamp: requirements/programs-%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip --disable-pip-version-check -qq install --require-hashes --no-deps -r $<
	@touch $@

# Virtual environments of their own, such as .venv-docs.
$(VENV)-%/stamp: requirements/%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip --disable-pip-version-check -qq install --require-hashes --no-deps -r $<
	@touch $@
