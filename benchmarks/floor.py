"""What `netspec conform` cannot go below: processes that import the frameworks and, of
the checks `outputs` and `training`, make the calls, with nothing drawn or judged.

python -m benchmarks.floor SPEC BACKEND ... [--imports]

For each backend, two at once, a process makes the calls, and one more imports the
framework, as what is exported runs by itself.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np

import netspec
from netspec.conformance import Subject, Unit, batch_of, plan
from netspec.contract import Array, Loss, Optimizer
from netspec.spec import Spec, init_params

STEPS = 8
RATE = 2.0**-10
RECIPES: tuple[tuple[Optimizer, Loss], ...] = (
    (Optimizer("sgd", RATE), "cross_entropy"),
    (Optimizer("sgd", RATE, momentum=0.9), "cross_entropy"),
    (Optimizer("sgd", RATE, momentum=0.9, weight_decay=RATE), "cross_entropy"),
    (Optimizer("adam", RATE), "mse"),
)
RUN = "import runpy, sys; runpy.run_path(sys.argv[1])"


def main() -> None:
    """Start the processes of all backends, or be one of them."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("spec")
    parser.add_argument("backends", nargs="+")
    parser.add_argument("--imports", action="store_true", help="make no calls")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        work(given.spec, given.backends[0], given.imports)
        return
    with ThreadPoolExecutor(2) as pool:
        running = [
            pool.submit(start, given.spec, name, given.imports)
            for name in given.backends
        ]
    for one in running:
        one.result()


def start(spec: str, backend: str, imports: bool) -> None:
    """Be for a backend what a lane is, and wait for it."""
    option = ["--imports"] * imports
    command = [sys.executable, "-m", "benchmarks.floor", spec, backend, "--here"]
    subprocess.run([*command, *option], check=True)


def work(path: str, name: str, imports: bool) -> None:
    """Import a backend, and its framework once more; make the calls."""
    backend = netspec.backend(name)
    observer = getattr(backend, "observer", None)
    if observer is not None:
        script = str(observer.script)
        subprocess.run([sys.executable, "-I", "-c", RUN, script], check=True)
    if not imports:
        for unit in plan(netspec.load(path), [name], checks=["outputs", "training"]):
            make(unit)


def make(unit: Unit) -> None:
    """Make the calls of a check, compiled as it compiles them."""
    subject, training = unit.subject, unit.check == "training"
    quick = subject.alone or training
    with subject.quickly() if quick else nullcontext():
        (train if training else step)(subject)


def step(subject: Subject) -> None:
    """Make a step in each mode."""
    spec = subject.spec.without_dropout()
    x, cotangent = batch(spec, subject.dtype, batch_of(spec))
    model = subject.compile(spec, params=init_params(spec, 0, subject.dtype))
    for mode in (False, True):
        subject.backend.step(model, spec, x, cotangent, train=mode)


def train(subject: Subject) -> None:
    """Train by each recipe, with nobody watching."""
    spec, dtype = subject.spec.without_dropout(), subject.dtype
    params = init_params(spec, 0, dtype)
    pairs = [batch(spec, dtype, 16) for _ in range(STEPS)]
    xs, targets = (np.stack(arrays) for arrays in zip(*pairs, strict=True))
    model = subject.compile(spec, params=params)
    for optimizer, loss in RECIPES:
        ys = targets.argmax(axis=-1) if loss == "cross_entropy" else targets
        own = subject.backend.load_params(model, spec, params)
        subject.ability("train")(own, spec, xs, ys, optimizer, loss)


def batch(spec: Spec, dtype: str, size: int) -> tuple[Array, Array]:
    """Draw inputs, and what has the shape of outputs."""
    random = np.random.default_rng(0)
    shapes = spec.input_shape, spec.output_shape
    x, y = (random.normal(size=(size, *shape)).astype(dtype) for shape in shapes)
    return x, y


if __name__ == "__main__":
    main()
