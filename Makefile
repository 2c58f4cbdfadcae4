# `make drill`, `make gameday` and `make test` need only Python 3.11+ and make; the rest is installed into .venv.
# PYTHON=… picks another interpreter, VENV=… another place.

VENV ?= .venv
# The newest that really runs: a version manager's shim may be on the PATH without its Python.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := $(VENV)/bin
# Most of a drill is waiting: drills go side by side, and all other tests use what they leave of two cores. More at
# once would end no earlier, since little of the two is idle, and would make purchases late.
DRILL_WORKERS ?= 3
WORKERS ?= 2
# What is left out of the parts and of the drills, such as `--ignore tests/browser`.
LEFT_OUT ?=
DRILLS_LEFT_OUT ?=
# Two runs at once: a log tells of them one after the other, a terminal as they go (older makes can't do otherwise).
IN_TURN := $(if $(CI),$(if $(filter output-sync,$(.FEATURES)),--output-sync=target))

# Which benchmarks, by name with commas between, such as `traffic,peers`; without it all of them.
ONLY ?=

.PHONY: drill gameday test test-drills test-parts check lint bench soak examples clean

drill: $(VENV)/.installed
	@$(BIN)/chaos-pizza drill experiments/factory-fail.yaml

gameday: $(VENV)/.installed
	@$(BIN)/chaos-pizza gameday --rehearse

test: $(VENV)/.installed
	@$(MAKE) --no-print-directory --keep-going --jobs=2 $(IN_TURN) test-drills test-parts

test-drills: $(VENV)/.installed
	$(BIN)/python -m pytest -n $(DRILL_WORKERS) --dist loadfile --no-loadscope-reorder tests/e2e $(DRILLS_LEFT_OUT)

test-parts: $(VENV)/.installed
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore tests/e2e $(LEFT_OUT)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

bench: $(VENV)/.installed
	@$(BIN)/python tests/benchmarks/bench.py $(if $(ONLY),--only '$(ONLY)')

soak: $(VENV)/.installed
	@$(BIN)/python tests/benchmarks/bench.py --soak

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer was found; install one, or say make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

examples: $(VENV)/.installed
	$(BIN)/python reports/examples/make.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
