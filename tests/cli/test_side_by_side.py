"""Frameworks side by side, on a terminal and as a page."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

import nets
import netspec as ns
from netspec import Spec, backend
from netspec.cli.side_by_side import (
    GAP,
    Columns,
    fit,
    line_up,
    render_page,
    render_table,
    share,
)
from netspec.differences import entries
from netspec.program.render import Listing
from netspec.spec import label
from tests.command import Command, check_refused
from tests.spec.test_spec import CNN, MLP

FRAMEWORKS = ("flax", "gluon", "jax", "torch")
SPECS = {"mlp": MLP, "cnn": CNN, "googlenet": nets.googlenet()}
WIDTHS = (40, 80, 120, 160, 400)


def columns(spec: Spec) -> Columns:
    listings: dict[str, Listing] = {
        name: backend(name).listing(spec)  # type: ignore[attr-defined]
        for name in FRAMEWORKS
    }
    return line_up(spec, "float32", listings)


@pytest.fixture(scope="module")
def lined_up() -> Mapping[str, Columns]:
    return {name: columns(spec) for name, spec in SPECS.items()}


@pytest.fixture
def mlp(tmp_path: Path) -> Path:
    path = tmp_path / "mlp.yaml"
    MLP.save(path)
    return path


def squeezed(text: str) -> str:
    """Text without its spaces, and without the marks of comments."""
    return re.sub(r"[\s#]", "", text)


def cells(shown: Columns, width: int) -> Sequence[Sequence[str]]:
    """The columns of the table, as text."""
    table = render_table(shown, width)
    return [
        [cell.plain for cell in column.cells if isinstance(cell, Text)]
        for column in table.columns
    ]


@pytest.mark.parametrize("name", SPECS)
def test_every_layer_is_a_row(lined_up: Mapping[str, Columns], name: str) -> None:
    spec, shown = SPECS[name], lined_up[name]
    nodes = list(spec.graph.walk())
    assert [row.path for row in shown.rows] == [node.path for node in nodes]
    assert [row.layer for row in shown.rows] == [label(node.layer) for node in nodes]
    assert all(all(row.sources.values()) for row in shown.rows)


def test_depth_counts_containers(lined_up: Mapping[str, Columns]) -> None:
    depths = {row.path: row.depth for row in lined_up["googlenet"].rows}
    assert (depths["0"], depths["stage3"], depths["stage3.0"]) == (0, 0, 1)
    assert depths["stage3.0.1.3"] == 2


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SPECS)
def test_folding_loses_nothing(
    lined_up: Mapping[str, Columns], name: str, width: int
) -> None:
    shown = lined_up[name]
    found = squeezed("".join("".join(column) for column in cells(shown, width)))
    for row in shown.rows:
        for text in (row.path, row.layer, *row.sources.values()):
            assert squeezed(text) in found
    for text in shown.first_weights.values():
        assert squeezed(text) in found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SPECS)
def test_lines_fit(lined_up: Mapping[str, Columns], name: str, width: int) -> None:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(render_table(lined_up[name], width))
    assert max(map(len, capture.get().splitlines())) <= width


def test_rows_are_aligned_where_there_is_room(
    lined_up: Mapping[str, Columns],
) -> None:
    paths, layers, *sources = cells(lined_up["mlp"], 240)
    row = paths.index("4.body.0")
    assert [layers[row], *(column[row] for column in sources)] == [
        "  Dense(256)",
        "  nnx.Linear(256, 256, kernel_init=kaiming_normal, rngs=rngs)",
        "  nn.Dense(256, in_units=256, flatten=False)",
        "  dense(256, 256, weight=kaiming_normal)",
        "  nn.Linear(256, 256)",
    ]


def test_sources_are_below_each_other_where_there_is_not(
    lined_up: Mapping[str, Columns],
) -> None:
    names, sources = cells(lined_up["mlp"], 80)
    row = names.index("4.body.0")
    assert names[row + 1 : row + 5] == [f"  {name}" for name in FRAMEWORKS]
    assert sources[row : row + 5] == [
        "Dense(256)",
        "nnx.Linear(256, 256, kernel_init=kaiming_normal, rngs=rngs)",
        "nn.Dense(256, in_units=256, flatten=False)",
        "dense(256, 256, weight=kaiming_normal)",
        "nn.Linear(256, 256)",
    ]


widths = st.lists(st.integers(0, 200), min_size=1, max_size=6)


@given(widths, st.integers(0, 500))
def test_shares_fit_and_favor_the_narrow(wanted: list[int], room: int) -> None:
    given_ = share(wanted, room)
    assert sum(given_) <= room
    assert all(0 <= got <= wish for got, wish in zip(given_, wanted, strict=True))
    if sum(wanted) <= room:
        assert given_ == wanted
    else:
        assert sum(given_) > room - len(wanted)
        cut = [got for got, wish in zip(given_, wanted, strict=True) if got < wish]
        assert max(given_) <= min(cut) + 1


@given(widths, st.integers(0, 500))
def test_second_wishes_take_only_what_is_left(wanted: list[int], width: int) -> None:
    more = [wish + 50 for wish in wanted]
    first, both = fit([wanted], width), fit([wanted, more], width)
    assert all(a <= b for a, b in zip(first, both, strict=True))
    assert sum(both) <= max(width - GAP * (len(wanted) - 1), 0)


def test_a_pipe_gets_160_columns(netspec: Command, mlp: Path) -> None:
    code, out, err = netspec(
        "export", mlp, "--to", ",".join(FRAMEWORKS), "--side-by-side"
    )
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["path", "layer", *FRAMEWORKS]
    assert max(map(len, lines)) == 160
    assert "\x1b" not in out
    line = next(line for line in lines if line.startswith("4.body.2"))
    assert "nn.Linear(256, 256)" in line


def test_one_framework_is_one_column(netspec: Command, mlp: Path) -> None:
    out = netspec("export", mlp, "--to", "torch", "--side-by-side").out
    assert out.splitlines()[0].split() == ["path", "layer", "torch"]


class Loads(HTMLParser):
    """Collects what a page would load or run, where it leads, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.leads: set[str] = set()
        self.ids: set[str] = set()
        self.copied: list[str] = []
        self.texts: list[str] = [""]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.tags.add(tag)
        self.names |= held.keys()
        self.leads |= {held["href"] or ""} if "href" in held else set()
        self.ids |= {held["id"] or ""} if "id" in held else set()
        self.copied += [held["data-text"] or ""] if "data-text" in held else []
        if tag not in ("a", "i"):  # which stand inside of a line
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data.strip("\n")


