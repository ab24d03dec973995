# The Solidity project's part of the Makefile.

CONTRACTS := contracts
FORGE = cd $(CONTRACTS) && "$$(tools/foundry forge)"

# npm writes this file at the end of an installation: older than the lock file means out of date.
$(CONTRACTS)/node_modules/.package-lock.json: $(CONTRACTS)/package-lock.json
	cd $(CONTRACTS) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: contracts-install
contracts-install: $(CONTRACTS)/node_modules/.package-lock.json ## the contracts' tools and libraries (npm, by lock file)

.PHONY: contracts-build
contracts-build: contracts-install ## compile the contracts
	$(FORGE) build src

.PHONY: contracts-test
contracts-test: contracts-install ## contract tests, formatting, ABI and gas snapshots
	$(FORGE) fmt --check
	$(FORGE) build --quiet src
	cd $(CONTRACTS) && node tools/abi.js
	export FOUNDRY_PROFILE=ci; $(FORGE) test

.PHONY: gas
gas: contracts-install ## rewrite the contracts' gas snapshots
	$(FORGE) test
	ENDGAME_UPDATE_SNAPSHOTS=1 cargo test --locked -p endgame-mips-diff -p endgame-game-diff gas

# A partial recompilation may order things in another way: what is committed comes from a whole one.
.PHONY: artifacts
artifacts: contracts-install ## rewrite contracts/artifacts from the sources
	$(FORGE) build --quiet --force src
	cd $(CONTRACTS) && node tools/artifacts.js write

.PHONY: artifacts-check
artifacts-check: contracts-install ## fail when contracts/artifacts is stale
	$(FORGE) build --quiet src
	cd $(CONTRACTS) && node tools/artifacts.js check || \
	  { "$$(tools/foundry forge)" build --quiet --force src && node tools/artifacts.js check; }

.PHONY: contracts-fmt
contracts-fmt: contracts-install ## format the contracts
	$(FORGE) fmt
