"""From a module to what `netspec.importing` takes."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from netspec.errors import ImportProblem, InputError, Obstacle, nearest, shorten
from netspec.importing import Example, Lost, Reading, Signal, example_of
from netspec_torch.importing._both_modes import Mode, of_both
from netspec_torch.importing._export import BATCHES, export_of, output_names
from netspec_torch.importing._fit import unfit
from netspec_torch.importing._walk import walk


def reading(
    module: nn.Module,
    example: object,
    *,
    name: str | None = None,
    evaluation_only: bool = False,
    output: str | None = None,
) -> Reading:
    """Read a module, by what it computes in evaluation and in training.

    Args:
        module: it is called, and left as it is.
        example: a batch of inputs, or the shape of one.
        name: of the spec; that of the class if None.
        evaluation_only: take what evaluation computes, and say what training has
            besides.
        output: which of several outputs; the only one if None.

    Raises:
        ImportProblem: the module cannot be exported.
        InputError: `module` or `example` is none.
    """
    if not isinstance(module, nn.Module):
        raise InputError(
            f"module must be a torch.nn.Module, received {shorten(module)}"
        )
    title = name or type(module).__name__
    given = example_of(example)
    if unusable := unfit(module):
        raise ImportProblem(title, unusable)
    kept = _mode(module, given, title, False, output)
    trained = _mode(module, given, title, True, output)
    found, problems, only = of_both(kept, trained, evaluation_only)
    weights = [w for item in found.live() for w in item.weights.values()]
    used = {weight.origin.partition("[")[0] for weight in weights}
    return Reading(
        title,
        given.shape,
        found.key,
        found.items,
        "int" if given.integers else "float",
        problems,
        tuple(dict.fromkeys(found.notes)),
        tuple(n for n, _ in module.named_parameters() if n not in used),
        (*only, *trained.others),
    )


def _mode(
    module: nn.Module, given: Example, title: str, train: bool, output: str | None
) -> Mode:
    program = export_of(module, given, train)
    found, outputs = walk(
        program, module, given.shape, batch=BATCHES[train], train=train
    )
    names = output_names(program)
    index = _index(names, title, train, output)
    value = outputs[index]
    if not isinstance(value, Signal):
        remedy = "it does not depend on the input, or has the batch not as axis 0"
        remedy = value.remedy if isinstance(value, Lost) else remedy
        raise ImportProblem(title, [Obstacle("", "output", None, remedy)])
    others = [f"output {shorten(one)}" for i, one in enumerate(names) if i != index]
    items, notes = tuple(found.items.values()), tuple(found.notes)
    return Mode(items, value.key, notes, tuple(others))


def _index(names: Sequence[str], title: str, train: bool, output: str | None) -> int:
    """Choose an output: the one asked for; else the only one. In training the first
    goes on, as auxiliary heads come behind it.
    """
    if output in names:
        return names.index(output)
    if output is not None and not train:
        raise InputError(f"no output {shorten(output)}{nearest(output, names)}")
    if len(names) > 1 and not train:
        listed = ", ".join(names[:10])
        remedy = (
            f"gives {len(names)} outputs: {listed}; choose one, output={names[0]!r},"
            f" on the command line --head {names[0]}"
        )
        raise ImportProblem(title, [Obstacle("", "output", None, remedy)])
    return 0
