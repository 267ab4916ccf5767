# Everything a person or a machine does with the project. Set-up happens by itself, once; see docs/operations.md.
# What needs more than one line is in scripts/, where folders may have any name.

PY := .venv/bin/python
PORT ?= 8000
SCALE ?= small
PYTEST_ARGS ?=
ONLY ?=
# The suite on every core; PYTEST_ARGS="-n0 ..." runs it in one process.
SUITE := -n auto --maxprocesses 4 --dist worksteal
# The texts that Django reads, each made where its catalogue is newer
MO := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po locale/*/*/LC_MESSAGES/*.po))
export PORT SCALE
# Without compiled modules each process of the demonstration would compile all of them at each start; they go with `make clean`.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help setup environment demo demo-reset test samples e2e lint format messages bench check types migrations catalogues client production lock clean

help:  ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-11s %s\n' "$$name" "$$what"; done

setup: $(MO)  ## make .venv complete and compile the message catalogues (the others do it by themselves)

environment:
	@sh scripts/environment.sh

%.mo: %.po | environment
	@$(PY) scripts/messages.py compile

demo: setup  ## run the whole product with invented data; PORT=8000, SCALE=small|full; Ctrl-C stops everything
	@exec $(PY) -m vittoria_care.demonstration.run

demo-reset: setup  ## drop the demonstration's data and load it again; SCALE=small|full
	@exec $(PY) -m vittoria_care.demonstration.run --reset

test: setup  ## run the test suite; PYTEST_ARGS="-k word", DATABASE_URL and REDIS_URL to use servers of your own
	@$(PY) -m pytest $(SUITE) $(PYTEST_ARGS)

samples: setup  ## fetch the bounces that other projects test with into var/samples, and read them all
	@$(PY) scripts/samples.py
	@SAMPLES=required $(PY) -m pytest -n0 -q notifications/tests/test_returns_samples.py

# Two installations at a time, each with journeys of its own: a browser waits more than it works.
e2e: setup  ## run the journeys in a real browser; PYTEST_ARGS="-n0 -k word" for some of them
	@$(PY) -m pytest e2e -n 2 --dist loadfile $(PYTEST_ARGS)

lint: setup  ## style, the direction of imports, code and packages that nothing uses
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command(["--no-logo", "--no-cache"])'
	@$(PY) scripts/unused_code.py
	@$(PY) -m deptry .

format: setup  ## put the sources in order
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

messages: setup  ## find the texts of the sources and write the catalogues again (needs GNU gettext)
	@$(PY) scripts/messages.py update

bench: setup  ## measure, and print the table of docs/performance.md; ONLY="queue figures" for some subjects alone
	@$(PY) -m benchmarks $(if $(ONLY),--only $(ONLY))

check: setup  ## all that must hold before a change goes in
	@$(MAKE) --jobs=2 --output-sync=target lint types migrations catalogues client production
	@$(PY) -m pytest $(SUITE) $(PYTEST_ARGS)

types: setup
	@$(PY) -m mypy

migrations: setup
	@$(PY) manage.py makemigrations --check --dry-run

catalogues: setup
	@$(PY) scripts/messages.py check

client: setup
	@$(PY) scripts/make_client.py --check

production: setup
	@sh scripts/check_production.sh

lock: setup  ## write requirements.lock from the three lists of requirements; UPGRADE=yes takes the newest versions
	@$(PY) scripts/lock.py $(if $(UPGRADE),--upgrade)

clean:  ## stop the private servers and remove all that was made here: var/, .venv, caches
	@sh scripts/clean.sh
