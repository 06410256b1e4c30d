"""Cross-entropy is the logarithm of one probability, that of the right class.

Run it with `python examples/lessons/gluon/cross_entropy.py`.
"""

import sys
from pathlib import Path

import numpy as np

from netspec import Dense, LogSoftmax, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case, forecast
from netspec.contract import Array, Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.descent import train
from lessons.lib.tables import table

CLASSES, BATCH, U = 5, 64, 2.0**-24
STILL = Optimizer("sgd", lr=0.0)


def main() -> None:
    """Check section 3."""
    probabilities = (1.0, 0.9, 0.5, 0.1, 0.01)
    losses = [float(np.log(1 / p)) for p in probabilities]
    pairs = list(zip(probabilities, losses, strict=True))
    table(["probability", "loss"], pairs, "Loss of one example")
    claim(
        "gluon 3",
        "The loss of an example is 0 where the right class has probability 1, and"
        " grows without bound as it falls.",
        "p = " + "; ".join(f"{p:g}: {abs(x):.3g}" for p, x in pairs),
        losses[0] == 0 and losses == sorted(losses),
    )
    model = Spec("scores", (8,), [Dense(CLASSES)])
    case = draw_case(model, train=False, dtype="float32", batch=BATCH)
    compare(case, np.random.default_rng(0).integers(0, CLASSES, BATCH))


def compare(case: Case, labels: Array) -> None:
    """Compare the loss of every framework with -log p, by hand."""
    logs = Spec("logs", (8,), [*case.spec.layers, LogSoftmax()])
    expected = forecast(
        Case(
            logs,
            case.params,
            case.x,
            np.zeros((BATCH, CLASSES), "float32"),
            False,
            "float32",
        )
    ).tensors["output"]
    right = expected.exact[np.arange(BATCH), labels]
    hand = -right.mean()
    batch = case.x[None], labels[None]
    found = {
        name: float(train(case.spec, name, batch, STILL, params=case.params).losses[0])
        for name in FRAMEWORKS
    }
    # of the logarithms, by Cauchy and Schwarz, and of the sum
    allowed = expected.allowed / BATCH**0.5 + BATCH * U * hand
    apart = max(abs(value - hand) for value in found.values())
    claim(
        "gluon 3",
        "The loss of every framework is `-log p` of the right class, averaged over the"
        " batch: the other classes do not count.",
        f"by hand {hand:.6f}, at most {apart:.1g} apart, of {allowed:.1g} that rounding"
        " explains",
        apart <= allowed,
    )
    joint = np.exp(right).prod()
    claim(
        "gluon 3",
        "The least mean loss is the greatest joint probability of the right classes:"
        " `exp(-n loss)` is their product.",
        f"{np.exp(-BATCH * hand):.4g} and {joint:.4g}",
        abs(np.exp(-BATCH * hand) / joint - 1) < BATCH * 2 * BATCH * 2.0**-53 * hand,
    )


if __name__ == "__main__":
    main()
