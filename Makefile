# Two commands do everything on a fresh Debian machine: `make demo` and `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Tesseract reads, the fonts draw the twin's waybills and the page's words.
RUN_PACKAGES := python3-venv tesseract-ocr tesseract-ocr-chi-sim libzbar0 fonts-noto-cjk fonts-wqy-zenhei fonts-wqy-microhei fonts-liberation2 fonts-dejavu-core
TEST_PACKAGES := chromium strace

.PHONY: demo test drawings setup clean

demo: setup  ## the whole station on the twin, page at http://127.0.0.1:8080
	$(BIN)/station demo

test: setup  ## everything that must hold: style, types, tests
	@dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || { echo "Installing for the browser tests: $(TEST_PACKAGES)"; \
	  $(AS_ROOT) apt-get update -q && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $(TEST_PACKAGES); }
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

drawings: setup  ## hardware/drawings anew, after the pin table or a measure has changed
	for build in guide roller gantry; do for what in wiring frame; do \
	  $(BIN)/station draw $$what --config hardware/$$build.toml --out hardware/drawings/$$what-$$build.svg || exit; done; done
	for build in roller gantry; do \
	  $(BIN)/station draw stop --config hardware/$$build.toml --out hardware/drawings/stop-$$build.svg || exit; done

setup: $(READY)

$(READY): pyproject.toml
	@dpkg -s $(RUN_PACKAGES) >/dev/null 2>&1 || { echo "Installing Debian packages: $(RUN_PACKAGES)"; \
	  $(AS_ROOT) apt-get update -q && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $(RUN_PACKAGES); }
	@echo "Making the virtual environment $(VENV)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps pnnx  # its converter needs no torch, as it says
	@touch $@

clean:  ## take the virtual environment away
	rm -rf $(VENV)
