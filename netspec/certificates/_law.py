"""What an original draws at random in training, compared as a law.

Masks differ from framework to framework, their law must not. A number is taken from
each of many steps, a sum of all outputs with fixed random signs, from the original and
from the reference: two samples, which must have one distribution. So must their
distances from the median, which show a spread better.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from netspec.certificates._settings import OWN, Setting
from netspec.conformance import Case, Verdict
from netspec.conformance.judging import decided, measured, raised, refused
from netspec.conformance.report import Row
from netspec.conformance.statistics import ALPHA
from netspec.contract import Array, Handed
from netspec.errors import BackendError
from netspec.layers import Layer
from netspec.reference import Run, evaluate
from netspec.spec import Spec

MOST, LEAST = 512, 16  # steps
WORK = 2**28  # values that all of them compute
CLOSE = 2**12  # units of rounding, between which sums of outputs are one number
CERTAIN = 64  # zeros expected in a step: with none of them the chance is exp(-64)
NOTHING, SOMETHING = "draws nothing at random", "draws at random"


def laws(original: Handed, spec: Spec, case: Case, setting: Setting) -> Iterator[Row]:
    """Yield whether training draws what the spec says, of a model that draws.

    Args:
        original: a subject.
        spec: the model, with its dropout.
        case: of training, with its own weights.
        setting: of the case.
    """
    try:
        found = list(_compared(original, spec, case))
    except KeyboardInterrupt:
        raise
    except BackendError as error:
        found = [("a step", refused(str(error)))]
    except BaseException as error:  # of code of others
        found = [("a step", raised(error))]
    for what, verdict in found:
        yield Row("dropout", original.name, setting.title, setting.dtype, what, verdict)


def _compared(
    original: Handed, spec: Spec, case: Case
) -> Iterator[tuple[str, Verdict]]:
    model = original.compile(spec, dtype=case.dtype)

    def theirs(seed: int) -> Array:
        return original.forward(model, spec, case.x, train=True, seed=seed)

    def ours(seed: int) -> Array:
        run = Run(case.params, train=True, random=np.random.default_rng(seed))
        output, _ = evaluate(spec.graph, case.x, run)
        return output

    if not any(_may_draw(node.layer) for node in spec.graph.walk()):
        found = _draws(theirs)
        yield "training", decided(not found, f"the original {SOMETHING}; the spec not")
        return
    certain = _zeros(spec, len(case.x)) >= CERTAIN
    if certain and not _draws(theirs):
        yield "training", decided(False, f"the original {NOTHING}; the spec does")
        return
    count = _count(spec, len(case.x))
    one, other = (
        _numbers(draw, count, seed) for draw, seed in ((theirs, 0), (ours, count))
    )
    middle = float(np.median(other))
    close = CLOSE * float(np.finfo(case.dtype).eps * np.linalg.norm(ours(0)))
    yield "law of a sum of outputs", alike(one, other, close)
    yield "its spread", alike(np.abs(one - middle), np.abs(other - middle), close)


def _may_draw(layer: Layer) -> bool:
    """Tell whether a layer draws: dropout of rate 0 does not."""
    return layer.random and layer.zeroing_rate != 0


def _draws(output: Callable[[int], Array]) -> bool:
    """Tell whether another seed gives another output, beyond the order of sums."""
    first, other = output(0), output(1)
    apart = np.linalg.norm(first.astype(np.float64) - other)
    return bool(apart > 1e-5 * np.linalg.norm(first))


def _zeros(spec: Spec, batch: int) -> float:
    """Return how many values a step zeroes, as expected."""
    found = ((node.layer, node.input_shape) for node in spec.graph.walk())
    return batch * sum(
        (layer.zeroing_rate or 0) * math.prod(shape[: (layer.mask_axes or 99) - 1])
        for layer, shape in found
    )


def _count(spec: Spec, batch: int) -> int:
    values = sum(math.prod(node.output_shape) for node in spec.graph.walk())
    return max(LEAST, min(MOST, WORK // (batch * values)))


def _numbers(output: Callable[[int], Array], count: int, first: int) -> Array:
    signs: Array | None = None
    found = []
    for seed in range(first, first + count):
        values = np.asarray(output(seed), np.float64).ravel()
        if signs is None:
            signs = np.random.default_rng(0).choice([-1.0, 1.0], values.size)
        found.append(float(values @ signs))
    return np.asarray(found)


def alike(one: Array, other: Array, close: float) -> Verdict:
    """Test that two samples of one size n have one law, by the largest distance of
    their distribution functions. Of numbers that follow each other within `close`, as
    rounding leaves them of the same draw, only the last is looked at.

    It exceeds ``sqrt(log(e / alpha) / n)`` with a chance of at most alpha (Wei and
    Dudley, 2012).
    """
    pooled = np.sort(np.concatenate([one, other]))
    places = pooled[np.append(np.diff(pooled) > close, True)]
    shares = [
        np.searchsorted(np.sort(sample), places, side="right") / sample.size
        for sample in (one, other)
    ]
    used = float(np.max(np.abs(shares[0] - shares[1])))
    allowed = math.sqrt(math.log(math.e / ALPHA) / one.size)
    return measured(used, allowed, "another law than the spec's")


def of_law(setting: Setting) -> bool:
    """Tell whether a setting is one in which laws are compared."""
    return setting.train and setting.weights == OWN
