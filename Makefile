# `make help` says what each word does.
.DEFAULT_GOAL := help
.PHONY: help setup demo test soak check pages faults bench audit fix lock
.DELETE_ON_ERROR:

PYTHON ?= python3
ROOMS = $(wildcard service projections tests bench)
LOOK = package.json package-lock.json hatch_build.py $(wildcard service/web/look/*)
LOCKS = requirements.txt requirements-test.txt requirements-setup.txt
# Nothing is written outside this folder, and whatever certificates the machine trusts are trusted here.
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export UV_SYSTEM_CERTS ?= true
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# What Python compiled is kept, whatever the machine says: the suite starts hundreds of processes of it.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.cache/compiled
UV = .venv/bin/uv --quiet

help:  ## the words you can say here
	@sed -n 's/^\([a-z]*\):.*## /make \1|/p' Makefile | awk -F'|' '{ printf "%-12s %s\n", $$1, $$2 }'

setup: .venv/ready  ## everything the project needs, in .venv (nothing happens when nothing changed)

demo: setup  ## a whole invented network, served at http://127.0.0.1:8080 (ARGS=--exit-when-ready to check it and stop)
	.venv/bin/unstuck demo $(ARGS)

test: check  ## lint, types and the whole test suite (ARGS="-k confirm" for some of it)
	.venv/bin/python -m pytest $(ARGS)

soak: setup  ## what takes longer: four processes that write a million events into PostgreSQL, and readers that pass over none
	SOAK_EVENTS=1000000 .venv/bin/python -m pytest -k "passes_over" tests/ledger/test_tailing.py $(ARGS)

check: setup  ## lint, format and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy $(ROOMS)

pages: setup  ## every page, its HTML and in a real browser: for every visitor, at every size, full, empty and with mistakes; Lighthouse on the main ones
	PAGES=long .venv/bin/python -m pytest tests/browser $(ARGS)

faults: setup  ## what machines do to a service, at length: two hundred kills, failing disks, histories of 100,000 commands (KILLS=50 SEED=1 for a piece)
	FAULTS=long .venv/bin/python -m pytest tests/faults tests/test_kill.py tests/ledger/test_durability.py tests/ledger/test_postgres.py $(ARGS)

bench: .venv/rivals  ## the benchmarks, each beside its rival (ARGS="ledger --json" for one of them, as JSON)
	.venv/bin/python -m bench $(ARGS)

audit: setup .cache/audit/pyproject.toml  ## whether a hole is known in anything that is locked, by osv.dev and npm (needs to reach both)
	$(UV) --preview-features audit-command audit --project .cache/audit $(ARGS)
	.venv/bin/npm audit --package-lock-only

# Every locked version once, as a project that needs all of them.
.cache/audit/pyproject.toml: $(LOCKS) requirements-bench.txt
	@mkdir -p $(@D)
	@printf '[project]\nname = "what-is-locked"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [\n' > $@
	@sed -n 's/^\([A-Za-z0-9._-]*==.*[^ ]\) *\\$$/  "\1",/p' $^ | sort -u >> $@
	@echo ']' >> $@

.venv/rivals: .venv/ready requirements-bench.txt
	@$(UV) pip install --python .venv/bin/python --require-hashes -r requirements-bench.txt
	@touch $@

fix: setup  ## what a machine can put right: format, simple lint, docs/policy.md and docs/rulebook.md
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/python -m service.access.policy > docs/policy.md
	.venv/bin/python -m service.access.whose > docs/rulebook.md

.venv/ready: pyproject.toml $(LOCKS) $(LOOK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Unstuck needs Python 3.11 or later: say make setup PYTHON=python3.12, for example." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@[ -x .venv/bin/python ] || $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --no-cache-dir --require-hashes -r requirements-setup.txt
	@$(UV) pip sync --python .venv/bin/python --require-hashes $(LOCKS)
	@.venv/bin/python hatch_build.py
	@$(UV) pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@.venv/bin/python -m service.matching.warming
	@touch $@

# New releases wait a week before we take them. Add UPGRADE=--upgrade to take what has waited long enough.
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --exclude-newer "1 week" $(UPGRADE)
lock:
	$(COMPILE) pyproject.toml --output-file requirements.txt >/dev/null
	$(COMPILE) --group test --constraints requirements.txt --output-file requirements-test.txt >/dev/null
	$(COMPILE) --group bench --constraints requirements.txt --output-file requirements-bench.txt >/dev/null
	$(COMPILE) --group setup --output-file requirements-setup.txt >/dev/null
