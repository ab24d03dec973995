# `make devnet` and `make test` are all that most people need; `make help` lists the rest.

.DEFAULT_GOAL := help
SHELL := /bin/bash

include contracts/contracts.mk

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

.PHONY: build
build: ## the release binary, target/release/endgame
	cargo build --release --locked -p endgame

.PHONY: devnet
devnet: contracts-install build ## a whole rollup, and a dispute on it (SCENARIO=name for another one)
	target/release/endgame devnet --scenario $(SCENARIO)
SCENARIO ?= false-claim

.PHONY: guests
guests: ## rebuild the guest ELFs (takes Rust 1.96 with rust-src, and LLVM's lld)
	guests/build.sh

.PHONY: guests-check
guests-check: ## rebuild them and compare with the hashes that are kept
	@kept=$$(cat guests/artifacts/SHA256SUMS) && guests/build.sh && \
	[ "$$kept" = "$$(cat guests/artifacts/SHA256SUMS)" ] || \
	{ echo "the guests are not those whose hashes are kept"; exit 1; }

.PHONY: conformance
conformance: build ## run the conformance data in the directory FIXTURES (blocks, batches, runs, state tests)
	@[ -n "$(FIXTURES)" ] || { echo "make conformance FIXTURES=DIR"; exit 1; }
	target/release/endgame conformance blocks $(FIXTURES)/op-sepolia-blocks.tar.zst --program kona
	target/release/endgame conformance blocks $(FIXTURES)/op-sepolia-blocks.tar.zst --program ortho
	target/release/endgame conformance batches $(FIXTURES)/real-batches.tar.zst
	target/release/endgame conformance evm $(FIXTURES)/evm-state-tests.tar.zst
	target/release/endgame conformance runs $(FIXTURES)/op-program-runs.tar.zst --program kona
	target/release/endgame conformance runs $(FIXTURES)/op-program-runs.tar.zst --program ortho
	target/release/endgame conformance runs $(FIXTURES)/op-program-runs.tar.zst --program kona --vm mips64
	target/release/endgame conformance runs $(FIXTURES)/op-program-runs.tar.zst --program ortho --vm mips64

.PHONY: diversity
diversity: ## rewrite what is known of the mechanisms' crates and contracts (crates/diversity/facts.json)
	ENDGAME_UPDATE_SNAPSHOTS=1 cargo test --locked -p endgame-diversity --test fresh

.PHONY: fmt
fmt: contracts-fmt ## format everything
	cargo fmt --all

.PHONY: test
test: contracts-install ## everything a contributor must pass
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked
	$(MAKE) --no-print-directory contracts-test artifacts-check

.PHONY: peers
peers: ## compare the VM with the real Cannon (takes Go; skipped with a message without it)
	scripts/peers.sh

# What libFuzzer needs to see which code an input reaches; a stable compiler does it.
FUZZ_FLAGS = --cfg fuzzing -Cdebug-assertions -Coverflow-checks -Cpasses=sancov-module \
	-Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
	-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares
FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: ## run a fuzz target (TARGET=name, see fuzz/fuzz_targets) for FUZZ_SECONDS; takes a C++ compiler
	@set -e; host=$$(rustc -vV | sed -n 's/^host: //p'); mkdir -p fuzz/corpus/$(TARGET); \
	cd fuzz; RUSTFLAGS="$(FUZZ_FLAGS)" cargo build --release --locked --target $$host --bin $(TARGET); \
	exec "$${CARGO_TARGET_DIR:-target}/$$host/release/$(TARGET)" -max_total_time=$(FUZZ_SECONDS) -max_len=65536 \
		-rss_limit_mb=4096 -timeout=60 corpus/$(TARGET)
TARGET ?= mips_engines
