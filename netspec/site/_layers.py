"""The pages of the layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from netspec.differences import topics
from netspec.layers import LAYERS, described
from netspec.site._native import Native, natives
from netspec.site._page import Page
from netspec.site._samples import samples
from netspec.spec import Spec, label, shape_text


class Weight(NamedTuple):
    """A parameter of a layer, and where frameworks keep it.

    Attributes:
        name: canonical, without the layer's.
        shape: as a spec has it.
        law: how a spec first draws it.
        native: by framework, its name and shape there.
        transposed: the frameworks that have its axes in another order.
    """

    name: str
    shape: str
    law: str
    native: Mapping[str, str]
    transposed: Mapping[str, str]


def layer_pages(names: Iterable[str]) -> Iterator[Page]:
    """Yield a page for each of these layers."""
    for name in names:
        spec = samples()[name]
        native = {
            framework: found
            for framework, told in natives().items()
            if (found := told.layer(name, spec))
        }
        context: dict[str, Any] = {
            "layer": described(LAYERS[name]),
            "spec": spec,
            "shown_layer": label(spec.layers[0]),
            "shapes": [*map(shape_text, (spec.input_shape, spec.output_shape))],
            "native": native,
            "recorded": natives(),
            "weights": [*_weights(spec, native)],
            "found": topics().get(name, ()),
        }
        yield Page(f"layers/{name}.html", "layer.html", context)


def _weights(spec: Spec, native: Mapping[str, Native]) -> Iterator[Weight]:
    for path, parameter in spec.parameters().items():
        told = {fw: one.parameters.get(path) for fw, one in native.items()}
        held = {fw: found for fw, found in told.items() if found}
        yield Weight(
            path.partition(".")[2],
            shape_text(parameter.shape),
            str(parameter.initializer),
            {
                fw: f"{_own(f['name'])} {shape_text(f['shape'])}"
                for fw, f in held.items()
            },
            {fw: _order(f["axes"]) for fw, f in held.items() if _moved(f["axes"])},
        )


def _own(name: str) -> str:
    """Return a name without that of the layer, which is 0 in these specs."""
    return re.sub(r"^(layers\.)*0[./]", "", name)


def _moved(axes: list[int]) -> bool:
    return axes != sorted(axes)


def _order(axes: list[int]) -> str:
    return f"axes {', '.join(map(str, axes))}"


def index_page() -> Page:
    """Return the page that lists the layers, by family."""
    families: dict[str, list[Any]] = {}
    for name in samples():
        module = LAYERS[name].__module__.rpartition(".")[2].lstrip("_")
        families.setdefault(module.replace("_", " "), []).append(
            described(LAYERS[name])
        )
    return Page("layers/index.html", "layers.html", {"families": families})
