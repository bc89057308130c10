# MAIS. `make run` starts everything with synthetic data; `make test` proves it works.
# The targets below are stable: deps build run test check bench e2e clean.

GO      ?= go
DIR     ?= var/demo
export CGO_ENABLED ?= 1

.PHONY: help deps build run test check bench e2e clean generate

help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

deps: ## install the Debian packages that are missing
	@scripts/deps.sh

build: ## bin/mais-server and bin/tokenctl
	$(GO) build -o bin/ ./server/cmd/mais-server ./tokenctl

run: deps build ## everything, on the embedded database, with synthetic data
	bin/mais-server up --dir $(DIR)

# The journeys and the command line run the true binaries, whose key derivation the race
# detector would only slow down tenfold.
WHOLE = mais/e2e mais/tokenctl

# A test at a desktop, or beside a busy neighbour, can fail by chance. Up to three that failed
# are run once more and named, so that chance is seen and mended; a fourth, a panic or a data race
# is final.
define tests
@rm -f var/rerun-$(1)
@$(GO) tool gotestsum --format pkgname-and-test-fails --format-icons text --hide-summary skipped,failed \
	--rerun-fails=1 --rerun-fails-max-failures=3 --rerun-fails-run-root-test --rerun-fails-abort-on-data-race \
	--rerun-fails-report=var/rerun-$(1) --packages="$(2)" -- $(3)
@! grep -s . var/rerun-$(1) || echo 'Failed once: to be mended.'
endef

test: deps build ## every test, on real parts, the packages with the race detector
	@mkdir -p var
	$(call tests,packages,$(filter-out $(WHOLE) mais/bench,$(shell $(GO) list ./...)),-race -timeout 40m)
	$(call tests,keys,./ca/internal/keys,-race -tags pkcs11)
	$(call tests,token,./ca,-race -tags pkcs11 -run Token)
	$(call tests,whole,$(WHOLE),-timeout 60m)

check: deps ## what a reviewer would ask of the code before reading it
	@scripts/check.sh

bench: deps build ## the measurements of docs/performance.md, each beside its baseline
	$(GO) test -run '^$$' -bench . -benchtime 10s -timeout 60m ./ca ./ca/feed ./ca/internal/stepca ./bench
	$(GO) test -run '^$$' -bench Networks ./server/internal/authn
	$(GO) test -run '^$$' -bench SignIn -benchtime 5x -timeout 30m ./e2e
	$(GO) test -count=1 -run TestFieldLeakage -timeout 60m ./server -leak.requests 10000

e2e: deps build ## the journeys on the true binaries, verbosely
	$(GO) test -count=1 -v -timeout 30m ./e2e

generate: build ## what is made from the sources and checked in
	scripts/generate.sh

clean: ## remove what was built and the demo's data
	rm -rf bin var
