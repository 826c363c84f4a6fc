# pcf-engine.  `make demo` and `make test` need Python 3.11 or newer and make, nothing else by hand.

PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test soak bench bench-service lint types format locks clean setup-run setup-dev setup-legacy

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup-run: ## the environment to run pcf, .venv
	@sh scripts/setup.sh run

setup-dev: ## the environment to run the tests, .venv-dev
	@sh scripts/setup.sh dev

setup-legacy: ## brightway2 2.4.7 in an environment of its own, .venv-legacy
	@sh scripts/setup.sh legacy

demo: setup-run ## set up, then run pcf demo
	@.venv/bin/pcf demo

test: setup-dev ## set up, then ruff, ruff format --check, mypy and pytest
	@sh scripts/test.sh $(PYTEST_ARGS)

soak: setup-dev setup-legacy ## a long run under load, on this machine only
	@.venv-dev/bin/python -m benchmarks.opinions
	@.venv-dev/bin/python -m benchmarks.soak $(SOAK_ARGS)
	@PCF_KILLS=100 .venv-dev/bin/python -m pytest -q tests/service/test_killed.py tests/service/test_jobs_killed.py
	@PCF_EXAMPLES=20 .venv-dev/bin/python -m pytest -q --hypothesis-profile=search -m "not browser" tests

bench: setup-dev ## measure speed and memory
	@.venv-dev/bin/python -m benchmarks.bench $(BENCH_ARGS)
	@.venv-dev/bin/python -m benchmarks.imports
	@.venv-dev/bin/python -m benchmarks.search
	@.venv-dev/bin/python -m benchmarks.impact 200
	@.venv-dev/bin/python -m benchmarks.engine

bench-service: setup-dev ## measure the service: latency, endurance, hostile requests
	@.venv-dev/bin/python -m benchmarks.service
	@.venv-dev/bin/python -m benchmarks.endurance --minutes 10
	@.venv-dev/bin/python -m benchmarks.endurance --minutes 10 --break
	@.venv-dev/bin/python -m benchmarks.hostile

lint: setup-dev ## ruff and ruff format --check
	@.venv-dev/bin/ruff check . && .venv-dev/bin/ruff format --check .

types: setup-dev ## mypy --strict
	@.venv-dev/bin/mypy

format: setup-dev ## write the formatting that lint checks
	@.venv-dev/bin/ruff check --fix-only --quiet . && .venv-dev/bin/ruff format .

locks: ## remake locks/*.txt (UPGRADE=1: with the newest versions)
	@sh scripts/locks.sh $(if $(UPGRADE),--upgrade)

clean: ## remove what can be made again
	@rm -rf .venv .venv-dev .venv-legacy .tools dist build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
