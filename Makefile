.DEFAULT_GOAL := help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14
build: ## compile everything, warnings as errors
	dotnet build Mano.sln -c Release
test: ## install what the tests need and run them all
	./mano test
lint: ## check the protos with buf
	npx --yes @bufbuild/buf@1.75.0 lint
reference: ## write docs/reference anew from the protos and the OpenAPI files
	tests/install
	node tests/reference/generate.js
bench: ## measure every row against its floor and write bench/RESULTS.md, in about 25 minutes
	bench/run
chaos: ## kill, pause and cut a whole system: KILLS=1000 MINUTES=60 SEED=1 TOPOLOGY=mesh|replicas|single
	dotnet build tests/Chaos -c Release -v q -nologo -clp:NoSummary
	dotnet tests/Chaos/bin/Release/net10.0/Mano.Chaos.dll --topology $(or $(TOPOLOGY),mesh) --kills $(or $(KILLS),1000) --minutes "$(MINUTES)" --seed "$(SEED)" --report docs/operations/chaos.md
fuzz: ## read mutated packages, none may crash, hang or take memory: INPUTS=1000000 SEED=1 FROM=0 WORKERS=2 MINUTES=
	dotnet build tests/Packages.Tests -c Release -v q -nologo -clp:NoSummary
	MANO_FUZZ_INPUTS=$(or $(INPUTS),1000000) MANO_FUZZ_SEED=$(SEED) MANO_FUZZ_FROM=$(FROM) MANO_FUZZ_WORKERS=$(or $(WORKERS),2) MANO_FUZZ_MINUTES=$(MINUTES) \
	dotnet test tests/Packages.Tests -c Release --no-build -nologo --filter FullyQualifiedName~Fuzz --logger "console;verbosity=detailed"
placement-cases: ## decide a million random placements by index and by scan, which must agree: CASES=1000000 SEED=1
	MANO_PLACEMENT_CASES=$(or $(CASES),1000000) MANO_PLACEMENT_SEED=$(or $(SEED),1) \
	dotnet test tests/Meo.Tests -c Release -nologo --filter FullyQualifiedName~SearchIsTheScan --logger "console;verbosity=detailed"
demo: ## an edge system on this machine, one application, from start to clean end
	./mano demo --once
.PHONY: help build test lint reference bench chaos fuzz placement-cases demo
