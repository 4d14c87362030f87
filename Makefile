# make demo   build a demonstration, serve it
# make test   all tests but those of tests/heavy.csv, of an export and of the night: four minutes
# make test-all   all tests but those of the night, as CI does; make weigh also writes tests/heavy.csv
# make nightly   the rest, with what is installed for it: an hour and more; PARTS='browser kills' some of it
# make test-fast  half a minute of it: no test that is marked `slow`
# make check  format, lint, types, which package may import which
# make bench  four measurements, and their page tools/bench/README.md: half an hour, 8 GiB;
#             BENCH=small some minutes, the page in build/bench/small
# make fuzz   20,000 mutated records                make mutate constraints taken away: a minute
# make lock   the newest versions of all packages, with hashes: .ci/lock.txt and four others
PYTHON ?= python3
PORT ?= 8000
export BENCH  # small, or nothing
BIN = .venv/bin
PROGRAM = .venv/program
READY = .venv/ready
CHECK ?= check  # nothing, where it has passed
# heavy files first: tests/conftest.py sorts them
PYTEST = $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 10
export PYTHONDONTWRITEBYTECODE =  # nothing: tests start a thousand processes of the program
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# what it does takes a tenth of the time; pip alone may know a mirror of packages
UV = $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python
# one resolution for Python 3.11 and newer, on any system; an empty UPGRADE keeps all it can
UPGRADE ?= --upgrade
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock'

.PHONY: demo test test-all nightly weigh test-fast check bench next-debian fuzz mutate lock clean
demo: $(PROGRAM)
	$(BIN)/lod demo --port $(PORT)

test: $(CHECK)
	$(PYTEST) -m 'not heavy and not nightly' $(WITH)

test-all: $(CHECK)
	$(PYTEST) -m 'not nightly' $(WITH)

nightly:
	.ci/nightly $(PARTS)

weigh: WITH = --weigh
weigh: test-all

test-fast: $(READY)
	$(PYTEST) -m 'not slow and not nightly' $(WITH)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m tools.bench.measure

# the fast tests on the Debian that is not released yet
next-debian:
	.ci/fresh forky 'make test-fast'

fuzz: $(READY)
	FUZZ=20000 $(BIN)/pytest tests/sources/test_fuzz.py

mutate: $(READY)
	$(BIN)/python -m tests.support.mutations

# `shacl` has no wheel for musl, which no marker tells from glibc: pySHACL validates there
MUSL = -e $(if $(wildcard /lib/ld-musl-*),'/^shacl==/$(,)/[^\]$$/d','')
, := ,
# the exact files that CI has tried, by their hashes; `pip install .` alone takes newer versions
$(PROGRAM): pyproject.toml deploy/lock.txt .ci/lock-build.txt site/vendor.csv $(wildcard site/extensions/*/vendor.csv)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "No venv here. On Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@sed $(MUSL) deploy/lock.txt >.venv/lock.txt
	$(PIP) --require-hashes -r .ci/lock-build.txt
	$(UV) --require-hashes -r .venv/lock.txt || $(PIP) --require-hashes -r .venv/lock.txt
	$(PIP) --no-deps --no-build-isolation --editable .  # built by what the lock has installed
	@$(BIN)/python .ci/vendor || true  # without it, the page of SPARQL has its plain form alone
	@touch $@

# what tests and checks need beside it
$(READY): $(PROGRAM) .ci/lock.txt
	$(UV) --require-hashes -r .ci/lock.txt || $(PIP) --require-hashes -r .ci/lock.txt
	@touch $@

lock: $(READY)
	$(LOCK) $(UPGRADE) pyproject.toml --group dev --output-file .ci/lock.txt
	$(LOCK) $(UPGRADE) --group spark --constraints .ci/lock.txt --output-file .ci/lock-spark.txt
	$(LOCK) $(UPGRADE) --group suites --excludes tests/suites/left-out.txt --output-file .ci/lock-suites.txt
	$(LOCK) --group build --constraints .ci/lock.txt --output-file .ci/lock-build.txt
	$(LOCK) pyproject.toml --constraints .ci/lock.txt --output-file deploy/lock.txt

clean:
	rm -rf .venv out build dist

-include tests/extensions/*/targets.mk
