"""Print a `Program` as a Python file that needs only its framework, with the functions
`build()` and `initialize(net)` unless a dialect says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from netspec.layers import Shape
from netspec.program._call import Program
from netspec.program.render._folding import Block, fold
from netspec.program.render._head import docstring
from netspec.program.render._imports import Import, import_module, render_imports
from netspec.program.render._inline import Inliner
from netspec.program.render._printer import Layout
from netspec.program.render._statements import access, draw_statements
from netspec.program.render._written import Written
from netspec.spec import Spec


class Page(NamedTuple):
    """The data that the functions of a file are printed from.

    Attributes:
        spec: the model.
        program: the program made from the spec.
        dtype: dtype of the model, ``"float32"`` or ``"float64"``.
        network: the name of the network's class in the source.
        layout: prints calls.
        blocks: calls that the program uses by name.
    """

    spec: Spec
    program: Program
    dtype: str
    network: str
    layout: Layout
    blocks: tuple[Block, ...] = ()


def build_and_initialize(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of ``build()``, which makes the network, then those of
    ``initialize(net)``.
    """
    yield from block_functions(page, "torch.nn:Module")
    yield (
        f"def build() -> {page.network}:",
        f'    """Make the network: {signature(page)}."""',
        *_made(page),
    )
    yield (
        f"def initialize(net: {page.network}) -> None:",
        *_docstring_of_draws(page),
        *first_weights(page),
    )


def _made(page: Page) -> Iterator[str]:
    modules, ties = page.program.modules, page.program.ties
    before = "net = " if ties else "return "
    yield from page.layout.lines(modules, before, indent=4, explode=True)
    for path, owner in ties.items():
        yield f"    {access(path)} = {access(owner)}"
    if ties:
        yield "    return net"


def block_functions(
    page: Page, kind: str, *given: tuple[str, str]
) -> Iterator[Iterable[str]]:
    """Yield the lines of a function for each block of layers that the file uses.

    Args:
        page: has the blocks.
        kind: target of the class of what they return.
        given: names of what the functions take, and targets of their classes.
    """
    for block in page.blocks:
        if block.written:
            yield block.written.lines(block.call, block.name, page.layout)
        else:
            yield block_function(block, page.layout, kind, *given)


def block_function(
    block: Block, layout: Layout, kind: str, *given: tuple[str, str]
) -> Iterator[str]:
    """Yield the lines of the function that makes a block.

    Args:
        block: the block; it may be a function of numbers.
        layout: prints calls.
        kind: target of the class of what it returns.
        given: names of what it takes after these, and targets of their classes.
    """
    taken = [f"{name}: int" for name in block.numbers]
    taken += [f"{name}: {layout.spell(of)}" for name, of in given]
    yield f"def {block.name}({', '.join(taken)}) -> {layout.spell(kind)}:"
    many = "layers that the network has several times"
    yield f'    """Make {"a part of the network" if block.once else many}."""'
    yield from layout.lines(block.call, "return ", indent=4)


def first_weights(page: Page) -> Iterable[str]:
    """Return the statements of ``initialize(net)``."""
    return draw_statements(page.program, page.layout, page.spec.shapes())


@dataclass(frozen=True)
class Dialect:
    """Conventions of the source that a backend exports.

    Attributes:
        framework: name of the framework in text for people.
        network: target of the class of the network.
        aliases: names that the source gives to modules, such as
            ``{"torch.nn": "nn"}``; targets in other modules are imported by name.
        functions: prints the functions of the file, each as a block of lines.
        first_weights: prints the part of the functions that draws first weights.
        reserved: names of the functions.
        prelude: source that must run before the imports.
        written: how calls are written out as definitions, by target.
        use: how a block of layers is used, see `Layout`.
        repeated: how a layer is made several times, see `Layout`.
        alternating: how several layers are.
        last: prints what a file ends with whose functions stand before the definitions
            that they use; None where the definitions come first.
    """

    framework: str
    network: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    functions: Callable[[Page], Iterable[Iterable[str]]] = build_and_initialize
    first_weights: Callable[[Page], Iterable[str]] = first_weights
    reserved: tuple[str, ...] = ("build", "initialize")
    prelude: str = ""
    written: Mapping[str, Written] = field(default_factory=dict)
    use: str = Layout.use
    repeated: str = Layout.repeated
    alternating: str = Layout.alternating
    last: Callable[[Page], Iterable[str]] | None = None


def render(
    spec: Spec,
    program: Program,
    dialect: Dialect,
    *,
    dtype: str,
    carried: frozenset[str],
    also: Iterable[str] = (),
) -> str:
    """Print a program as a formatted Python file.

    Args:
        spec: the model that the program was made from.
        program: the program to print.
        dialect: conventions of the source.
        dtype: dtype of the model, ``"float32"`` or ``"float64"``.
        carried: top-level packages whose definitions the file carries along.
        also: targets that the file contains although the program does not use them.

    Raises:
        BackendError: a definition that the file needs cannot be carried along.
    """
    page, inliner = start_page(spec, program, dialect, dtype=dtype, carried=carried)
    page = _folded(page, dialect, carried)
    functions = ["\n".join(lines) for lines in dialect.functions(page)]
    for target in also:
        page.layout.spell(target)
    last = list(dialect.last(page)) if dialect.last else []
    head = "\n\n".join(filter(None, _head(spec, dialect, inliner.imports)))
    blocks = [*inliner.definitions.values(), *functions]
    if dialect.last:
        blocks = [*functions, *inliner.definitions.values(), *last]
    return "".join(_spaced(head, blocks))


def _folded(page: Page, dialect: Dialect, carried: frozenset[str]) -> Page:
    trial, inliner = start_page(
        page.spec, page.program, dialect, dtype=page.dtype, carried=carried
    )
    trial.layout.flat(page.program.modules)  # takes all names that a file may need
    own = {written.name for written in dialect.written.values()}
    program, blocks = fold(
        page.program,
        trial.layout,
        lambda name: name in own or inliner.is_free(name),
        dialect.written,
    )
    return page._replace(program=program, blocks=blocks)


def start_page(
    spec: Spec,
    program: Program,
    dialect: Dialect,
    *,
    dtype: str,
    carried: frozenset[str],
) -> tuple[Page, Inliner]:
    """Make the page of a file, and the inliner that collects the definitions and
    imports which the file needs.
    """
    inliner = Inliner(carried, (*dialect.reserved, *program.shared.values()))
    layout = Layout(
        _speller({"math": "math", **dialect.aliases}, inliner),
        program.shared,
        use=dialect.use,
        repeated=dialect.repeated,
        alternating=dialect.alternating,
    )
    return Page(spec, program, dtype, layout.spell(dialect.network), layout), inliner


def _head(spec: Spec, dialect: Dialect, imports: set[Import]) -> Iterator[str]:
    """Yield the parts above the definitions: docstring, ``__future__`` imports,
    prelude, imports. A part may be empty.
    """
    future = {found for found in imports if found.section == 0}
    stated = set(dialect.prelude.splitlines())
    made = {found for found in imports if render_imports([found])[0] in stated}
    yield "\n".join(docstring(spec.name, spec.digest, dialect.framework))
    yield "\n".join(render_imports(future))
    yield dialect.prelude
    yield "\n".join(render_imports(imports - future - made))


def _spaced(head: str, blocks: Iterable[str]) -> Iterator[str]:
    """Separate blocks as a formatter does: two empty lines around functions and
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


def signature(page: Page) -> str:
    """Write the shapes and dtypes of input and output, such as ``(batch, 784) float32
    to (batch, 10) float32``.
    """
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
