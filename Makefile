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

test: deps build ## every test, on real parts, the packages with the race detector
	$(GO) test -race -timeout 40m $(filter-out $(WHOLE) mais/bench,$(shell $(GO) list ./...))
	$(GO) test -race -tags pkcs11 ./ca/internal/keys
	$(GO) test -race -tags pkcs11 -run Token ./ca
	$(GO) test -timeout 60m $(WHOLE)

check: deps ## what a reviewer would ask of the code before reading it
	@scripts/check.sh

bench: deps build ## the measurements of docs/performance.md, each beside its baseline
	$(GO) test -run '^$$' -bench . -benchtime 10s -timeout 60m ./ca ./ca/internal/stepca ./bench
	$(GO) test -run '^$$' -bench Networks ./server/internal/authn
	$(GO) test -run '^$$' -bench SignIn -benchtime 5x -timeout 30m ./e2e
	$(GO) test -count=1 -run TestFieldLeakage -timeout 60m ./server -leak.requests 10000

e2e: deps build ## the journeys on the true binaries, verbosely
	$(GO) test -count=1 -v -timeout 30m ./e2e

generate: build ## what is made from the sources and checked in
	scripts/generate.sh

clean: ## remove what was built and the demo's data
	rm -rf bin var
