# Two targets are all a newcomer needs: `make run` and `make test`. Both install what is missing.

CARGO ?= cargo
EVIDENCE ?= fixtures/incident/evidence
CASE ?= target/cases/incident-$(shell date +%Y%m%d-%H%M%S)

.PHONY: run test setup fmt bench

setup:
	@sh .ci/setup

run: setup
	$(CARGO) build --workspace --bins
	@CASE="$(CASE)" EVIDENCE="$(EVIDENCE)" CARGO="$(CARGO)" sh .ci/summary

test: setup
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	@[ -n "$$VESTIGE_CORPUS" ] || echo "VESTIGE_CORPUS is not set: conformance with a corpus of real files is skipped"
	$(CARGO) test --workspace

fmt:
	$(CARGO) fmt --all
