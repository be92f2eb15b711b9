# The two commands of README, and what they stand on. A fresh machine needs python3 and this file's `make`.

PYTHON ?= python3
BIN := .venv/bin
PICTURES ?= resources/samples/chelsea.png
OUT ?= build/chelsea

# Run the program with the sample cat, or with PICTURES="one.jpg two.png". Without a screen its main job is done all the
# same: the cat through every layer, a contact sheet each, into OUT.
.PHONY: run
run: .venv/run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		exec $(BIN)/python main.py $(PICTURES); \
	else \
		echo "There is no screen here, so the window stays closed; the cat goes through every layer without it."; \
		$(BIN)/python main.py maps $(firstword $(PICTURES)) --layer all --format sheet --out $(OUT) --force && \
		echo "Contact sheets of all 31 views are in $(OUT)."; \
	fi

# Lints, types and tests; CHECK="…" goes to pytest.
.PHONY: test
test: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(CHECK)

.PHONY: screenshots
screenshots: .venv/test
	$(BIN)/python docs/screenshots.py
	$(BIN)/python docs/guide_pictures.py

.PHONY: bench
bench: .venv/test
	$(BIN)/python benchmarks/run.py

# What people install, for the system that this runs on, into dist/; BUNDLE=--bundle-only stops after the bundle.
.PHONY: bundle
bundle:
	sh packaging/system-packages $(PYTHON) bundle
	$(PYTHON) packaging/build.py $(BUNDLE)

# The locked set of dependencies, without addresses, so that it names no registry.
.PHONY: lock
lock: .venv/test
	$(BIN)/python packaging/lock.py

.venv/run: requirements.txt packaging/system-packages
	sh packaging/system-packages $(PYTHON)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/test: .venv/run requirements-dev.txt
	sh packaging/system-packages $(PYTHON) test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: clean
clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache
