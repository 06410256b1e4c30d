"""The gradient of a batch is an estimate: right on average, and better the larger.

Run it with `python examples/lessons/gluon/minibatch.py`.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from netspec import Dense, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case, forecast, judge
from netspec.contract import Array

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.everywhere import steps
from lessons.lib.images import images
from lessons.lib.tables import table

SPEC = Spec("softmax-regression", (784,), [Dense(10)])
EXAMPLES, BATCH, DRAWS = 200, 20, 40


def main() -> None:
    """Check section 4.3."""
    case = whole()
    expected = forecast(case).tensors["grad 0.weight"]
    sums = {name: np.zeros_like(expected.exact) for name in FRAMEWORKS}
    for rows in np.split(np.arange(EXAMPLES), EXAMPLES // BATCH):
        part = replace(case, x=case.x[rows], cotangent=case.cotangent[rows])
        for name, step in steps(part).items():
            sums[name] += step.grad_params["0.weight"]
    used = max(judge(total, expected).ratio for total in sums.values())
    claim(
        "gluon 4.3",
        "The gradients of the batches of an epoch have the gradient of all data as"
        " their mean.",
        f"10 batches of 20, at most {used:.2g} of what rounding explains",
        used <= 1,
    )
    scatter(case)


def whole() -> Case:
    """Take 200 images and the gradient of their mean cross-entropy at first weights."""
    x, labels = images().train_x[:EXAMPLES], images().train_y[:EXAMPLES]
    case = replace(draw_case(SPEC, train=False, dtype="float64"), x=x.astype(float))
    case = replace(case, cotangent=np.zeros((EXAMPLES, 10)))
    scores = forecast(case).tensors["output"].exact
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    return replace(case, cotangent=(shares - np.eye(10)[labels]) / EXAMPLES)


def scatter(case: Case) -> None:
    """Compare with the law how far gradients of random batches are from that of all."""
    each = case.cotangent[:, :, None] * case.x[:, None, :] * EXAMPLES
    mean = each.mean(axis=0)
    variance = float(((each - mean) ** 2).sum() / EXAMPLES)
    random, rows = np.random.default_rng(0), []
    for size in (1, 10, 100):
        drawn = [apart(each, mean, random, size) for _ in range(DRAWS)]
        # of a sample of `size` from EXAMPLES without replacement
        law = variance / size * (EXAMPLES - size) / (EXAMPLES - 1)
        error = float(np.std(drawn)) / DRAWS**0.5
        rows.append((size, float(np.mean(drawn)), law, error))
    table(["batch", "measured", "law", "standard error"], rows, "Squared distance")
    claim(
        "gluon 4.3",
        "The larger the batch, the more exact its gradient: the squared distance from"
        " that of all data falls as 1/batch, and to 0 for the batch of all.",
        "; ".join(f"{size}: {seen:.3g}, law {law:.3g}" for size, seen, law, _ in rows),
        all(abs(seen - law) <= 6 * error + 1e-9 * law for _, seen, law, error in rows),
    )


def apart(each: Array, mean: Array, random: np.random.Generator, size: int) -> float:
    """Average the squared distance over the batches of an epoch."""
    batches = each[random.permutation(len(each))].reshape(-1, size, *mean.shape)
    return float(((batches.mean(axis=1) - mean) ** 2).sum(axis=(1, 2)).mean())


if __name__ == "__main__":
    main()
