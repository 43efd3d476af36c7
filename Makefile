# All commands make their own environment below .venv; nothing else needs to be installed.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

CATALOG := labotel.catalogs.lab:catalog

ONLY ?=

.PHONY: help demo test test-stack test-versions check render bench engines wheel lock clean

help:
	@echo "make demo        run the example laboratory and show what labotel made of it"
	@echo "make test        run all tests: labotel's, then the laboratory's own"
	@echo "make test-stack  run the laboratory on the real pipeline, and ask the engines"
	@echo "make test-versions  run the tests of integrations with each version of what they integrate"
	@echo "make check       lint, types, layers"
	@echo "make render      write compose/generated from the declarations"
	@echo "make bench       measure, and compare with the committed ratios"
	@echo "make engines     build Collector, Prometheus, Alertmanager, Loki and more; once (needs Go)"
	@echo "make wheel       build the wheel and test it in an environment of its own"

$(READY): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing; give another: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the packages of requirements/dev.txt into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@$(BIN)/python examples/lab/demo.py

test: $(READY)
	@$(BIN)/python -m pytest
	@cd examples/lab && ../../$(BIN)/python -m pytest

test-stack: engines
	@bash tests/stack/packages.sh
	@$(BIN)/python -m pytest -m stack -n 0 tests/stack tests/systems

test-versions: $(READY)
	@cd tests && ../$(BIN)/python -m versions $(ONLY)

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/labotel render $(CATALOG) --out compose/generated --check
	@$(BIN)/python -m pytest -q tests/contracts

render: $(READY)
	@$(BIN)/labotel render $(CATALOG) --out compose/generated

bench: $(READY)
	@$(BIN)/python -m benchmarks

engines: $(READY)
	@$(BIN)/python -m engines

wheel: $(READY)
	@rm -rf dist && $(BIN)/python -m build --quiet --wheel --no-isolation
	@bash tests/wheel.sh $(PYTHON)

lock: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.in
	@$(BIN)/python -m pip freeze --exclude-editable --disable-pip-version-check > requirements/dev.txt

clean:
	rm -rf $(VENV) dist build
