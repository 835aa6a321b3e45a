# `make help` lists what there is to do. Everything goes into .venv, with stamps that remember what is done.
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps
# Debian and Ubuntu keep part of Python's venv in a package of its own.
VENV_PACKAGE = $(shell $(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test lint system bench bench-planner bench-register bench-travel bench-maps bench-pack docs lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/assets ## Make the virtual environment with everything in it

demo: setup ## Make a synthetic place, plan it twice, and leave the board's pack of both plans in out/demo
	@$(BIN)/estate demo --out out/demo

test: setup $(STAMPS)/test-assets system lint ## Check the code and run every test
	@$(BIN)/pytest

lint: setup ## Check style, types and the order of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

system: ## Install PostgreSQL with PostGIS, and Chromium, where that is allowed
	@.ci/system

bench: setup ## Time the building of models and their hand-over to the solver beside PuLP's own
	@$(BIN)/python -m benchmarks.handover

bench-planner: setup ## Set the planner beside plain solvers on synthetic places (hours; OPTIONS=... for less)
	@$(BIN)/python -m benchmarks.planner $(OPTIONS)

bench-register: setup ## Time a register of N=100000 properties on both stores
	@$(BIN)/python -m benchmarks.register $(N) $(OPTIONS)

bench-travel: setup ## Time minutes along roads and by straight line, with their memory
	@$(BIN)/python -m benchmarks.travel $(OPTIONS)

bench-maps: setup ## Time the writing and opening of map pages of 3,000 and 20,000 properties
	@$(BIN)/python -m benchmarks.maps $(OPTIONS)

bench-pack: setup ## Time the board's pack of two plans of the demonstration's place
	@$(BIN)/python -m benchmarks.pack $(OPTIONS)

docs: setup ## Write the docs that are made from the code
	@$(BIN)/python -m docs.generate

lock: setup $(STAMPS)/uv ## Choose the newest dependencies that fit and write requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --python-version 3.11 --no-header --no-annotate --extra dev --upgrade pyproject.toml --output-file requirements.lock

clean: ## Remove everything that was made, save the registers
	rm -rf .venv out maps/assets/vendor tests/support/axe/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This needs Python 3.11 or newer: try make PYTHON=python3.11")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/system $(VENV_PACKAGE) \
	    || { echo "Python cannot make virtual environments here: sudo apt-get install $(VENV_PACKAGE)"; exit 1; }
	@$(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages: $(STAMPS)/venv requirements.lock
	@echo "Installing what requirements.lock lists into .venv (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(STAMPS)/project: $(STAMPS)/packages pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/assets: $(STAMPS)/project $(wildcard maps/assets/*.py maps/assets/package*.json)
	@$(BIN)/python -m maps.assets
	@touch $@

$(STAMPS)/test-assets: $(STAMPS)/project $(wildcard tests/support/axe/*.py tests/support/axe/package*.json)
	@$(BIN)/python -m tests.support.axe
	@touch $@

$(STAMPS)/uv: $(STAMPS)/packages Makefile
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
