# Everything runs inside .venv (Python 3.11 or newer), web/ and tests/audits/ (Node 20); nothing is installed elsewhere.
PYTHON ?= python3
PARTICIPANTS ?= 2000
PYTEST_ARGS ?= -n auto
EXTENT ?= quick

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
NPM_CI := npm ci --no-audit --no-fund --no-update-notifier --loglevel=error

# One stamp per finished step, newer than what the step was made from: a second run costs nothing.
VENV := .venv/.created
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
EXPLORER := web/dist/index.html
CARD_CHECK := web/card-check/index.html
AUDITS := tests/audits/node_modules/.package-lock.json
BENCHMARKS := benchmarks/.venv/.installed
PEERS := benchmarks/peers/node_modules/.package-lock.json

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run demo migrate doctor env explorer card-check audits test bench peers check format publish lock upgrade clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUNTIME) explorer card-check ## Serve on 127.0.0.1:8000 with demo data in var/ (sets everything up first)
	@$(BIN)/vssid run

migrate: $(RUNTIME) ## Bring the database up to date (VSSID_* settings say which)
	@$(BIN)/vssid migrate

demo: $(RUNTIME) migrate ## Write demo data: make demo PARTICIPANTS=100000
	@$(BIN)/vssid demo --participants $(PARTICIPANTS)

doctor: $(RUNTIME) ## Tell what is wrong with this deployment
	@$(BIN)/vssid doctor

env: $(DEVELOPMENT) ## Install the development environment only

test: $(DEVELOPMENT) explorer card-check audits ## Run all tests, on every processor: make test PYTEST_ARGS="-k card"
	@$(BIN)/pytest $(PYTEST_ARGS)

bench: $(BENCHMARKS) peers ## Measure against other servers: make bench EXTENT=full (20 minutes; quick takes 5)
	@benchmarks/.venv/bin/python -m benchmarks $(EXTENT)

check: $(DEVELOPMENT) ## Lint, format, types, published schema and lock drift
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/vssid publish --check
	$(BIN)/python -m tools.lock --check

format: $(DEVELOPMENT) ## Format the code and apply the safe fixes
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

publish: $(DEVELOPMENT) ## Write schema/ anew from the plugins
	$(BIN)/vssid publish

lock: ## Pin the dependencies of pyproject.toml (keeps the pins that still fit)
	@$(MAKE) --silent --no-print-directory $(DEVELOPMENT)
	$(BIN)/python -m tools.lock

upgrade: ## Pin the newest releases that pyproject.toml allows
	@$(MAKE) --silent --no-print-directory $(DEVELOPMENT)
	$(BIN)/python -m tools.lock --upgrade

clean: ## Remove everything that was installed, built or served (the demo database too)
	rm -rf .venv var web/dist web/card-check web/node_modules tests/audits/node_modules benchmarks/.venv benchmarks/peers/node_modules
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; say which: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Creating .venv"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

# Every file is checked against the hash in the lock; the gateway itself needs nothing more.
$(RUNTIME): requirements.lock pyproject.toml | $(VENV)
	@echo "Installing what the gateway needs"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock pyproject.toml | $(VENV)
	@echo "Installing the development environment"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(RUNTIME) $@

# An environment of its own: nothing of what the gateway is measured against is in the others.
$(BENCHMARKS): benchmarks/requirements.lock benchmarks/pyproject.toml pyproject.toml
	@echo "Installing what the gateway is measured against"
	@$(PYTHON) -m venv --clear benchmarks/.venv
	@benchmarks/.venv/bin/python -m pip --disable-pip-version-check --quiet --quiet \
		install --require-hashes -r benchmarks/requirements.lock
	@benchmarks/.venv/bin/python -m pip --disable-pip-version-check --quiet --quiet \
		install --no-deps --no-build-isolation --editable . --editable ./benchmarks
	@touch $@

peers: ## Install the servers in JavaScript that the gateway is measured against, if Node is there
	@if command -v npm >/dev/null; then $(MAKE) --silent --no-print-directory $(PEERS); \
	else echo "Node is not installed: measuring without the servers in JavaScript"; fi

$(PEERS): benchmarks/peers/package-lock.json benchmarks/peers/package.json
	@cd benchmarks/peers && $(NPM_CI)
	@touch $@

explorer: ## Build the GraphiQL page, if Node is there
	@if command -v npm >/dev/null; then $(MAKE) --silent --no-print-directory $(EXPLORER); \
	else echo "Node 20 is not installed: serving without the explorer page"; fi

$(EXPLORER): web/node_modules/.package-lock.json $(wildcard web/*.mjs web/src/*)
	@echo "Building the explorer page"
	@cd web && node build.mjs

card-check: ## Build the page with which hospitals check cards, if Node is there
	@if command -v npm >/dev/null; then $(MAKE) --silent --no-print-directory $(CARD_CHECK); \
	else echo "Node 20 is not installed: serving without the page for hospitals"; fi

$(CARD_CHECK): web/node_modules/.package-lock.json web/card-check.mjs $(wildcard web/src/card-check/*)
	@echo "Building the page for hospitals"
	@cd web && node card-check.mjs

audits: $(AUDITS)

web/node_modules/.package-lock.json: web/package-lock.json web/package.json
	@echo "Installing what the explorer page is built from"
	@cd web && $(NPM_CI)
	@touch $@

$(AUDITS): tests/audits/package-lock.json tests/audits/package.json
	@echo "Installing the GraphQL-over-HTTP audits"
	@cd tests/audits && $(NPM_CI)
	@touch $@
