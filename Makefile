# Deep Learning in Healthcare: `make course` and `make test` are all a person needs; each prepares what it uses.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help env course site test thorough bench lab lock refresh real clean
.DELETE_ON_ERROR:

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
STAMP := $(VENV)/.installed
UV = "$(BIN)/uv"

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

env: $(STAMP) ## prepare .venv: Python 3.11 to 3.13 (PYTHON=... picks one) and exactly what requirements.lock names

# PYTHON, else the first of the usual names that is in the range of requires-python
$(VENV)/pyvenv.cfg:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	    if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then \
	        echo "making $(VENV) with $$python"; exec "$$python" -m venv --clear $(VENV); \
	    fi; \
	done; \
	echo "No Python 3.11, 3.12 or 3.13 found ($(or $(PYTHON),python3, python3.13, python3.12, python3.11, python))." >&2; \
	echo "Install one, or name it: make env PYTHON=/path/to/python3.12" >&2; exit 1

# uv installs in ten seconds what pip needs over a minute for. `sync` also takes out what the lock no longer names; uv
# itself and pip stay, which the lock need not name. --python: whatever environment the shell has active.
$(STAMP): requirements.lock requirements-uv.txt pyproject.toml $(VENV)/pyvenv.cfg
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-uv.txt
	$(UV) pip sync --quiet --compile-bytecode --python "$(BIN)/python" --require-hashes requirements.lock
	$(UV) pip install --quiet --python "$(BIN)/python" --no-deps --no-build-isolation -e .
	@touch $@

course: env ## run every notebook; results under build/course (two at a time: ARGS="--workers 2")
	"$(BIN)/course" run --all $(ARGS)

site: env ## the web edition in build/site, from the notebooks as they are stored; its Chinese edition in build/site/zh
	"$(BIN)/sphinx-build" -q -W --keep-going -c docs -d build/site-cache/en . build/site
	"$(BIN)/sphinx-build" -q -W --keep-going -c docs -d build/site-cache/zh -t zh . build/site/zh

test: env ## lint, spelling, unit tests, and every notebook's stored outputs against a fresh run (ARGS: options of pytest)
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/codespell"
	"$(BIN)/python" -m pytest -n auto --maxprocesses 4 --no-loadscope-reorder --nbval --nbval-current-env tests helpers course bench notebooks $(ARGS)

thorough: env ## what `make test` leaves out for its length: other values and seeds, killed processes, real data, pages in a browser
	"$(BIN)/python" -m pytest -n auto --maxprocesses 4 --no-loadscope-reorder -m thorough tests $(ARGS)

bench: env ## what the course costs in time and memory, beside its rivals (on an idle machine; ARGS="--quick", "--help")
	"$(BIN)/python" -m bench $(ARGS)

lab: env ## open JupyterLab on the first notebook
	"$(BIN)/jupyter" lab --ServerApp.root_dir=. "$(firstword $(sort $(wildcard notebooks/[0-9][0-9]_*.ipynb)))"

# the extras `frameworks` and `parquet` stay out: PyTorch alone would triple what everybody downloads
lock: env ## resolve requirements.lock again from pyproject.toml (UPGRADE=1 for the newest versions)
	$(UV) pip compile --quiet --python "$(BIN)/python" --universal --extra test --extra cluster --extra site --extra browser --generate-hashes --no-header \
	    --no-emit-index-url $(if $(UPGRADE),--upgrade) --output-file requirements.lock pyproject.toml

refresh: env ## execute every notebook and store it with its outputs
	"$(BIN)/course" refresh

real: env ## run on the real data sets and record the reference results (DATA=folder of their files)
	"$(BIN)/python" data/make_reference.py $(if $(DATA),--data "$(DATA)")

clean: ## remove .venv and everything that was built
	rm -rf $(VENV) build .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
