# make run    start the app           make check   lint, types, contracts, unit tests (about a minute)
# make test   everything, browser included

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
WORKERS ?= 2

# Bytecode is kept whatever the environment says: dozens of processes read the same modules.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run style types contracts examples static check test format bench clean

run: $(VENV)/run.stamp
	$(BIN)/streamlit run app.py --server.port $(PORT)

# What runs in one process each goes on two at a time.
style types contracts examples: $(VENV)/dev.stamp

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

examples:  # those in docstrings, where no test has left a thread
	$(BIN)/pytest -q -m "not slow and not page and not browser" cnn_core dashboard

static: $(VENV)/dev.stamp
	$(MAKE) --no-print-directory --jobs $(WORKERS) --output-sync=target types contracts examples style

check: static
	$(BIN)/pytest -q -n $(WORKERS) -m "not slow and not page and not browser" tests

test: static
	$(BIN)/pytest -q -n $(WORKERS) -m "not browser" tests
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile -m browser tests/browser

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp
	for script in benchmarks/[a-z]*.py; do $(BIN)/python -m benchmarks.$$(basename $$script .py) || exit 1; done

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; name it with PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements-dev.txt
	touch $@ $(VENV)/run.stamp
