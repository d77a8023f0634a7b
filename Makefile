# The commands of the README. Every target sets the clone up first; a second run of set-up takes a moment.
CHAIN ?= ethereum
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3-is-missing)
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

# What Python compiles is kept, apart from the sources, also where the environment says to keep nothing: otherwise each
# process compiles all that it imports anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/build/pycache

.PHONY: setup build
setup:
	@command -v $(PYTHON) >/dev/null || { echo "set-up: Python is missing; install Python 3.11 and run the same command again." >&2; exit 1; }
	@$(PYTHON) harness/bootstrap.py

build: setup
	@forge build contracts
	@python -m harness.artifacts

# The chains' executors, composed from contracts/venues and contracts/lenders as the chain files say.
.PHONY: executors
executors: setup
	@python -m harness.compose

# Protocols that are published as source alone, for the tests: a profile of foundry.toml each, and Curve's in Vyper. The
# first time takes two minutes.
DOMAINS := node_modules/sphere-mezo-solidity-files/domains
AERODROME := $(addprefix $(DOMAINS)/aerodrome/contracts/,Pool.sol Router.sol factories/PoolFactory.sol)
SLIPSTREAM := $(addprefix $(DOMAINS)/aerodrome-slipstream/contracts/,core/CLFactory.sol core/CLPool.sol \
	periphery/SwapRouter.sol periphery/lens/QuoterV2.sol)
BALANCER := $(addprefix node_modules/@balancer-labs/v3-,$(patsubst %,vault/contracts/%.sol,Vault VaultAdmin VaultExtension \
	ProtocolFeeController) pool-weighted/contracts/WeightedPool.sol)
PEER := FOUNDRY_LINT_LINT_ON_BUILD=false forge build --quiet

PEERS := peer-morpho peer-slipstream peer-aerodrome peer-balancer peer-curve

.PHONY: peers $(PEERS)
peers: setup
	@$(MAKE) --no-print-directory -j 2 $(PEERS)

peer-morpho:
	@FOUNDRY_PROFILE=peers $(PEER)

peer-slipstream:
	@FOUNDRY_PROFILE=slipstream $(PEER) $(SLIPSTREAM)

peer-aerodrome:
	@FOUNDRY_PROFILE=aerodrome $(PEER) $(AERODROME)

peer-balancer:
	@FOUNDRY_PROFILE=balancer $(PEER) $(BALANCER)

peer-curve:
	@python tests/harness/evm_vyper.py

.PHONY: demo quick test test-long test-fork lint audit
demo: build
	@millrace demo --chain $(CHAIN)

# What tests deploy by its artifact and do not import: it is compiled another way than they are, or pytest alone deploys it.
UNIMPORTED := tests/mocks/WeakInjections.sol tests/mocks/WeighingVault.sol tests/benchmark/vaults/PlainVaults.sol $(wildcard tests/mocks/ModelCamelot*.sol)

# forge is told which tests to leave out: told which to run, it first has the compiler read every source for their names,
# twenty seconds each time.
SUITES := $(shell find tests -name '*.t.sol' | cut -d/ -f2 | sort -u)
forge-test = forge test $(foreach suite,$(filter-out $(1),$(SUITES)),--skip 'tests/$(suite)/**/*.t.sol')

# Two processes; what belongs to one replica goes to one of them. ape's plugin keeps a node and its state for every test, and
# none needs them.
PYTEST := pytest -q -p no:ape_test -n 2 --dist loadfile --no-loadscope-reorder

