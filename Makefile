# make help      what there is
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
ROUNDS ?= 200
# How many tests run at a time: of screens and what they stand on, and of whole programs.
JOBS ?= 4
PROGRAMS ?= 4
UNIT ?=
PYTEST := $(BIN)/python -m pytest
WIDE := --dist worksteal

.PHONY: help demo install test unit integration screens e2e lint bench screenshots golden long clean lock schema keys

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: install ## set everything up and play the main job: a merge plan that goes wrong, and its rollback
	$(BIN)/runbook demo

install: $(RUNTIME) ## set up .venv with what the program needs

$(RUNTIME): requirements/runtime.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

$(DEV): $(RUNTIME) requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

test: $(DEV) lint unit integration screens e2e ## set everything up and pass every test
	@$(PYTEST) -q --co 2>/dev/null | tail -n 1

unit: $(DEV) ## the pure packages
	$(PYTEST) -q -n 2 --dist worksteal $(UNIT) tests/unit

integration: $(DEV) ## with real SQLite, PTYs, git, HTTP
	$(PYTEST) -q -n $(JOBS) $(WIDE) --durations=15 tests/integration

screens: $(DEV) ## the screens, driven by a pilot, and their golden pictures
	$(PYTEST) -q -n $(JOBS) $(WIDE) tests/tui

e2e: $(DEV) ## the real program on a real terminal
	$(PYTEST) -q -n $(PROGRAMS) $(WIDE) --durations=15 tests/e2e

golden: $(DEV) ## renew the golden pictures; look at the difference before you commit it
	$(PYTEST) -q tests/tui --snapshot-update

keys: $(DEV) ## make docs/keys.md and the table of keys anew, from the bindings
	$(BIN)/python -m tests.keymap

schema: $(DEV) ## make the JSON Schema of plans anew, from the reader's tables and docs/format.md
	$(BIN)/python -m tests.schema

lint: $(DEV) ## format, style, layers, types
	$(BIN)/ruff format --check runbook_tui tests
	$(BIN)/ruff check runbook_tui tests
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(DEV) ## ratios against a baseline in the same run
	$(BIN)/python -m tests.bench

long: $(DEV) ## hours of kills and soaks, not part of `make test`; ROUNDS=200 of each kind
	$(BIN)/python -m tests.long $(ROUNDS)
	RUNBOOK_LONG=1 $(PYTEST) -q --timeout=7200 tests/integration tests/e2e

screenshots: $(DEV) ## run the demo on screen and write its pictures
	$(BIN)/python -m tests.pictures screenshots

lock: $(DEV) ## resolve the requirement files again, with hashes
	$(BIN)/python -m pip install --quiet pip-tools
	for f in runtime dev; do $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --strip-extras --allow-unsafe -o requirements/$$f.txt requirements/$$f.in; done

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
