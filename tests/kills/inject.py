"""How a bug gets into a backend. The backend itself does all the work, with

*   functions of its framework, or of its own, replaced while it runs (`patched`);
*   another layer built than the spec says (`misread`);
*   what goes in or comes out changed (`tampered`);
*   the exported file edited (`exported`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from importlib import import_module
from typing import Any
from unittest import mock

from netspec.contract import Array, Backend, Step
from netspec.layers import Layer
from netspec.program import resolve
from netspec.spec import Spec
from tests.conformance.wrapped import Misreading, Wrapped
from tests.kills.bug import Inject

Params = Mapping[str, Array]
Swap = Callable[[Any], Any]


def patched(target: str, wrong: Callable[..., Any]) -> Inject:
    """While the backend runs, a call of ``"module:name"`` with some arguments is
    ``wrong(original, *arguments)``.
    """

    def swap(original: Any) -> Any:
        @wraps(original)
        def called(*args: Any, **kwargs: Any) -> Any:
            return wrong(original, *args, **kwargs)

        return called

    return lambda name: Patched({target: swap}, name)


def replaced(target: str, other: Any) -> Inject:
    """While the backend runs, ``"module:name"`` is another object."""
    return lambda name: Patched({target: lambda original: other}, name)


def misread(**fields: Any) -> Inject:
    """Layers are built with other fields, where they have them: values, or functions
    of the layer.
    """

    def change(layer: Layer) -> Layer:
        own = {name: value for name, value in fields.items() if hasattr(layer, name)}
        return replace(
            layer, **{n: v(layer) if callable(v) else v for n, v in own.items()}
        )

    return lambda name: Misreading(change, name)


def mistaken(change: Callable[[Layer], Layer]) -> Inject:
    """Layers are taken for others."""
    return lambda name: Misreading(change, name)


def exported(old: str, new: str) -> Inject:
    """The file holds one text in place of another."""
    return tampered(source=lambda text: text.replace(old, new))


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Changes:
    """Of what goes into a backend and what comes out.

    Attributes:
        batch: of every batch, before the backend checks it.
        given: of parameters that are given or loaded.
        read: of parameters that come back.
        output: of the output of `forward` and `step`.
        step: of everything that `step` gives, the output included.
        source: of exported files.
    """

    batch: Callable[[Array], Array] = field(default=_same)
    given: Callable[[Params], Params] = field(default=_same)
    read: Callable[[dict[str, Array]], dict[str, Array]] = field(default=_same)
    output: Callable[[Array], Array] = field(default=_same)
    step: Callable[[Step], Step] = field(default=_same)
    source: Callable[[str], str] = field(default=_same)


def tampered(**changes: Callable[[Any], Any]) -> Inject:
    """What goes in or comes out is changed; see `Changes`."""
    return lambda name: Tampered(Changes(**changes), name)


class Tampered(Wrapped):
    """A backend with `Changes`."""

    def __init__(self, changes: Changes, name: str) -> None:
        super().__init__(name)
        self.changes = changes

    def compile(self, spec: Spec, **how: Any) -> Any:
        if how.get("params") is not None:
            how["params"] = self.changes.given(how["params"])
        return self.inner.compile(spec, **how)

    def source(self, spec: Spec, **how: Any) -> str:
        return self.changes.source(self.inner.source(spec, **how))

    def params(self, model: Any, spec: Spec) -> dict[str, Array]:
        return self.changes.read(self.inner.params(model, spec))

    def load_params(self, model: Any, spec: Spec, params: Any) -> Any:
        return self.inner.load_params(model, spec, self.changes.given(params))

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        batch = self.changes.batch(x)
        return self.changes.output(self.inner.forward(model, spec, batch, **how))

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        x, cotangent = given
        found = self.inner.step(model, spec, self.changes.batch(x), cotangent, **how)
        output = self.changes.output(found.output)
        return self.changes.step(replace(found, output=output))


class Patched(Wrapped):
    """A backend during whose work some objects are replaced.

    Args:
        swaps: by target, from what is there to what takes its place.
        name: of the backend that does the work.
    """

    def __init__(self, swaps: Mapping[str, Swap], name: str) -> None:
        super().__init__(name)
        self.swaps = swaps

    @contextmanager
    def swapped(self) -> Iterator[Any]:
        """Inside, the replacements are in place; gives the backend, untyped."""
        with ExitStack() as stack:
            for target, swap in self.swaps.items():
                owner, name = _owner(target)
                other = swap(getattr(owner, name))
                stack.enter_context(mock.patch.object(owner, name, other))
            yield self.inner

    def compile(self, spec: Spec, **how: Any) -> Any:
        with self.swapped() as inner:
            return inner.compile(spec, **how)

    def source(self, spec: Spec, **how: Any) -> str:
        with self.swapped() as inner:
            text: str = inner.source(spec, **how)
        return text

    def params(self, model: Any, spec: Spec) -> dict[str, Array]:
        with self.swapped() as inner:
            found: dict[str, Array] = inner.params(model, spec)
        return found

    def load_params(self, model: Any, spec: Spec, params: Any) -> Any:
        with self.swapped() as inner:
            return inner.load_params(model, spec, params)

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        with self.swapped() as inner:
            output: Array = inner.forward(model, spec, x, **how)
        return output

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        with self.swapped() as inner:
            step: Step = inner.step(model, spec, *given, **how)
        return step

    def train(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Any:
        """Train as `netspec.contract.TrainingBackend` says."""
        with self.swapped() as inner:
            return inner.train(model, spec, *given, **how)


def _owner(target: str) -> tuple[Any, str]:
    """What holds the last name of a target, and that name."""
    module, _, names = target.partition(":")
    *owners, name = names.split(".")
    inside = ".".join(owners)
    holder = resolve(f"{module}:{inside}") if inside else import_module(module)
    return holder, name


def joined(*injections: Inject) -> Inject:
    """Several patches at once."""

    def inject(name: str) -> Backend:
        swaps: dict[str, Swap] = {}
        for injection in injections:
            backend = injection(name)
            swaps |= backend.swaps if isinstance(backend, Patched) else {}
        return Patched(swaps, name)

    return inject
