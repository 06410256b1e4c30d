"""The weights of an original, beside those that were taken from it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from netspec.conformance import Verdict
from netspec.conformance.judging import decided, failed
from netspec.conformance.report import Row
from netspec.contract import Arrays, part_of
from netspec.errors import ParameterError, nearest, shorten
from netspec.importing import adopted
from netspec.spec import Spec

COUNTER = "num_batches_tracked"  # which PyTorch counts, and nothing reads


def digest_of(arrays: Arrays) -> str:
    """Return the SHA-256 of arrays: of names, dtypes, shapes and values, by name."""
    whole = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        head = json.dumps([name, array.dtype.name, array.shape])
        whole.update(head.encode())
        whole.update(little.reshape(-1).view(np.uint8).data)
    return whole.hexdigest()


def check_names(
    spec: Spec, names: Mapping[str, str] | None, held: Arrays
) -> dict[str, str]:
    """Refuse a map that does not name every parameter; propose one where there is none.

    Args:
        spec: the model.
        names: of each parameter in the original, by canonical path; None to find them,
            by names, then by shapes and order.
        held: the arrays of the original.

    Raises:
        ParameterError: a parameter has no name, or a name no array.
    """
    if names is None:
        kept = {n: a for n, a in held.items() if not n.endswith(COUNTER)}
        return dict(adopted(spec, kept).names)
    if not isinstance(names, Mapping):
        raise ParameterError(f"names must map paths to names, not {shorten(names)}")
    for path in spec.parameters():
        if path not in names:
            raise ParameterError(
                f"names has none for {shorten(path)}; give Imported.names, or None to"
                " have them found"
            )
        name = part_of(names[path]).name
        if name not in held:
            hint = nearest(name, held)
            raise ParameterError(f"names: no array {shorten(name)}{hint}")
    return {path: names[path] for path in spec.parameters()}


def shared(names: Mapping[str, str]) -> dict[str, list[str]]:
    """List the arrays of the original that several parameters were taken from, each
    with their paths.
    """
    twice = [name for name, count in Counter(names.values()).items() if count > 1]
    return {name: [p for p, n in names.items() if n == name] for name in twice}


def unused(names: Mapping[str, str], held: Arrays) -> list[str]:
    """List the arrays of the original that no parameter was taken from."""
    taken = {part_of(name).name for name in names.values()}
    return [n for n in held if n not in taken and not n.endswith(COUNTER)]


def compared(
    name: str, spec: Spec, params: Arrays, own: Arrays, names: Mapping[str, str]
) -> Iterator[Row]:
    """Yield whether each weight is the original's to the last bit.

    Args:
        name: of the original.
        spec: the model.
        params: what was taken.
        own: what the original has, by canonical path.
        names: of each parameter in the original.
    """
    for array, paths in shared(names).items():
        reason = (
            f"{' and '.join(paths)} are one array of the original, {shorten(array)},"
            " which trains as one; tie them in the spec"
        )
        yield _row(name, "float64", paths[0], failed(reason))
    for path in spec.parameters():
        dtype = params[path].dtype.name
        same = np.array_equal(own[path].astype(dtype), params[path], equal_nan=True)
        reason = f"is not what the original has as {shorten(names[path])}"
        yield _row(name, dtype, path, decided(same, reason))


def _row(name: str, dtype: str, path: str, verdict: Verdict) -> Row:
    return Row("weights", name, "own weights", dtype, path, verdict)