@pytest.mark.parametrize("name", SPECS)
def test_a_page_has_every_source(lined_up: Mapping[str, Columns], name: str) -> None:
    shown = lined_up[name]
    page = Loads(render_page(shown))
    for row in shown.rows:
        lines = "\n".join(row.sources.values()).splitlines()
        assert {row.path, row.layer, *(line.lstrip() for line in lines)} <= set(
            page.texts
        )
        assert set(row.sources.values()) <= set(page.copied)


def test_a_page_loads_nothing(lined_up: Mapping[str, Columns]) -> None:
    page = render_page(lined_up["mlp"])
    loads = Loads(page)
    assert loads.tags.isdisjoint({"link", "img", "iframe", "object"})
    assert loads.names.isdisjoint({"src", "onload", "srcset"})
    assert "url(" not in page
    assert "@import" not in page
    assert "prefers-color-scheme: dark" in page


def test_marks_lead_to_what_is_known_of_them(lined_up: Mapping[str, Columns]) -> None:
    page = render_page(lined_up["mlp"])
    loads = Loads(page)
    assert loads.leads
    assert loads.leads == {f"#{found}" for found in loads.ids}
    assert loads.ids <= {entry.id for entry in entries()}
    # written in Flax, a default of PyTorch
    assert re.search(r'">momentum</a>=<i class=m>0\.9</i>', page)
    assert re.search(r'# by default: .*">momentum</a>=0\.1', page)


def test_names_are_text_and_no_markup() -> None:
    name = "<script>alert(1)</script> & {{ 1 + 1 }}"
    page = render_page(columns(Spec(name, (3,), [ns.Dense(3)])))
    assert "<script>alert" not in page
    assert html.escape(name) in page


def test_the_page_is_written(netspec: Command, mlp: Path, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    options = ("--to", ",".join(FRAMEWORKS), "--side-by-side", "-o", path)
    assert netspec("export", mlp, *options) == (0, "", "")
    assert path.read_text(encoding="utf-8") == render_page(columns(MLP))


def test_refusals_leave_the_other_columns(netspec: Command, tmp_path: Path) -> None:
    layers = [ns.BatchNorm(running_variance="unbiased")]
    Spec("unbiased", (4,), layers).save(tmp_path / "spec.yaml")
    options = ("--to", ",".join(FRAMEWORKS), "--side-by-side")
    code, out, err = netspec("export", tmp_path / "spec.yaml", *options)
    assert out.splitlines()[0].split() == ["path", "layer", "flax", "jax", "torch"]
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("error: gluon: 0 BatchNorm: ")


def test_wrong_options(netspec: Command, mlp: Path, tmp_path: Path) -> None:
    options = ("export", mlp, "--side-by-side", "--to")
    refused = {
        ("all", "-o", tmp_path / "page.txt"): "writes HTML; give a .html name",
        ("all", "-o", tmp_path): "writes HTML; give a .html name",
        ("all", "--weights", mlp): "shows no weights; leave --weights out",
        ("numpy",): "has no method `listing`",
        ("torhc",): "did you mean 'torch'?",
    }
    for arguments, problem in refused.items():
        check_refused(netspec(*options, *arguments), problem)
