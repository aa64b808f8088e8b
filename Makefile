# `make` alone lists the verbs. Longer work is a file with a name: generator/,
# requirements/lock, .ci/npm/lint.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# The tools of the venv first: the generator calls the pinned ruff by name.
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"
LINTED := $(wildcard src generated generator releases tests benchmarks examples)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: install
install: $(VENV)/stamp ## Make .venv with the locked versions and this project in it

.PHONY: generate
generate: $(VENV)/stamp ## Emit generated/ and docs/clauses.md again
	$(IN_VENV) $(BIN)/python generator/emit.py
	$(BIN)/python -m text_completions_contract.reports.catalogue docs/clauses.md

.PHONY: drift
drift: $(VENV)/stamp ## Fail if what is emitted is not what its source says
	@{ $(IN_VENV) $(BIN)/python generator/emit.py --check && \
	$(BIN)/python -m text_completions_contract.reports.catalogue docs/clauses.md --check; } \
	|| { echo 'run: make generate' >&2; exit 1; }

.PHONY: lint
lint: $(VENV)/lint-stamp ## Check style, types and the document with every linter
	$(BIN)/ruff check $(LINTED) && $(BIN)/ruff format --check $(LINTED)
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/openapi-spec-validator openapi.yaml
	.ci/npm/lint openapi.yaml

.PHONY: test
test: drift ## Run what every change must pass: drift, types, all tests
	$(BIN)/mypy
	$(IN_VENV) $(BIN)/python -m pytest -n auto --dist worksteal

.PHONY: peers
peers: $(VENV)/stamp $(VENV)-peers/stamp ## Run the tests that need the official SDK
	$(BIN)/python -m pytest tests/peers

.PHONY: bench
bench: $(VENV)-peers/stamp ## Measure the client's speed beside httpx and the SDK
	PYTHONPATH=src:generated $(VENV)-peers/bin/python benchmarks

.PHONY: bench-server
bench-server: $(VENV)/stamp ## Measure the mock beside a bare handler and Prism
	$(BIN)/python benchmarks/server_speed.py

.PHONY: bench-contract
bench-contract: $(VENV)/stamp ## Measure how long the suite takes, and until the first failure
	$(BIN)/python benchmarks/contract_speed.py

.PHONY: soak
soak: $(VENV)/stamp ## Send a minute of mixed faults to the mock and count what is lost
	$(BIN)/python benchmarks/server_soak.py

.PHONY: demo
demo: $(VENV)/stamp ## Show the whole house at work, narrated
	$(IN_VENV) $(BIN)/python examples/demo.py

.PHONY: mock
mock: $(VENV)/stamp ## Serve the contract; ARGS='--port 8000' goes to the command
	$(BIN)/text-completions mock $(ARGS)

.PHONY: contract
contract: $(VENV)/stamp ## Check a server: make contract URL=http://127.0.0.1:8000
	@$(if $(URL),,echo 'which server? make contract URL=http://127.0.0.1:8000' >&2; exit 2)
	$(BIN)/text-completions contract '$(URL)' $(ARGS)

.PHONY: mutation
mutation: $(VENV)/stamp ## Show that each deviation turns its clause red
	$(BIN)/python tests/contract/mutation.py $(ARGS)

.PHONY: changes
changes: $(VENV)/stamp ## Say what the document's edits mean for callers
	$(BIN)/python releases/changes.py

.PHONY: release
release: $(VENV)/stamp ## Keep the document as that of the version in pyproject.toml
	$(BIN)/python releases/release.py

.PHONY: build
build: $(VENV)/stamp ## Build the sdist and the wheel into dist/
	rm -rf dist
	$(BIN)/python -m hatchling build

.PHONY: clean
clean: ## Remove what make made
	rm -rf $(VENV) $(VENV)-lock $(VENV)-peers .ci/npm/node_modules benchmarks/npm/node_modules dist .hypothesis .*_cache
	find $(LINTED) -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: lock
lock: ## Resolve the lock files again; ARGS=--upgrade takes newer versions
	PYTHON='$(PYTHON)' requirements/lock $(VENV)-lock $(ARGS)

# The stamps. Each is touched last, and a new venv clears the old one's stamps
# away, so an installation that was cut off is never taken for a whole one.

$(VENV)/locked: requirements/dev.txt
	@$(PYTHON) requirements/python_version.py
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --require-hashes --no-deps -r $<
	@touch $@

$(VENV)/stamp: pyproject.toml $(VENV)/locked
	$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/lint-stamp: requirements/lint.txt $(VENV)/stamp
	$(PIP) install --require-hashes --no-deps -r $<
	@touch $@

$(VENV)-peers/stamp: requirements/peers.txt
	$(PYTHON) -m venv --clear $(VENV)-peers
	$(VENV)-peers/bin/python -m pip --disable-pip-version-check -qq install --require-hashes --no-deps -r $<
	@touch $@
