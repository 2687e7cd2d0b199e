# Sitrep: two commands do it all on a fresh machine with python3 (3.11 or newer, with venv) and make.
#
#   make run     install by itself, then run the bot (without TELEGRAM_TOKEN: a chat in this terminal)
#   make test    install by itself, then run every test

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help install run test crashtest lint bench lock gazetteer clean

help: ## Show this list
	@echo "Sitrep: armed-conflict updates on Telegram. What make can do:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS="$$(printf '\t')" read -r name words; do printf '  make %-10s %s\n' "$$name" "$$words"; done
	@echo "Settings go into the environment or a .env file: docs/settings.md. First steps: README.md."

install: $(VENV)/installed ## Make .venv with what running needs, pinned and checked by hash

run: $(VENV)/installed ## Run the bot; without TELEGRAM_TOKEN, a chat in this terminal with a bundled sample
	@exec $(BIN)/sitrep run

test: $(VENV)/installed-dev ## Run every test (SQLite, PostgreSQL from a wheel, the bot over real HTTP)
	@exec $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

crashtest: $(VENV)/installed-dev ## Kill the real process at many more points than make test does; SEEDS=10, twenty-odd kills each
	@exec env CRASH_SEEDS=$(or $(SEEDS),10) $(BIN)/python -m pytest tests/acceptance/test_crash.py tests/acceptance/test_crash_alerts.py

lint: $(VENV)/installed-dev ## Check style (ruff), types (mypy strict) and import rules (import-linter)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-dev ## Measure against benchmarks/targets.toml; ONLY=extraction for one part
	@exec $(BIN)/python -m benchmarks $(ONLY)

lock: build/lock/bin/uv ## Pin the newest allowed versions again in requirements/*.lock
	build/lock/bin/uv pip compile $(UV) --group build pyproject.toml -o requirements/run.lock
	build/lock/bin/uv pip compile $(UV) --group build --group dev -c requirements/run.lock pyproject.toml -o requirements/dev.lock
	build/lock/bin/uv pip compile $(UV) requirements/gazetteer.in -o requirements/gazetteer.lock
UV := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --upgrade

gazetteer: build/gazetteer/bin/python ## Build the embedded places again from their packages
	build/gazetteer/bin/python scripts/build_gazetteer.py

clean: ## Remove what can be made again (never your data)
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

# One stamp a lock file: a second call finds it fresh and starts at once.
$(VENV)/installed: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Sitrep needs (once, about a minute) ..."
	@$(PIP) install --require-hashes --no-deps -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements/dev.lock $(VENV)/installed
	@echo "Installing what the tests need (once, about a minute) ..."
	@$(PIP) install --require-hashes --no-deps -r requirements/dev.lock
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sitrep needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version). Try: make run PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 2; }

build/lock/bin/uv:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --quiet install uv

build/gazetteer/bin/python: requirements/gazetteer.lock
	$(PYTHON) -m venv build/gazetteer
	build/gazetteer/bin/python -m pip --quiet install --require-hashes --no-deps -r requirements/gazetteer.lock
