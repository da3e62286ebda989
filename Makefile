# Two targets are all a newcomer needs: `make run` and `make test`. Both install what is missing.

CARGO ?= cargo
EVIDENCE ?= fixtures/incident/evidence
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
CASE ?= $(TARGET)/cases/case-$(shell date +%Y%m%d-%H%M%S)

.PHONY: run test setup ui fmt bench fixtures bindings evidence clean

setup:
	@sh .ci/setup

ui: setup
	@sh .ci/ui

# The user's evidence, or the demonstration incident, in a case of its own, and the window on it.
run: ui
	$(CARGO) build --workspace --bins --locked
	@CASE="$(CASE)" EVIDENCE="$(EVIDENCE)" VESTIGE="$(TARGET)/debug/vestige" sh .ci/summary

test: ui
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	cd ui && npm run --silent lint && npm run --silent check && npm run --silent test
	$(CARGO) test --workspace --locked --doc
	@[ -n "$$VESTIGE_CORPUS" ] || echo "VESTIGE_CORPUS is not set: conformance with a corpus of real files is SKIPPED"
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  $(CARGO) nextest run --workspace --locked; \
	else \
	  $(CARGO) test --workspace --locked --lib --bins --tests; \
	fi
	@[ -n "$$VESTIGE_CORPUS" ] || echo "remember: conformance with a corpus of real files was SKIPPED"

# Hostile bytes for each target, a minute each; no part of `make test`.
FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: setup
	@CARGO="$(CARGO)" FUZZ_SECONDS="$(FUZZ_SECONDS)" fuzz/run

# Speed and memory, as docs/benchmarks.md tells them; VESTIGE_BENCH_SCALE=0.1 measures a tenth.
bench: ui
	$(CARGO) build --workspace --bins --release --locked
	$(CARGO) bench --package vestige-benches --locked

# The page's types, made again from the wire types.
bindings: ui
	$(CARGO) run --quiet --bin xtask --locked -- codegen

# The demonstration incident, made again.
fixtures:
	$(CARGO) run --quiet --bin xtask --locked -- fixtures

fmt:
	$(CARGO) fmt --all

# Cases that `make run` made, and what was built.
clean:
	rm -rf "$(TARGET)/cases"
	$(CARGO) clean
