# make try: set up, then watch the solution's U-Net cut a car out of a picture.
# make test: set up, then run our own tests.   make lint, make release: for maintainers.
# make test-browser: the tests that open pages in Chromium, which pip does not install.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: try test test-browser lint release clean

try: $(READY)
	$(BIN)/python try.py --model model.pth --unet $(if $(wildcard solution),solution,student)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-browser: $(READY)
	$(BIN)/python -m pytest -m browser

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

release: $(READY)
	$(BIN)/python -m grader release

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or later is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

clean:
	rm -rf .venv prediction.png