# Variables that name endpoints, one a chain.
ENDPOINTS := $(shell sed -n 's/.*"rpcVariable": "\([A-Z_]*\)".*/\1/p' chains/*.json)

# forge's totals, then pytest's. The fork tests run on the replicas here.
test: build peers replica-state
	@$(PEER) $(UNIMPORTED)
	@env $(addprefix -u ,$(ENDPOINTS)) forge test --skip 'tests/benchmark/**'
	@$(PYTEST) tests/harness

# For each change: contracts one by one, attacks on them, and what of the harness takes a moment and needs neither node nor
# database (tests/harness/quick.py).
quick: build peers
	@$(PEER) $(UNIMPORTED)
	@$(call forge-test,unit attacks)
	@$(PYTEST) --quick tests/harness

test-long: build peers replica-state
	@$(PEER) $(UNIMPORTED)
	@FOUNDRY_PROFILE=long forge test --skip 'tests/benchmark/**'
	@KILLS=100 pytest -q tests/harness/test_kill.py
	@FAILURES=all pytest -q tests/harness/test_deploy_resumed.py
	@$(MAKE) --no-print-directory mutate

# Every small change to the contracts, against their tests, on a copy; continued where it was interrupted. AREAS=vault,guard
# for some areas, FILES=Runner,Planner for some files, SAMPLE=10 for a tenth of the mutants, QUICK=1 for what takes a
# moment each. What survives is in the list at the end, or in tests/mutants.toml.
.PHONY: mutate
mutate: build peers
	@$(PEER) $(UNIMPORTED)
	@python -m harness.mutation $(if $(AREAS),--areas $(AREAS)) $(if $(FILES),--files $(FILES)) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(QUICK),--quick)

test-fork: build replica-state
	@test -n "$(strip $(foreach name,$(ENDPOINTS),$($(name))))" || { \
		echo "test-fork: name an endpoint: make test-fork ETHEREUM_RPC_URL=https://...; there are $(ENDPOINTS)" >&2; exit 1; }
	@$(call forge-test,fork)

# Gas, each call a transaction of its own; then the market, beside degenbot in an environment of its own where there is a
# Python 3.13; then a keeper on the replica, ten thousand blocks long, which takes half an hour. Writes snapshots/ and the
# README's tables; with CHECK=1 compares with them instead, times left out.
.PHONY: bench
bench: build peers replica-state
	@rm -rf build/bench
	@$(PEER) contracts tests/benchmark
	@forge test --isolate --match-path 'tests/benchmark/*'
	@python -m harness.bench $(if $(CHECK),--check)
	@python -m harness.bench_market $(if $(CHECK),--check)
	@python -m harness.bench_keeper $(if $(CHECK),--check)

# Every family of pools against the code of its contracts or its labelled model, 100,000 random cases each: over an hour.
# FAMILY="curve ng" for one.
.PHONY: exact
exact: build peers
	@$(PEER) tests/mocks
	@python -m harness.bench_market exact $(if $(FAMILY),--family "$(FAMILY)")

# forge lint compiles without writing bytecode; in a folder of its own, so that it leaves the artifacts alone.
lint: build
	@python -m harness.compose --check
	@forge fmt --check
	@FOUNDRY_OUT=build/lint/out FOUNDRY_CACHE_PATH=build/lint/cache forge lint --deny warnings
	@ruff check harness tests/harness tests/proofs
	@ruff format --check harness tests/harness tests/proofs
	@mypy

# Left out: calls in loops, which a route is made of; time, which is compared in minutes and days; assembly, whose
# Solidity stands above it; dead code and functions not implemented, which slither sees wherever an abstract contract
# leaves something to the composition. What else slither finds is explained where it stands.
audit: setup
	@FOUNDRY_OUT=build/audit/out FOUNDRY_CACHE_PATH=build/audit/cache \
		slither . --filter-paths node_modules --exclude calls-loop,timestamp,assembly,dead-code,unimplemented-functions

# What holds for every input, by symbolic execution, and for every small one, by trying them all: tests/proofs.
PROVE := build/prove
HALMOS := requirements-prove.txt

.PHONY: prove
prove: export FOUNDRY_PROFILE := prove
prove: export FOUNDRY_LINT_LINT_ON_BUILD := false
prove: setup
	@cmp -s $(HALMOS) $(PROVE)/$(HALMOS) || { uv venv --quiet --clear --python $(PYTHON) $(PROVE) && \
		uv pip sync --quiet --require-hashes --python $(PROVE)/bin/python $(HALMOS) && cp $(HALMOS) $(PROVE)/; }
	@PATH="$(CURDIR)/$(PROVE)/bin:$$PATH" halmos --forge-build-out $(PROVE)/out --no-status \
		--solver-timeout-assertion 240s --loop 8 --default-bytes-lengths 0,1,92 --default-array-lengths 0,2
	@forge test --ast --extra-output storageLayout metadata --match-path 'tests/proofs/*'

.PHONY: replica replica-state
# An endpoint to play with; PORT=8546 for another port.
replica: setup
	@millrace replica --chain $(CHAIN) $(if $(PORT),--port $(PORT))

# The states of all chains, and what deployments are sent with.
replica-state: setup
	@millrace replica --state-only
	@FOUNDRY_OUT=build/script/out FOUNDRY_CACHE_PATH=build/script/cache FOUNDRY_DYNAMIC_TEST_LINKING=false \
		$(PEER) contracts script/Deploy.s.sol
