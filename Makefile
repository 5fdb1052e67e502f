# Every target sets up what it needs; nothing has to be installed beforehand but Python 3.11+ with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt
HOME_FOLDER := $(or $(GTM_HOME),var)
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready

.DEFAULT_GOAL := help
.PHONY: help run test check format bench clean browser constraints slack-demo

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make run PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing (a few minutes, once) …"
	$(PIP) --editable .
	@touch $@

$(DEV_READY): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing with the tools for tests (a few minutes, once) …"
	$(PIP) --editable '.[dev]'
	@touch $@ $(RUN_READY)

run: $(RUN_READY) ## Install, index the sample knowledge base, serve the chat
	$(BIN)/gtm --home $(HOME_FOLDER) ingest knowledge_base/documents
	$(BIN)/gtm --home $(HOME_FOLDER) data sample --if-empty
	$(BIN)/gtm --home $(HOME_FOLDER) serve

slack-demo: $(DEV_READY) ## Try the Slack side without a workspace: a local Slack, the chat, the bot
	$(BIN)/python -m tests.slack_demo

browser:
	@command -v chromium >/dev/null || ./tests/install_browser.sh

test: $(DEV_READY) browser ## Install what the tests need, then run all of them, a file a core at a time
	$(BIN)/python -m pytest -n logical --dist loadfile $(PYTEST_ARGS)

check: $(DEV_READY) ## Format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV_READY) ## Write the format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(DEV_READY) ## Run the benchmarks (minutes)
	$(BIN)/python -m benchmarks

clean: ## Remove the environment and caches; the home folder stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info

constraints: ## Write constraints.txt from a fresh install of the newest versions that pyproject.toml admits
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip install --disable-pip-version-check --quiet --editable '.[dev]'
	build/constraints/bin/python -m pip freeze --exclude-editable | sed -E 's/ @ .*//; s/\+[a-z0-9.]+$$//' > constraints.txt
	rm -rf build/constraints
