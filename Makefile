# Two commands for a newcomer: `make run` and `make test`. Both do all the set-up themselves.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CHARTROOM_HOME ?= .chartroom
export CHARTROOM_HOME

.PHONY: run test test-full test-tools sample-data lint install clean

run: $(INSTALLED)
	@test -e "$(CHARTROOM_HOME)/chart.duckdb" || $(BIN)/chartroom load sample_data/bundles sample_data/synthea
	@$(BIN)/chartroom serve

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  test -x $(BIN)/python || uv venv --quiet --python "$(PYTHON)" $(VENV); \
	  uv pip install --quiet --python $(BIN)/python -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else \
	  test -x $(BIN)/pip || "$(PYTHON)" -m venv $(VENV); \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $(INSTALLED)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy pipelines
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-full: lint
	CHARTROOM_SWEEP=full $(BIN)/python -m pytest -n 2 --dist loadfile

# A real FHIR server for tests/fetch/test_real_server.py, which skips where it is not built.
HAPI := .tools/hapi/hapi-server-1.jar
test-tools: $(INSTALLED) $(HAPI)
	$(BIN)/python -m pytest tests/fetch/test_real_server.py

$(HAPI): tests/tools/hapi/pom.xml $(wildcard tests/tools/hapi/src/main/java/chartroom/*.java)
	@command -v mvn >/dev/null || { echo "test-tools needs Java 17 or newer and Maven (mvn)"; exit 1; }
	mvn -q -B -f tests/tools/hapi/pom.xml package
	@touch $(HAPI)

sample-data: $(INSTALLED)
	$(BIN)/python sample_data/make_samples.py
	$(BIN)/python sample_data/synthea/make_synthea.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
