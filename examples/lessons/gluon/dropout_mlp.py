"""Dropout works in training only, and narrows the gap between training and test.

Run it with `python examples/lessons/gluon/dropout_mlp.py`.
"""

import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Spec
from netspec.contract import Array, Arrays, Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, SPECS, claim
from lessons.lib.descent import batches, train
from lessons.lib.images import images
from lessons.lib.tables import listed, table

SPEC = netspec.load(SPECS / "dropout_mlp.yaml")
PLAIN = SPEC.without_dropout()
TRAIN, BATCH, EPOCHS, SGD = 500, 50, 60, Optimizer("sgd", lr=0.1)


def main() -> None:
    """Check section 7.3."""
    report = netspec.conform(SPEC, FRAMEWORKS, "float32", "dropout")
    claim(
        "gluon 7.3",
        "In training units are 0 with probability 0.2, then 0.5, the others scaled up.",
        f"{report.counts['pass']} tests of its law pass, in {' and '.join(FRAMEWORKS)}",
        report.passed,
    )
    apart = {name: in_evaluation(name) for name in FRAMEWORKS}
    claim(
        "gluon 7.3",
        "In testing it does nothing: the net gives what it gives without dropout.",
        f"largest difference {listed(apart)}",
        not any(apart.values()),
    )
    plain = {name: losses(PLAIN, name) for name in FRAMEWORKS}
    dropped = {name: losses(SPEC, name) for name in FRAMEWORKS}
    heads = ["", "training", "test", "training, dropout", "test, dropout"]
    rows = ((name, *plain[name], *dropped[name]) for name in FRAMEWORKS)
    table(heads, rows, f"Loss after {EPOCHS} epochs of {TRAIN} images")
    gaps = [{n: t - s for n, (s, t) in found.items()} for found in (plain, dropped)]
    claim(
        "gluon 7.3",
        "Dropout works against overfitting: with 500 images, the test loss is less far"
        " above the training loss.",
        f"{listed(gaps[1])}; without {listed(gaps[0])}",
        all(gaps[1][name] < gaps[0][name] for name in FRAMEWORKS),
    )


def in_evaluation(name: str) -> float:
    """Return the largest difference of the outputs with and without dropout layers."""
    params = netspec.init_params(SPEC, 0)
    a, b = (predict(s, name, params, images().test_x[:100]) for s in (SPEC, PLAIN))
    return float(abs(a - b).max())


def predict(spec: Spec, name: str, params: Arrays, x: Array) -> Array:
    """Return the outputs for a batch, in evaluation."""
    model = netspec.compile(spec, name, params=params)
    return netspec.backend(name).forward(model, spec, x)


def losses(spec: Spec, name: str) -> tuple[float, float]:
    """Train; return the mean cross-entropy on training and on test images."""
    known = images()
    x, y = known.train_x[:TRAIN], known.train_y[:TRAIN]
    params = train(spec, name, batches(x, y, BATCH, EPOCHS), SGD).params
    test = known.test_x[:2000], known.test_y[:2000]
    return entropy(spec, name, params, x, y), entropy(spec, name, params, *test)


def entropy(spec: Spec, name: str, params: Arrays, x: Array, y: Array) -> float:
    """Average -log p of the right class over examples."""
    scores = predict(spec, name, params, x).astype(float)
    total = np.logaddexp.reduce(scores, axis=1)
    return float((total - scores[np.arange(len(y)), y]).mean())


if __name__ == "__main__":
    main()
