"""The table of `make imports`: what judges can fail, and what is written is read."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest

import netspec as ns
from netspec.contract import Array
from netspec.errors import Obstacle
from netspec.importing import Imported
from tests.imports import __main__ as command
from tests.imports import light, table
from tests.imports.certified import affordable, certified
from tests.imports.originals import Live, Original, Recorded
from tests.imports.run import Line, filled, said

SPEC = ns.Spec("small", (3,), [ns.Dense(4), ns.Tanh(), ns.Dense(2)])
PARAMS = ns.init_params(SPEC, 0)


def original(factor: float = 1.0) -> Original:
    """Return a net that computes SPEC, but for the weight of its last layer."""
    torch = pytest.importorskip("torch")
    params = PARAMS | {"2.weight": PARAMS["2.weight"] * np.float32(factor)}
    module = ns.compile(SPEC, "torch", params=params)
    assert isinstance(module, torch.nn.Module)
    return Original((3,), imported, Live(module), "torch")


def imported() -> Imported:
    names = {path: path for path in PARAMS}
    return Imported(SPEC, PARAMS, names)


def line(factor: float = 1.0) -> Line:
    held = original(factor)
    return filled(Line("a", "b", "yes"), certified(held, held.read()))


def test_a_certificate_that_passes_fills_a_line() -> None:
    found = line()
    assert found.met
    assert found.certificate == "PASSED in float64"
    assert found.bits == "12 of 12"
    assert 0 <= float(found.worst) < 1


def test_a_certificate_that_fails_is_not_met() -> None:
    found = line(1.001)
    assert not found.met
    assert found.certificate.startswith("**FAILED**: ")
    first = "original torch: 2.weight: is not what the original has as '2.weight'"
    assert found.certificate.endswith(f"; {first}")


def test_what_was_recorded_is_certified_in_its_dtype() -> None:
    def forward(x: Array) -> Array:
        model = ns.compile(SPEC, "numpy", params=PARAMS)
        return ns.backend("numpy").forward(model, SPEC, x)

    held = original()._replace(run=Recorded(forward, "float32"))
    made = certified(held, imported())
    assert made.passed
    assert made.compared.dtypes == ("float32",)


def test_what_is_too_large_has_no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    assert affordable(imported())
    monkeypatch.setattr("tests.imports.certified.LARGEST", 25)
    assert not affordable(imported())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    line = Line("onnx", "squeezenet", "yes", "3 x 32 x 32", "1,235,496", "PASSED")
    other = Line("torchvision", "swin_t", said((Obstacle("", "aten.x", None, "a|b"),)))
    lines = {one[:2]: table.written(one) for one in (line, other)}
    table.write(lines, tmp_path / "TABLE.md")
    assert table.read(tmp_path / "TABLE.md") == lines
    assert table.read(tmp_path / "none") == {}


def test_models_are_chosen_in_the_order_of_their_names() -> None:
    first = ("onnx", "resnet50")
    other, last = (("torchvision", net) for net in ("vgg11", "resnet50"))
    every = [first, other, last]
    assert command.named(["vgg11", "resnet50"], every) == [other, first, last]
    assert command.named(["vision/resnet50"], every) == [last]
    assert command.concerned("onnx", ["vision/vgg11", "resnet50"])
    assert not command.concerned("onnx", ["vision/vgg11"])
    assert command.concerned("onnx", [])
    with pytest.raises(SystemExit, match=r"no model is named light/vgg11, resnet$"):
        command.named(["light/vgg11", "resnet", "vgg11"], every)


class Process:
    """Stand for a process, which holds what was imported in it."""

    def __init__(self) -> None:
        self.held: list[str] = []

    def submit(self, function: object, family: str, net: str) -> Future[Line]:
        self.held.append(net)
        found: Future[Line] = Future()
        size = "" if net == "refused" else f"{len(net)},000,000"
        if net == "ended":
            found.set_exception(BrokenProcessPool())
        else:
            found.set_result(Line(family, net, "yes", parameters=size))
        return found

    def shutdown(self) -> None:
        pass


def test_a_process_ends_with_what_was_large_or_ended_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used: list[Process] = []

    def process() -> Process:
        used.append(Process())
        return used[-1]

    monkeypatch.setattr(command, "_process", process)
    nets = ["a", "b", "ten_letter", "c", "ended", "d", "refused", "e"]
    lines = [*command.attempts(("onnx", net) for net in nets)]
    assert [line.net for line in lines] == nets
    assert lines[4].verdict == "the process ended, perhaps for want of memory"
    held = [["a", "b", "ten_letter"], ["c", "ended"], ["d", "refused"], ["e"]]
    assert [one.held for one in used] == held


def test_the_reasons_are_a_few_and_each_once() -> None:
    problems = tuple(Obstacle(f"m{i}", f"op{i // 2}", None, "no") for i in range(12))
    assert said(problems) == "no: op0: no; op1: no; op2: no; and 3 more"


@pytest.mark.slow
def test_a_net_of_the_package_onnx() -> None:
    held = light.original("squeezenet", size=48)
    found = held.read()
    assert held.shape == (3, 48, 48)
    assert found.spec.output_shape == (1000, 1, 1)
    assert len(found.params) == 52
    assert certified(held, found).passed


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet"]
)
def test_nets_of_the_package_onnx_come_in(name: str) -> None:
    from netspec import importing

    found = importing.onnx(light.file_of(name))
    assert found.spec.input_shape == (3, 224, 224)
    assert found.spec.output_shape[0] == 1000
    assert found.unused == ()
