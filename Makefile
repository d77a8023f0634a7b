# The commands of the README. Every target sets the clone up first; a second run of set-up takes a moment.
CHAIN ?= ethereum
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3-is-missing)
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: setup build
setup:
	@command -v $(PYTHON) >/dev/null || { echo "set-up: Python is missing; install Python 3.11 and run the same command again." >&2; exit 1; }
	@$(PYTHON) harness/bootstrap.py

build: setup
	@forge build --quiet
	@python -m harness.artifacts

.PHONY: replica replica-state
# An endpoint to play with; PORT=8546 for another port.
replica: setup
	@millrace replica --chain $(CHAIN) $(if $(PORT),--port $(PORT))

replica-state: setup
	@millrace replica --chain $(CHAIN) --state-only
