"""One operation of an exported graph, as a rule sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from netspec.importing import Operation, Value
from netspec_torch._arrays import to_array
from netspec_torch.importing._nodes import find
from netspec_torch.importing._values import Held, Sizes


class Tensors:
    """The parameters and buffers of a module, as what they stand for.

    Args:
        root: the module.
    """

    def __init__(self, root: nn.Module) -> None:
        self.root = root
        self.kept: dict[str, Any] = {}
        named = [
            *root.named_parameters(remove_duplicate=False),
            *root.named_buffers(remove_duplicate=False),
        ]
        self._names = {id(tensor): name for name, tensor in reversed(named)}

    def holding(self, own: object, tensor: Tensor) -> Held:
        """Return what a tensor of the model stands for, under the first of its names.

        Args:
            own: the tensor as the module has it.
            tensor: its values.
        """
        learned = isinstance(own, nn.Parameter)
        return Held(tensor.detach(), self._names.get(id(own), ""), learned)

    def of(self, path: str, name: str) -> Held | None:
        """Return a parameter or buffer of a submodule, or of one in it, by a dotted
        name; None if it has none.
        """
        tensor = find(self.root, f"{path}.{name}" if path else name)
        return self.holding(tensor, tensor) if isinstance(tensor, Tensor) else None


class Call(Operation):
    """An operation with its arguments, by the names that its schema gives them.

    Attributes:
        train: whether the graph is that of training.
        module: the module whose code has it.
        kept: what rules read of operations, by key, for what follows them.
    """

    def __init__(
        self,
        name: str,
        key: str,
        arguments: Mapping[str, Value],
        shape: Sizes,
        path: str,
        batch: int,
        *,
        train: bool,
        tensors: Tensors,
    ) -> None:
        super().__init__(name, key, arguments, shape, path, batch)
        self.train = train
        self.sizes = shape
        self.module: Any = find(tensors.root, path)
        self.kept = tensors.kept
        self._tensors = tensors

    def __getitem__(self, name: str) -> Value:
        """Return a plain argument, or a signal; a constant of one value as a number;
        None where there is no such argument.

        Raises:
            Refusal: it is a tensor of several values.
        """
        value = self.given(name)
        if isinstance(value, Held):
            if value.learned or value.tensor.numel() != 1:
                raise self.refused(f"{name} is a tensor of the model; give a number")
            return value.tensor.item()
        return value

    def weight(self, name: str, parameter: str | None = None) -> Sizes:
        """Take an argument as a parameter of the layer.

        Args:
            name: of the argument.
            parameter: its name in the layer; None for that of the argument.

        Returns:
            Its sizes; none where the argument is None.

        Raises:
            Refusal: it is no parameter or buffer of the model.
        """
        return self.keep(self.given(name), parameter or name)

    def keep(self, held: Value, parameter: str) -> Sizes:
        """Take a tensor of the model as a parameter of the layer, as `weight` does."""
        if held is None:
            return ()
        if not isinstance(held, Held):
            raise self.refused(f"{parameter} depends on the input")
        if not held.origin:
            raise self.refused(
                f"{parameter} is computed from parameters; make it one, as"
                " torch.nn.utils.parametrize.remove_parametrizations does"
            )
        self.take(parameter, held.origin, to_array(held.tensor))
        return tuple(held.tensor.shape)

    def own(self, name: str, parameter: str | None = None) -> Sizes:
        """Take a parameter or buffer of the module; nothing where it has none.

        Args:
            name: of the tensor, dotted where it is that of a submodule.
            parameter: its name in the layer; None for that of the tensor.
        """
        return self.keep(self.tensor(name), parameter or name)

    def tensor(self, name: str) -> Held | None:
        """Return a parameter or buffer of the module; None where it has none."""
        return self._tensors.of(self.path, name)

    def is_foreign(self, value: Value) -> bool:
        """Tell whether a value is a tensor that is none of the module's own."""
        own = isinstance(value, Held) and value.origin.startswith(f"{self.path}.")
        return isinstance(value, Held) and not own
