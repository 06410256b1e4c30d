"""Trained weights for a spec that there is already."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from netspec.declare import Parameter
from netspec.errors import ParameterError, SpecError, excerpt, nearest, shorten
from netspec.importing._graph import Array
from netspec.importing._matching import proposed
from netspec.importing._origins import COUNTER, Groups, Member, origin_of
from netspec.importing._stores import Source, Store, stored
from netspec.spec import Spec, check_params, check_values, join_path

LISTED = 5


@dataclass(frozen=True)
class Adopted:
    """Weights for a spec.

    Attributes:
        params: arrays by canonical path, all float32 or all float64.
        names: the name of each in the source.
        proposed: whether names differed, so that shapes and order decided.
        unused: names of what the source has besides.
    """

    params: dict[str, Array]
    names: Mapping[str, str]
    proposed: bool
    unused: tuple[str, ...]


def adopt(
    spec: Spec, source: Source, names: Mapping[str, str] | None = None
) -> dict[str, Array]:
    """Take the weights of a spec from where they were trained.

    Names that are the spec's own, or what Gluon calls them, are found. Where names
    differ, those whose layers have parameters of the same names and shapes are taken in
    order, with a warning that says which; what that leaves open is refused.

    Args:
        spec: the model.
        source: a ``state_dict``, or other arrays by name; or a file: ``.safetensors``,
            what ``torch.save`` wrote of a state dict, ``.npz``, MXNet's ``.params``.
            None of them can run code.
        names: the name in the source, by path of the spec, such as `Imported.names`;
            what is not in it is looked for.

    Returns:
        Copies of the arrays by canonical path, as `netspec.compile` takes them.

    Raises:
        BackendNotInstalled: the framework that reads the file is missing.
        ParameterError: the source is none or damaged, does not fit the spec, or more
            than one way of taking it is left.

    Warns:
        UserWarning: shapes and order decided; has all pairs of names.

    Example:
        >>> import numpy as np
        >>> from netspec import Dense, Spec
        >>> spec = Spec("small", (3,), [Dense(2)])
        >>> given = {"0.weight": np.ones((2, 3)), "0.bias": np.zeros(2)}
        >>> adopt(spec, given)["0.weight"].shape
        (2, 3)
    """
    found = adopted(spec, source, names)
    if found.proposed:
        pairs = "\n".join(f"  {path} <- {name}" for path, name in found.names.items())
        warnings.warn(
            f"the names of {shorten(spec.name)} differ from those of the source;"
            f" taken by shapes and order:\n{pairs}",
            stacklevel=2,
        )
    return found.params


def adopted(
    spec: Spec, source: Source, names: Mapping[str, str] | None = None
) -> Adopted:
    """Take weights as `adopt` does, without a warning, and say which is which.

    Raises:
        BackendNotInstalled, ParameterError: as `adopt` does.
    """
    if not isinstance(spec, Spec):
        raise SpecError(f"spec must be a Spec, received {shorten(spec)}")
    store = stored(source)
    kept = {n: a for n, a in store.arrays.items() if origin_of(n).tail != COUNTER}
    try:
        given = _given(spec, kept, names or {})
        rest = {n: a for n, a in kept.items() if n not in given.values()}
        chosen, guessed = _chosen(spec, replace(store, arrays=rest), given)
        params = {
            path: _shaped(kept[chosen[path]], parameter, guessed)
            for path, parameter in replace(spec, ties={}).parameters().items()
            if path in chosen
        }
        check_params(spec, params)  # and that what is tied is equal
        params = {path: params[path] for path in spec.parameters()}
        check_values(spec, params)
    except ParameterError as error:
        raise ParameterError(f"{store.title}: {error}") from None
    ordered = {path: chosen[path] for path in spec.parameters()}
    used = set(chosen.values())
    return Adopted(params, ordered, guessed, tuple(n for n in kept if n not in used))


def _given(
    spec: Spec, held: Mapping[str, Array], names: Mapping[str, str]
) -> dict[str, str]:
    """Check the names that a user gives."""
    if not isinstance(names, Mapping):
        raise ParameterError(f"names must map paths to names, not {shorten(names)}")
    for path, name in names.items():
        if path not in spec.parameters():
            hint = nearest(path, spec.parameters())
            raise ParameterError(f"names: no parameter {shorten(path)}{hint}")
        if name not in held:
            hint = nearest(name, held)
            raise ParameterError(f"names: no array {shorten(name)}{hint}")
    twice = [n for n in names.values() if list(names.values()).count(n) > 1]
    if twice:
        raise ParameterError(f"names: {shorten(twice[0])} is given for two parameters")
    return dict(names)


def _chosen(
    spec: Spec, store: Store, given: Mapping[str, str]
) -> tuple[dict[str, str], bool]:
    """Find the name of each parameter, and tell whether shapes and order decided.

    Args:
        spec: the model.
        store: what is left behind the names that were given.
        given: names by path.
    """
    left = [path for path in spec.parameters() if path not in given]
    if given and not left:
        return dict(given), False
    same = _same(left, spec.ties, store.arrays)
    if same is None:
        if len(store.arrays) == len(left) + len(spec.ties):
            left += spec.ties  # which frameworks have under both names
        shapes = {name: array.shape for name, array in store.arrays.items()}
        found = proposed(_wanted(spec, left), shapes, store.ordered)
        return {**given, **found}, True
    known = {*same.values(), *_needless(spec, store.arrays)}
    if extra := [name for name in store.arrays if name not in known]:
        raise ParameterError(
            f"has {_listed(extra)}, for which the spec has no place; leave it out, or"
            " say which are meant by names={path: name, ...}"
        )
    return {**given, **same}, False


def _same(
    paths: Iterable[str], tied: Iterable[str], held: Iterable[str]
) -> dict[str, str] | None:
    """Find arrays by the names of the spec, or by what Gluon makes of them, all behind
    one prefix perhaps; None where one is missing. What is tied need not be there.
    """
    names, wanted = list(held), list(paths)
    for prefix in dict.fromkeys(["", _prefix(names)]):
        by_path = {origin_of(name.removeprefix(prefix)).path: name for name in names}
        by_path |= {name.removeprefix(prefix): name for name in names}
        if all(path in by_path for path in wanted):
            there = (path for path in tied if path in by_path)
            return {path: by_path[path] for path in (*wanted, *there)}
    return None


def _prefix(names: list[str]) -> str:
    """Return the first component, if all names begin with it, such as ``module.``."""
    first = {name.partition(".")[0] for name in names if "." in name}
    whole = len(first) == 1 and all("." in name for name in names)
    return f"{first.pop()}." if whole else ""


# What MXNet keeps of layers all the same: by the field that is off, with these values
OFF = {"weight": ("scale", 1), "bias": ("center", 0)}


def _needless(spec: Spec, held: Mapping[str, Array]) -> Iterator[str]:
    """Yield names of arrays that say no more than the layer itself does."""
    layers = {node.path: node.layer for node in spec.graph.walk()}
    made = {join_path(p, name) for p, one in layers.items() for name in one.constants}
    for name, array in held.items():
        origin = owner, tail = origin_of(name)
        field, value = OFF.get(tail, ("", 0))
        is_off = getattr(layers.get(owner), field, None) is False
        if origin.path in made or (is_off and np.all(array == value)):
            yield name


def _wanted(spec: Spec, paths: Iterable[str]) -> Groups:
    left = set(paths)
    found = {
        node.path: {
            name: Member(join_path(node.path, name), parameter.shape)
            for name, parameter in node.parameters.items()
            if join_path(node.path, name) in left
        }
        for node in spec.graph.walk()
    }
    return {owner: group for owner, group in found.items() if group}


def _shaped(array: Array, parameter: Parameter, guessed: bool) -> Array:
    """Give an array the axes of size 1 that the parameter has, as Gluon has fewer."""
    same = [n for n in array.shape if n != 1] == [n for n in parameter.shape if n != 1]
    flat = array.shape == (parameter.size,)
    if guessed or not (same or flat):
        return array
    return np.reshape(array, parameter.shape)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    lines = (" ".join(excerpt(name, 100).split("\n")) for name in names[:LISTED])
    return ", ".join(lines) + more
