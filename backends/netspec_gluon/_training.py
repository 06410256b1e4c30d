"""Training by `gluon.Trainer`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mxnet import autograd, gluon
from mxnet.gluon import nn

from netspec.contract import Array, Loss, Optimizer
from netspec.errors import BackendError
from netspec.layers import INPUT
from netspec.spec import PlacedChain, Spec
from netspec_gluon._lowering import is_own

# MXNet's names for the coefficients of an optimizer, by their names in netspec
OPTIONS = {
    "sgd": {"momentum": "momentum", "weight_decay": "wd"},
    "adam": {
        "beta1": "beta1",
        "beta2": "beta2",
        "eps": "epsilon",
        "weight_decay": "wd",
    },
}

# MXNet's operators keep these and the rate in float32, whatever the dtype of the model
FLOAT32 = frozenset(
    ("Optimizer", name) for names in OPTIONS.values() for name in ("lr", *names)
)


def mse(y: Any, target: Any) -> Any:
    """Compute the mean squared error of each example, twice Gluon's `L2Loss`."""
    return gluon.loss.L2Loss(weight=2)(y, target)


def cross_entropy(y: Any, labels: Any) -> Any:
    """Compute the cross entropy of each example. y and labels get another axis at the
    end, because oneDNN's log_softmax along the last axis has an error of 4e-6 in
    float32.
    """
    loss = gluon.loss.SoftmaxCrossEntropyLoss(axis=1)
    return loss(y.expand_dims(-1), labels.expand_dims(-1))


LOSSES: dict[Loss, Callable[[Any, Any], Any]] = {
    "mse": mse,
    "cross_entropy": cross_entropy,
}


def to_trainer(optimizer: Optimizer, model: nn.HybridBlock) -> gluon.Trainer:
    """Make MXNet's own optimizer; its rate is set at each step."""
    names = OPTIONS[optimizer.method].items()
    options = {theirs: getattr(optimizer, ours) for ours, theirs in names}
    return gluon.Trainer(model.collect_params(), optimizer.method, options)


def needs_input_gradient(spec: Spec) -> bool:
    """Tell whether running statistics come before all trained parameters: MXNet updates
    those of its own layers in the backward pass, which reaches them only if it goes on
    to the input.

    Raises:
        BackendError: the input is integers, which have no gradient; names the layer.
    """
    unreached = _unreached(spec.graph, False)[0]
    if unreached and spec.input_dtype == "int":
        raise BackendError(
            f"{unreached[0]}: MXNet moves its running statistics in the backward"
            " pass, which ends at the first trained parameter, after it; give it a"
            " scale or a center"
        )
    return bool(unreached)


def _unreached(branch: PlacedChain, learns: bool) -> tuple[list[str], bool]:
    """List the layers of a chain whose running statistics the backward pass does not
    reach, and tell whether anything is trained up to the end of the chain.
    """
    found = []
    for node in branch.nodes:
        reached: dict[str | None, bool] = {INPUT: learns}
        inside = []
        for chain in node.branches:
            before = any(reached[key] for key in chain.reads)
            inside.append(_unreached(chain, before))
            reached[chain.key] = inside[-1][1]
        own = any(parameter.trainable for parameter in node.parameters.values())
        moves = any(not parameter.trainable for parameter in node.parameters.values())
        if moves and is_own(node.layer) and not (own or learns):
            found.append(f"{node.path} {type(node.layer).__name__}")
        found += [path for paths, _ in inside for path in paths]
        learns = learns or own or any(learned for _, learned in inside)
    return found, learns


def train(
    model: nn.HybridBlock,
    batches: Iterable[tuple[Any, Any]],
    trainer: gluon.Trainer,
    loss: Callable[[Any, Any], Any],
    rates: Iterable[float],
    to_input: bool,
) -> Iterator[Array]:
    """Train in place, as any script does; yields the loss of each step.

    Args:
        model: the network.
        batches: inputs, and targets or labels.
        trainer: MXNet's own optimizer.
        loss: of each example.
        rates: of each step.
        to_input: whether the backward pass goes on to the input.
    """
    for (x, y), rate in zip(batches, rates, strict=True):
        trainer.set_learning_rate(rate)
        if to_input:
            x.attach_grad()
        with autograd.record():
            values = loss(model(x), y)  # one for each example
        values.backward()
        trainer.step(len(x))  # divides the gradients by the batch size
        yield values.mean().asnumpy()
