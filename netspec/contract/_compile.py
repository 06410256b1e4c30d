"""Compile a spec to a framework's native model, or export it as source."""

from __future__ import annotations

from typing import Any, Literal, overload

from netspec.contract._abilities import FilesBackend
from netspec.contract._guards import check_spec
from netspec.contract._protocol import Arrays
from netspec.contract._registry import checked, named, writer
from netspec.errors import BackendError, shorten
from netspec.spec import Spec, check_dtype, check_params, check_values


def compile(  # noqa: A001
    spec: Spec,
    backend: str,
    *,
    params: Arrays | None = None,
    seed: int | None = None,
    dtype: str = "float32",
    device: Any = None,
) -> Any:
    """Compile a spec to the native model of a framework.

    Args:
        spec: the model as data.
        backend: ``"torch"`` (returns an `nn.Sequential`), ``"numpy"``, ...
        params: first parameters by canonical path, in canonical layout; copied.
        seed: draws portable first parameters, equal in every framework. Without
            `params` and `seed`, the framework's own initializers draw them.
        dtype: ``"float32"`` or ``"float64"``.
        device: the framework's own object, or ``"cpu"``, ``"gpu"``, ``"gpu:1"``.

    Raises:
        SpecError: `spec` is no Spec.
        BackendNotInstalled: the framework is missing; says what to install.
        BackendError: no such backend, or it cannot build this spec; with the reason.
        ParameterError: `params` do not fit the spec, by names, shapes, dtypes or
            values: NaN, infinity and negative variances are refused.

    Example:
        >>> from netspec import Dense, ReLU, Spec
        >>> spec = Spec("small", (3,), [Dense(4), ReLU(), Dense(2)])
        >>> compile(spec, "torch", seed=0)
        Sequential(
          (0): Linear(in_features=3, out_features=4, bias=True)
          (1): ReLU()
          (2): Linear(in_features=4, out_features=2, bias=True)
        )
    """
    check_spec(spec)
    if params is not None:
        check_dtype(dtype)
        check_params(spec, params)
        check_values(spec, params, dtype)
    return named(backend).compile(
        spec, params=params, seed=seed, dtype=dtype, device=device
    )


# as `open` is typed, by names that are known
@overload
def export(  # type: ignore[overload-overlap]
    spec: Spec, backend: Literal["onnx"], *, dtype: str = "float32"
) -> bytes: ...
@overload
def export(spec: Spec, backend: str, *, dtype: str = "float32") -> str: ...
def export(spec: Spec, backend: str, *, dtype: str = "float32") -> str | bytes:
    """Return the source of a file that builds the model and needs only a framework,
    which most backends write where it is not installed, too.

    Where the framework has a format of its own for files, with weights, it is bytes of
    that, with the weights of seed 0; see `FilesBackend`.

    Args:
        spec: the model as data.
        backend: name of the backend whose framework the file uses.
        dtype: ``"float32"`` or ``"float64"``.

    Raises:
        SpecError: `spec` is no Spec.
        BackendNotInstalled: the framework is missing; says what to install.
        BackendError: no such backend, or it cannot build this spec; with the reason.

    Example:
        >>> from netspec import Dense, Spec
        >>> source = export(Spec("small", (3,), [Dense(2)]), "torch")
        >>> "nn.Linear(3, 2)" in source
        True
    """
    check_spec(spec)
    found = writer(checked(backend))
    if not isinstance(found, FilesBackend):
        return found.source(spec, dtype=dtype)
    files = found.files(spec, f"net{found.suffix}", dtype=dtype)
    if len(files) > 1:
        raise BackendError(
            f"{shorten(spec.name)} does not fit into one file; write"
            f" {' and '.join(files)} with netspec export -o"
        )
    return next(iter(files.values()))
