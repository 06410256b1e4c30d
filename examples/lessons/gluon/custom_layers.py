"""Layers of one's own: declared once, made by every framework, and proved.

Run it with `python examples/lessons/gluon/custom_layers.py`.
"""

import sys
from pathlib import Path
from typing import Any

import netspec
from netspec import Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import forecast, judge

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

import custom_layers
from custom_layers import CenteredLayer, MyDense
from lessons.lib import FRAMEWORKS, claim
from lessons.lib.tables import listed

SPEC = netspec.load(Path(custom_layers.__file__).with_name("net.yaml"))


def main() -> None:
    """Check sections 10.2 to 10.4, and 15."""
    sources = {name: netspec.export(SPEC, name) for name in FRAMEWORKS}
    print(sources[FRAMEWORKS[0]])
    claim(
        "gluon 10.2",
        "Declared once, a layer is read from YAML and exported to every framework.",
        listed({name: len(text.splitlines()) for name, text in sources.items()})
        + " lines, without a word of netspec's backends",
        not any("custom_layers" in t or "netspec_" in t for t in sources.values()),
    )
    centered = Spec("centered", (4, 3), [CenteredLayer()])
    dense = Spec("dense", (5,), [MyDense(3)])
    check("10.3", centered, "The layer without parameters, `x - x.mean()`,")
    check("10.4", dense, "The dense layer with weight (in, out) and ReLU")
    if "gluon" in FRAMEWORKS:
        netspec.backend("gluon")  # without it, MXNet cannot be imported
        import lessons.lib.gluon_blocks as text

        compare("10.3", centered, text.CenteredLayer())
        compare("10.4", dense, text.MyDense(units=3, in_units=5))
    found = {name: netspec.probe(SPEC, name)["spec"] for name in FRAMEWORKS}
    gradients = {n: p.row("0").grad_params.rms for n, p in found.items()}  # type: ignore[union-attr]
    claim(
        "gluon 15",
        "Its parameters have names and shapes; they are drawn and probed as any.",
        f"`{SPEC.layers[0]!r}`; gradient {listed(gradients)}",
        all(p.verdict.word == "healthy" for p in found.values()),
    )


def check(section: str, spec: Spec, what: str) -> None:
    """Compare outputs and gradients in every framework with the reference."""
    report = netspec.conform(spec, FRAMEWORKS, checks=["outputs", "gradients"])
    worst = max(row.verdict.ratio for row in report.rows)
    claim(
        f"gluon {section}",
        f"{what} conforms in every framework, forward and backward.",
        f"{report.counts['pass']} tensors, at most {worst:.2g} of the tolerance",
        report.passed,
    )


def compare(section: str, spec: Spec, block: Any) -> None:
    """Compare the text's own block with the reference on the same numbers."""
    import mxnet as mx

    case = draw_case(spec, train=False, dtype="float32")
    block.initialize()
    for name, parameter in block._collect_params_with_prefix().items():
        parameter.set_data(mx.nd.array(case.params[f"0.{name}"]))
    y = block(mx.nd.array(case.x)).asnumpy()
    verdict = judge(y, forecast(case).tensors["output"])
    claim(
        f"gluon {section}",
        f"The text's `{type(block).__name__}(nn.Block)` computes the same.",
        f"{verdict.ratio:.2g} of what rounding explains",
        verdict.good,
    )


if __name__ == "__main__":
    main()
