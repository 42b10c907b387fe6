# make demo     the main job, from a fresh machine that has python3 (3.11 or later), pip and make
# make test     everything that has to hold
# make fuzz     random campaigns for an hour, or as long as SECONDS=60 says; ROOM=expressions for one of
#               the rooms in tests/properties/rooms
# make bench    the cost of a derivation, beside SymPy; running times beside JAX and PyTorch (RUNTIME=--quick: 3 minutes)
# make compare  this tree beside another version, BEFORE=main~20, case by case: what became slower
# make page     the page for browsers, into the package: matgrad serve shows it (needs Node.js 20 and npm)
# make site     the site: guides, gallery, reference, every example run (needs Node.js 20 and npm for the formulas)
# make dist     sdist and wheel in dist/, each checked as PyPI checks it
# make install  .venv with the package in it, editable

PYTHON ?= python3
SECONDS ?= 3600
JOBS ?= 2

BIN := .venv/bin
INSTALLED := .venv/.installed
BENCH_INSTALLED := .venv/.installed-bench

.DEFAULT_GOAL := help
.PHONY: help install demo test page site browser octave lint types imports format fuzz bench compare docs dist clean

help:
	@sed -n 's/^# //p' Makefile

install: $(INSTALLED)

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "matgrad needs Python 3.11 or later; name one: make PYTHON=python3.12 …" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs]'
	@touch $@

$(BENCH_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/python examples/demo.py

test: $(INSTALLED) lint types octave browser
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

# The interpreter for the MATLAB text, where Debian's packages can be installed; elsewhere its tests say
# that they are skipped.
octave:
	@command -v octave >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] \
		&& { apt-get update -qq; apt-get install -y -qq --no-install-recommends octave; } >/dev/null 2>&1; } \
		|| echo "GNU Octave is not here: the tests that run MATLAB text are skipped"

# The page: its engine is made of the libraries in .venv, tried, and put beside what shows it.
PAGE := src/matgrad/page/dist

NODE_MODULES := web/node_modules/.installed

$(NODE_MODULES): web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

page: $(INSTALLED) $(NODE_MODULES)
	site=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		&& cd web && node scripts/make-engine.mjs "$$site" && node scripts/try-engine.mjs
	cd web && npx tsc -p . && npx vitest run && npx vite build
	rm -rf $(PAGE) && cp -r web/dist $(PAGE)
	@du -sh $(PAGE)

# The page and Chromium for its tests, where they can be had; elsewhere its tests say that they are skipped.
browser: $(INSTALLED)
	@if command -v npm >/dev/null && $(MAKE) --no-print-directory $(NODE_MODULES) >/dev/null 2>&1; \
		then $(MAKE) --no-print-directory page >/dev/null; \
		else echo "npm's packages cannot be had here: the page is not built, and its tests in a browser are skipped"; fi
	@command -v chromium >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] \
		&& { apt-get update -qq; apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } >/dev/null 2>&1; } \
		|| echo "Chromium is not here: the tests of the page in a browser are skipped"

# All pages are read anew: what an example prints depends on more than its page. Formulas need KaTeX, which the page
# pins. The gallery and the pages of functions and commands are made on the way.
SITE := build/site

site: $(INSTALLED) $(NODE_MODULES)
	$(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going --jobs $(JOBS) --builder html --quiet docs $(SITE)
	$(BIN)/python -m docs.building.links $(SITE)
	node web/scripts/try-formulas.mjs $(SITE)
	@echo "open $(SITE)/index.html"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy src tests

imports: $(INSTALLED)
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: $(INSTALLED)
	MATGRAD_FUZZ_SECONDS=$(SECONDS) MATGRAD_FUZZ_ROOM=$(ROOM) $(BIN)/python -m pytest tests/fuzz -q -s

bench: $(BENCH_INSTALLED)
	$(BIN)/python benchmarks/derive.py
	$(BIN)/python benchmarks/runtime.py $(RUNTIME)

compare: $(INSTALLED)
	$(BIN)/python benchmarks/compare.py $(BEFORE) $(AFTER)

docs: $(INSTALLED)
	$(BIN)/python docs/make_reference.py
	$(BIN)/python docs/make_picture.py
	$(BIN)/python -m tests.language.numpy_table

dist: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'build>=1.2' 'twine>=6.1'
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/python -m twine check --strict dist/*

clean:
	rm -rf .venv build dist web/node_modules web/build web/dist web/public/engine $(PAGE) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
