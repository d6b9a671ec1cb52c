# Everything here needs python3 (3.11 or newer), make and a package index; the first target that runs makes .venv from the lock files.
#
#   make demo        assess the healthcare example and say where the report is
#   make test        every test            make test-fast   the ones that take under two minutes together
#   make check       format, lint, types, import contracts, spelling, dependencies, links
#   make bench       the bars, each beside its floor and its peer      make soak   the slower proofs
#   make lock        resolve the lock files anew (releases at least a week old)
#   make clean       remove what the other targets made

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
PACKED := --no-compile --no-deps --require-hashes
LOCK := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --exclude-newer '7 days'

.PHONY: demo test test-fast check format lint types contracts spelling dependencies links bench soak lock clean

demo: .venv/.runtime
	@code=0; $(BIN)/keepstone assess examples/healthcare/system.toml --out out/demo || code=$$?; \
	case $$code in \
	0) what='every criterion is met' ;; \
	1) what='a criterion failed' ;; \
	4) what='nothing failed, and something is inconclusive, unmeasured or in error' ;; \
	*) echo "make demo: the assessment ended with exit code $$code, which is none of its results." >&2; exit 1 ;; \
	esac; \
	echo; echo "make demo: the assessment ended with exit code $$code: $$what."

test: .venv/.dev
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal

test-fast: .venv/.dev
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal -m 'not slow'

check: format lint types contracts spelling dependencies links
	@echo 'make check: all is well.'

format: .venv/.dev
	$(BIN)/ruff format --check

lint: .venv/.dev
	$(BIN)/ruff check

types: .venv/.dev
	$(BIN)/mypy $(wildcard src tests tools benchmarks)

contracts: .venv/.dev
	$(BIN)/lint-imports --no-logo

spelling: .venv/.dev
	$(BIN)/codespell

dependencies: .venv/.dev
	$(BIN)/deptry src

links: .venv/.dev
	$(BIN)/python tools/links.py

bench: .venv/.bench
	@for file in benchmarks/bar_*.py benchmarks/chat_bar_*.py benchmarks/seal_*.py benchmarks/ledger_*.py benchmarks/export_*.py benchmarks/gate_*.py benchmarks/triage_*.py benchmarks/oracle_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done
	$(BIN)/python -m pytest -q tests/extension/test_art_attack.py # with ART installed it is ART that is asked

soak: .venv/.bench
	@for file in benchmarks/soak_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

lock: .venv-lock/bin/uv
	$(LOCK) pyproject.toml --extra tabular --output-file requirements.lock
	$(LOCK) --group build --constraints requirements.lock --output-file requirements-build.lock
	$(LOCK) pyproject.toml --extra tabular --extra notebook --extra chat --extra promptfoo --extra corpora --extra bom --extra age --extra postgres --group dev --constraints requirements.lock --output-file requirements-dev.lock
	$(LOCK) pyproject.toml --extra tabular --group bench --constraints requirements-dev.lock --output-file requirements-bench.lock

.venv-lock/bin/uv:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Keepstone needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo 'make: installing into .venv (once)'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) can't make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

.venv/.runtime: requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	@$(PIP) install $(PACKED) -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-compile --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@$(PIP) install $(PACKED) -r requirements-dev.lock
	@touch $@

.venv/.bench: .venv/.dev requirements-bench.lock
	@$(PIP) install $(PACKED) -r requirements-bench.lock
	@touch $@

clean:
	rm -rf .venv .venv-lock out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
