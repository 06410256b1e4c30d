"""Print a certificate on a terminal: what was compared, and what is not preserved."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from netspec.certificates._certificate import Certificate
from netspec.conformance.report.terminal import show as show_report
from netspec.spec import shape_text

LISTED = 8  # arrays that are named of those that are unused


def show(certificate: Certificate, console: Console) -> None:
    """Print a certificate; the last line is the verdict."""
    for line in _lines(certificate):
        console.print(Text(_printable(line)), soft_wrap=True)
    show_report(certificate.report, console)


def _lines(made: Certificate) -> Iterator[str]:
    model, compared, lost = made.model, made.compared, made.lost
    shapes = ", ".join(map(shape_text, compared.shapes))
    yield f"{model.name}: against {model.original}, at {shapes}"
    for bits in made.bits:
        if bits.equal:
            shares = f"{bits.equal:,} of {bits.total:,} tensors"
            yield f"{bits.backend}, {bits.dtype}: {shares} have the original's bits"
    for best in made.best:
        shares = f"{best.agree:,} of {best.examples:,} examples"
        yield f"{best.backend}: the original's class on {shares}"
    for name, reason in made.lacking.items():
        yield f"not beside it: {name}: {reason}"
    yield from (f"note: {note}" for note in lost.notes)
    if lost.unused:
        more = ", ..." if len(lost.unused) > LISTED else ""
        yield f"lost, as nothing reads it: {', '.join(lost.unused[:LISTED])}{more}"
    yield from (f"lost, as only training has it: {one}" for one in lost.training_only)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
