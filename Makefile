# Each target sets up what it needs: a virtual environment in .venv with the pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup parity report test lint types pytest thorough bench train tables comparison \
  choosing docs clean

help:
	@echo "make parity      the parity report over all four frameworks (about 5 minutes on 2 cores)"
	@echo "make report      the same, and all of it as a page: report.html beside parity.json"
	@echo "make test        lint, types and tests"
	@echo "make thorough    every test, those that take long too"
	@echo "make bench       call overhead, throughput and memory against the native functions"
	@echo "make train       a network trained alike on NumPy, PyTorch, TensorFlow and JAX: train.png,"
	@echo "                 and all of it as a page, train.html"
	@echo "make docs        the documentation site, in docs/_build/html"
	@echo "make comparison  the documentation's page that sets PyTorch and TensorFlow side by side"
	@echo "make choosing    the measurements of the documentation's page on choosing an activation"
	@echo "                 (about a quarter of an hour)"
	@echo "make tables      render the tables of the README anew (from the code and a parity run)"

setup: $(READY)

$(READY): pyproject.toml constraints.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  -c constraints.txt -r requirements-dev.txt -e ".[all,docs]"
	@touch $@

parity: $(READY)
	$(BIN)/multiact parity --json parity.json

report: $(READY)
	$(BIN)/multiact parity --json parity.json --report report.html

test: lint types pytest

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

pytest: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal

thorough: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "" --hypothesis-profile thorough

bench: $(READY)
	$(BIN)/python -m benchmarks --json bench.json

train: $(READY)
	$(BIN)/multiact train --epochs 30 --figure train.png --report train.html

tables: parity
	$(BIN)/python tools/tables.py --parity parity.json

comparison: $(READY)
	$(BIN)/multiact versus torch tensorflow --report docs/pytorch-tensorflow.md

CHOICE := relu leaky_relu squared_relu elu selu softplus gelu silu mish hard_silu tanh softsign \
  sigmoid identity
RANK := $(BIN)/multiact train --activation $(CHOICE) --backend torch --seeds 5

# Status 1 says that a run failed. That is a finding as well, and stands in the report.
choosing: $(READY)
	mkdir -p choosing
	$(RANK) --epochs 30 --report choosing/mlp.json || test $$? = 1
	$(RANK) --epochs 30 --learning-rate 0.1 --report choosing/fast.json || test $$? = 1
	$(RANK) --model cnn --report choosing/cnn.json || test $$? = 1
	$(BIN)/multiact train --activation $(CHOICE) --report choosing/frameworks.json || test $$? = 1
	$(BIN)/python tools/choosing.py --runs choosing

docs: $(READY)
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

clean:
	rm -rf $(VENV) build dist docs/_build docs/functions parity.json report.html bench.json \
	  train.png train.html choosing
