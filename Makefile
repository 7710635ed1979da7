# Set-up, demo, tests and benchmarks. `make demo` and `make test` are all that a new machine needs.
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
READY := .venv/ready
# byte code is kept even where the machine says not to: importing torch without it takes ten seconds longer
export PYTHONDONTWRITEBYTECODE =

.PHONY: setup demo test lint format bench docs lock clean

setup: $(READY)

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv

$(READY): requirements.lock pyproject.toml | $(filter .uv/bin/uv,$(UV))
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	VIRTUAL_ENV=.venv $(UV) pip sync --quiet requirements.lock
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: setup
	$(BIN)/genarium demo

test: setup
	$(BIN)/pytest --numprocesses 2 --dist worksteal

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell src tests conf experiments *.md
	$(BIN)/basedpyright
	$(BIN)/pytest tests/test_architecture.py

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m genarium.bench

docs: setup
	$(BIN)/python -m genarium.docs

lock: | $(filter .uv/bin/uv,$(UV))
	$(UV) pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --no-header --no-annotate \
	  --quiet --upgrade --output-file requirements.lock

clean:
	rm -rf .venv .uv build dist
