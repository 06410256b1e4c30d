"""Finding backends: missing frameworks, broken plugins, names taken twice."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from importlib.metadata import EntryPoint, PackageNotFoundError
from types import ModuleType

import pytest

import netspec as ns
from netspec import BackendError, BackendNotInstalled
from netspec.contract import _registry
from tests.command import Command, check_refused

SPEC = ns.Spec("small", (3,), [ns.Dense(2)])


@pytest.fixture
def registry() -> Iterator[ModuleType]:
    ns.backend.cache_clear()
    yield _registry
    ns.backend.cache_clear()


@pytest.fixture
def without_torch(registry: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)


def use(
    registry: ModuleType, monkeypatch: pytest.MonkeyPatch, **values: str | list[str]
) -> None:
    """Pretend that these entry points are all there are."""
    points = [
        EntryPoint(name, value, registry.GROUP)
        for name, given in values.items()
        for value in ([given] if isinstance(given, str) else given)
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)


def test_ours_are_found() -> None:
    assert isinstance(ns.backend("numpy"), ns.Backend)
    assert ns.backends()["numpy"].installed


@pytest.mark.usefixtures("without_torch")
def test_a_missing_framework_says_what_to_install() -> None:
    hint = 'pip install "netspec[torch]"'
    for use_it in (
        lambda: ns.backend("torch"),
        lambda: ns.compile(SPEC, "torch"),
    ):
        with pytest.raises(BackendNotInstalled) as caught:
            use_it()
        assert str(caught.value) == (
            f"backend 'torch' needs torch, which is not installed; run: {hint}"
        )
    assert "nn.Linear" in ns.export(SPEC, "torch")
    state = ns.backends()["torch"]
    assert (state.installed, state.version, state.hint) == (False, None, hint)


@pytest.mark.usefixtures("without_torch")
def test_the_command_line_says_what_to_install(
    netspec: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("spec") / "spec.yaml"
    SPEC.save(path)
    check_refused(netspec("export", path, "--to", "onnx"), "pip install")
    assert 'pip install "netspec[torch]"' in netspec("backends").out


@pytest.mark.parametrize("name", ["torhc", "", 3, None])
def test_unknown_names(name: str) -> None:
    with pytest.raises(BackendError, match=f"unknown backend {name!r}"):
        ns.backend(name)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("no_such_module:backend", "No module named 'no_such_module'"),
        ("math:no_such_name", "no attribute 'no_such_name'"),
        ("math:pi", "is not a Backend"),
    ],
)
def test_broken_plugins(
    registry: ModuleType, monkeypatch: pytest.MonkeyPatch, value: str, problem: str
) -> None:
    use(registry, monkeypatch, mine=value)
    with pytest.raises(BackendError, match="backend 'mine' is broken") as caught:
        ns.backend("mine")
    assert problem in str(caught.value)
    assert list(ns.backends()) == ["mine"]  # listing loads nothing


def test_a_backend_that_has_another_name_than_its_entry_point(
    registry: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(registry, monkeypatch, mine="netspec_numpy:backend")
    with pytest.raises(BackendError, match=r"is broken: .* is named 'numpy'"):
        ns.backend("mine")


def test_a_name_taken_twice(
    registry: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(registry, monkeypatch, mine=["one:backend", "two:backend"])
    with pytest.raises(BackendError, match="registered twice, as one:backend and two"):
        ns.backends()


def test_no_backend_at_all(
    registry: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(registry, monkeypatch)
    with pytest.raises(BackendError, match="run pip install"):
        ns.backends()


def test_two_sources_of_weights_are_refused() -> None:
    params = ns.init_params(SPEC, 0)
    with pytest.raises(BackendError, match="give one of them"):
        ns.compile(SPEC, "numpy", params=params, seed=0)


@pytest.mark.parametrize("seed", [-1, True, 0.5, 2**64])
def test_seeds_that_are_none(seed: int) -> None:
    with pytest.raises(ns.NetspecError, match="seed must be a natural number"):
        ns.compile(SPEC, "numpy", seed=seed)


def test_weights_of_another_spec_are_refused() -> None:
    other = ns.Spec("other", (4,), [ns.Dense(2), ns.Dense(1)])
    with pytest.raises(ns.ParameterError) as caught:
        ns.compile(SPEC, "numpy", params=ns.init_params(other, 0))
    assert "unknown: 1.weight, 1.bias" in str(caught.value)
    assert "0.weight (2, 4), not (2, 3)" in str(caught.value)
