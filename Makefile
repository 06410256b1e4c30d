# make demo    train a spec in three frameworks on Fashion-MNIST, and prove it
# make leave-mxnet  a net that MXNet trained arrives in PyTorch and JAX, by its files
# make port-to-jax  a net of torchvision arrives in JAX, where torchvision is installed
# make test    lint, types and tests
# make lessons run the lessons of examples/lessons/ and write their guide
# make kills   plant every seeded bug and write the kill matrix
# make conform whole nets on all frameworks, and the table of their verdicts
# make nets    published nets at full size, one step in float64, on all frameworks
# make imports models of torchvision, Gluon's zoo and onnx, imported and compared
# make fuzz    300 random models and 100 large ones on all frameworks, none of which may
#              fail; it goes on where it was interrupted (out/fuzz)
# make bench   speed against hand-written code
# make generated the list of layers in README.md, the schema of examples/specs, and notebooks
# make docs    the guide, with every public name, in site/guide
# make pictures the pictures of README.md, drawn by Chromium
# make data    fetch Fashion-MNIST (Debian and its derivatives)
# make site    build the site into site/: differences, layers, lessons, quiz, classes,
#              and the guide
# make site-test all pages of the site in Chromium, at every width, light and dark
# make clean   remove what the others made, .venv included

# The first Python from 3.11 on; another: make PYTHON=/path/to/python
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
RECENT := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for python in $(PYTHONS); do \
	$$python $(RECENT) 2>/dev/null && echo $$python && break; done)

BIN := .venv/bin
INSTALLED := .venv/.installed

# Two processes with one thread each beat one process with two threads
export OMP_NUM_THREADS ?= 1

# What is imported is compiled once, not by every process anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo leave-mxnet port-to-jax test lessons kills conform nets imports fuzz bench \
	generated docs pictures site site-test data clean

demo: $(INSTALLED) data
	@$(BIN)/python examples/demo.py

leave-mxnet: $(INSTALLED) data
	@$(BIN)/python examples/leave_mxnet.py

port-to-jax: $(INSTALLED)
	@$(BIN)/python examples/port_to_jax.py

test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n 2 --dist loadfile

lessons: $(INSTALLED) data
	@$(BIN)/python examples/lessons

kills: $(INSTALLED)
	@$(BIN)/python -m tests.kills --write

conform: $(INSTALLED)
	@PYTHONPATH=examples $(BIN)/python -m tests.decided --anew

nets: $(INSTALLED)
	@PYTHONPATH=examples $(BIN)/python -m tests.large

imports: $(INSTALLED)
	@$(BIN)/python -m tests.imports

fuzz: $(INSTALLED)
	@mkdir -p out/fuzz
	@$(BIN)/python -m tests.fuzz --specs 300 --log out/fuzz/small.jsonl --write
	@$(BIN)/python -m tests.fuzz --half large --specs 100 --log out/fuzz/large.jsonl \
		--write

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

generated: $(INSTALLED)
	@PYTHONPATH=examples $(BIN)/python -m tests.generated

# Offline, and a warning is an error
GUIDE ?= site/guide

docs: $(INSTALLED)
	@$(BIN)/python -m sphinx -q -W --keep-going -b html -d out/doctrees docs/guide \
		$(GUIDE)
	@echo "The guide is $(GUIDE)/index.html"

pictures: $(INSTALLED)
	@$(BIN)/python docs/pictures.py

site: docs
	@$(BIN)/netspec site -o site

site-test: $(INSTALLED)
	NETSPEC_SITE=all $(BIN)/pytest -q tests/site

data:
	@examples/install_data.sh

clean:
	rm -rf .venv out site dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# Runs again only where the dependencies changed. What is imported is compiled then,
# which most modules never are. MXNet's metadata asks for numpy<2, which its code does
# not: netspec_gluon/mxnet191/shim.py gives it the names it expects.
$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "netspec needs Python 3.11 or newer; none of" \
		"$(PYTHONS) is. Install one, or run: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) $(RECENT) || { echo "netspec needs Python 3.11 or newer;" \
		"$(PYTHON) is $$($(PYTHON) --version 2>&1)"; exit 1; }
	@echo "Installing into .venv; the first time takes minutes"
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --no-compile --constraint constraints.txt \
		--editable ".[torch,jax,flax,onnx,keras,dask,site,dev]" requests
	@$(BIN)/pip install --quiet --no-compile --constraint constraints.txt \
		--no-deps mxnet || \
		echo "MXNet has no wheel for this system; the gluon backend stays out"
	@touch $@
