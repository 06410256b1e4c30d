"""The second reader of a `Program`: it prints the calls as a Python file that needs
nothing of ours, with `build()` and `initialize(net)` unless a dialect says otherwise.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import east_asian_width

from netspec.layers import Shape
from netspec.program._call import Program
from netspec.program.render._imports import Import, import_module, render_imports
from netspec.program.render._inline import Inliner
from netspec.program.render._printer import WIDTH, Layout
from netspec.program.render._statements import draw_statements
from netspec.spec import Spec


class Page(NamedTuple):
    """What the functions of a file are printed from.

    Attributes:
        spec: the model.
        program: made from it.
        dtype: of the model.
        network: how the source refers to the class of the network.
        layout: prints calls.
    """

    spec: Spec
    program: Program
    dtype: str
    network: str
    layout: Layout


def build_and_initialize(page: Page) -> Iterator[Iterable[str]]:
    """The lines of ``build()``, which makes the network, and ``initialize(net)``."""
    yield (
        f"def build() -> {page.network}:",
        f'    """Make the network: {signature(page)}."""',
        *page.layout.lines(page.program.modules, "return ", indent=4, explode=True),
    )
    yield (
        f"def initialize(net: {page.network}) -> None:",
        *_docstring_of_draws(page),
        *first_weights(page),
    )


def first_weights(page: Page) -> Iterable[str]:
    """The statements of ``initialize(net)``."""
    return draw_statements(page.program, page.layout)


@dataclass(frozen=True)
class Dialect:
    """How the source of a backend reads.

    Attributes:
        framework: its name for people.
        network: target of the class of the network.
        aliases: module to the name by which the source refers to it, such as
            ``{"torch.nn": "nn"}``; targets in other modules are imported by name.
        functions: prints what the file defines, each block of lines apart.
        first_weights: prints the part of it that draws the first weights.
        reserved: the names that those define.
        prelude: source that must run before the imports.
    """

    framework: str
    network: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    functions: Callable[[Page], Iterable[Iterable[str]]] = build_and_initialize
    first_weights: Callable[[Page], Iterable[str]] = first_weights
    reserved: tuple[str, ...] = ("build", "initialize")
    prelude: str = ""


def render(
    spec: Spec,
    program: Program,
    dialect: Dialect,
    *,
    dtype: str,
    carried: frozenset[str],
    also: Iterable[str] = (),
) -> str:
    """A formatted Python file.

    Args:
        spec: what the program was made from; named in the file.
        program: what to print.
        dialect: how the framework's source reads.
        dtype: of the model; named in the file.
        carried: top-level packages whose definitions the file carries along.
        also: targets that the program does not use and the file has nevertheless.

    Raises:
        BackendError: a definition that the file needs cannot be carried along.
    """
    page, inliner = start_page(spec, program, dialect, dtype=dtype, carried=carried)
    functions = ["\n".join(lines) for lines in dialect.functions(page)]
    for target in also:
        page.layout.spell(target)
    head = "\n\n".join(filter(None, _head(spec, dialect, inliner.imports)))
    blocks = *inliner.definitions.values(), *functions
    return "".join(_spaced(head, blocks))


def start_page(
    spec: Spec,
    program: Program,
    dialect: Dialect,
    *,
    dtype: str,
    carried: frozenset[str],
) -> tuple[Page, Inliner]:
    """A page of a file, and what collects all that the file needs."""
    inliner = Inliner(carried, (*dialect.reserved, *program.shared.values()))
    layout = Layout(_speller(dialect.aliases, inliner), program.shared)
    return Page(spec, program, dtype, layout.spell(dialect.network), layout), inliner


def _head(spec: Spec, dialect: Dialect, imports: set[Import]) -> Iterator[str]:
    """What stands above the definitions, each part empty where there is nothing."""
    future = {found for found in imports if found.section == 0}
    stated = set(dialect.prelude.splitlines())
    made = {found for found in imports if render_imports([found])[0] in stated}
    yield "\n".join(_docstring(spec, dialect))
    yield "\n".join(render_imports(future))
    yield dialect.prelude
    yield "\n".join(render_imports(imports - future - made))


def _spaced(head: str, blocks: Iterable[str]) -> Iterator[str]:
    """Blocks as a formatter sets them apart: two empty lines around functions and
    classes, one after the imports, none between assignments.
    """
    yield head
    after, gap = False, "\n\n"
    for block in blocks:
        defines = block.startswith(("def ", "class ", "@"))
        yield "\n\n\n" if defines or after else gap
        yield block
        after, gap = defines, "\n"
    yield "\n"


def _speller(aliases: Mapping[str, str], inliner: Inliner) -> Callable[[str], str]:
    def spell(target: str) -> str:
        module, _, name = target.partition(":")
        if module == "builtins":
            return name
        roots = [root for root in aliases if f"{module}.".startswith(f"{root}.")]
        if not roots:
            inliner.add_import(Import(module, name.partition(".")[0]))
            return name
        root = max(roots, key=len)
        inliner.add_import(import_module(root, aliases[root]))
        return f"{aliases[root]}{module[len(root) :]}.{name}"

    return spell


def _docstring(spec: Spec, dialect: Dialect) -> Iterator[str]:
    title = f'"""Model {_escaped(spec.name)}, exported by netspec'
    title += f" (digest {spec.digest[:12]})."
    wide = sum(east_asian_width(c) in "FW" for c in title)  # two columns each
    width = max(WIDTH - wide, 20)
    yield from textwrap.wrap(
        title, width, break_long_words=False, break_on_hyphens=False
    )
    yield ""
    yield f"It needs nothing but {dialect.framework}."
    yield '"""'


def _escaped(name: str) -> str:
    """The name as it can stand in a docstring."""
    plain = (c if c.isprintable() and c != "\\" else _code(ord(c)) for c in name)
    return "".join(plain).replace('"""', r"\"\"\"")


def _code(point: int) -> str:
    return rf"\u{point:04x}" if point < 2**16 else rf"\U{point:08x}"


def signature(page: Page) -> str:
    """``(batch, 784) float32 to (batch, 10) float32``."""
    spec, dtype = page.spec, page.dtype
    kind = "integers" if spec.input_dtype == "int" else dtype
    return f"{_batch(spec.input_shape)} {kind} to {_batch(spec.output_shape)} {dtype}"


def _batch(shape: Shape) -> str:
    return f"({', '.join(map(str, ('batch', *shape)))})"


def _docstring_of_draws(page: Page) -> Iterator[str]:
    if not page.program.inits:
        yield '    """Do nothing: constructors draw the first weights of this model."""'
    elif len(page.program.inits) == len(page.spec.parameters()):
        yield '    """Draw the first weights in place."""'
    else:
        yield '    """Draw the first weights in place.'
        yield ""
        yield "    What is not named here keeps what its constructor drew."
        yield '    """'
