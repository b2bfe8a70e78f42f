# make try: set up, then watch the solution's U-Net cut a car out of a picture.
# make test: set up, then run our own tests.   make lint: style, types, spelling, and whether generated files are current.
# make release: after a change in solution/ or pyproject.toml.
# make test-trust: attacks, mutants and malformed input, whole; make test has a fast share of them.
# make test-browser: the tests that open pages in Chromium, which pip does not install.
# make translations: bring the Chinese catalogues up to date with the texts in the code.
# make handout: the handout on paper, in both languages: build/handout.pdf.   make docs: the documentation as a site, in build/site.
# make test-docs: both, and every command in README and documentation, run as it is written.
# make studio: set up what draws cars (Blender's bpy; Python 3.11).   make test-studio: its tests.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

STUDIO_PYTHON ?= $(shell command -v python3.11 || echo $(PYTHON))
STUDIO := .venv-studio
STUDIO_READY := $(STUDIO)/ready
# What bpy loads though it draws without a screen; names as in Debian and Ubuntu.
STUDIO_LIBRARIES := libx11-6 libxrender1 libxfixes3 libxi6 libxkbcommon0 libxext6 libxt6 libsm6 libice6 libgl1 \
	libglx0 libopengl0

.PHONY: try test translations test-trust test-browser test-docs lint release handout docs studio test-studio studio-libraries clean

try: $(READY)
	$(BIN)/python try.py --model model.pth --unet $(if $(wildcard solution),solution,student)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-trust: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m trust

test-browser: $(READY)
	$(BIN)/python -m pytest -m browser

test-docs: docs handout
	$(BIN)/python -m pytest -n 2 --dist worksteal -m docs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python -m grader release --check --files

release: $(READY)
	$(BIN)/python -m grader release

translations: $(READY)
	$(BIN)/python -m grader.release.translations

handout: $(READY)
	$(BIN)/python -m assets.make.handout

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --config-file .ci/mkdocs.yml --site-dir ../build/site

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or later is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

studio: $(STUDIO_READY)

test-studio: $(READY) $(STUDIO_READY)
	$(BIN)/python -m pytest -m studio tests/studio

$(STUDIO_READY): assets/make/cars/requirements.txt
	@$(STUDIO_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Blender's bpy needs Python 3.11 exactly; name one with: make studio STUDIO_PYTHON=python3.11"; exit 2; }
	$(STUDIO_PYTHON) -m venv $(STUDIO)
	$(STUDIO)/bin/python -m pip install --disable-pip-version-check --progress-bar on -r assets/make/cars/requirements.txt
	@$(STUDIO)/bin/python -c 'import bpy' || { echo "Blender's libraries are missing: apt install $(STUDIO_LIBRARIES)"; exit 2; }
	@touch $@

studio-libraries:
	@echo $(STUDIO_LIBRARIES)

clean:
	rm -rf .venv $(STUDIO) prediction.png
