# Latchkey's commands. `make help` lists them.

LISTEN ?= 127.0.0.1:3000
DATA ?= ./data
PUBLIC_URL ?= http://$(LISTEN)

BINARY := target/release/latchkey
SERVE = serve --data $(DATA) --listen $(LISTEN) --public-url $(PUBLIC_URL)

# Where rustup puts cargo, also for a shell that was open before rustup came.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
# What is built lies where these commands look for it, whatever a user's settings say.
export CARGO_TARGET_DIR := $(CURDIR)/target
# They would replace the flags of .cargo/config.toml.
unexport RUSTFLAGS CARGO_ENCODED_RUSTFLAGS RUSTDOCFLAGS CARGO_ENCODED_RUSTDOCFLAGS

.DEFAULT_GOAL := help
.PHONY: help run build dev test test-rust test-browser test-long lint lighthouse bench bench-quick fmt

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nSettings of run and dev: LISTEN=%s DATA=%s PUBLIC_URL=%s\n' '$(LISTEN)' '$(DATA)' '$(PUBLIC_URL)'

run: build ## Install what is missing, build, and start the server; prints the link to open
	exec $(BINARY) $(SERVE)

build: ## Build the release binary, target/release/latchkey: one file to deploy
	@scripts/bootstrap.sh build
# The alias `cargo xtask` builds it silently, and the first time takes more than a minute.
	cargo build --package xtask
	cargo xtask site
	cargo build --release --package latchkey --features embed

dev: ## Start the server, and rebuild and restart it at every change of a source file
	@scripts/bootstrap.sh build
	scripts/dev.sh $(SERVE)

test: ## Check and test everything
	@scripts/test.sh

test-rust: ## Run only the Rust tests
	@scripts/test.sh rust

test-browser: ## Run only the tests in a real browser
	@scripts/test.sh browser

test-long: ## Faults and several nodes, many more times than in `make test`, with figures
	@scripts/test.sh long

lint: ## Check only the format and the lints
	@scripts/test.sh lint

lighthouse: build ## Print Lighthouse's scores and the sizes of every page
	@scripts/bootstrap.sh lighthouse
	cd end2end && LATCHKEY_BIN=$(CURDIR)/$(BINARY) npx --no-install playwright test --config lighthouse

bench: build ## Measure Latchkey beside other servers (20 minutes) and write bench/RESULTS.md
	@scripts/bootstrap.sh bench
	cd bench && npx --no-install tsx main.ts

bench-quick: build ## The same in two minutes, as bench/quick.md
	@scripts/bootstrap.sh bench
	cd bench && npx --no-install tsx main.ts --quick

fmt: ## Format the Rust code
	cargo fmt --all
