"""The table of models that were imported, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.imports.run import Line

FILE = Path(__file__).with_name("TABLE.md")
HEAD = """# Models that came in

Written by `make imports`, which goes on where it was interrupted. Each model has
weights that are drawn, and is imported at the smallest images that it takes. Its
certificate is of evaluation, at these images: the original beside the float64 reference
of the spec and beside PyTorch, in float64, with its own weights and with drawn ones. Of
the nets of onnx, whose weights are float32, the outputs that onnxruntime gives are
compared with the reference, without the Softmax at their end, which would give zeros
and ones. Training takes long at full size, and is compared at reduced width, of the
families of torchvision that have an argument of width; `netspec certify` compares it
of any net.

*worst* is the largest share that a tensor used of the distance that rounding explains;
*bits* says how many tensors of PyTorch are the original's to the last bit; the seconds
are those of a processor, for the import and for all that was done, and were not taken
of the first ones. A model that is not in the table was not run; torchvision has 86 of
them, the zoo 34, the package onnx 9.

| from | net | came in | images | parameters | certificate | worst | bits | seconds |
| --- | --- | --- | --- | --: | --- | --- | --- | --- |
"""
Lines = dict[tuple[str, str], str]  # by family and net


def read(file: Path = FILE) -> Lines:
    """Return the lines that are in the table."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {(each[0], each[1]): line for each, line in zip(cells, lines, strict=True)}


def write(lines: Mapping[tuple[str, str], str], file: Path = FILE) -> None:
    """Write the whole table, in the order of families and names."""
    listed = (lines[key] for key in sorted(lines))
    file.write_text(HEAD + "\n".join(listed) + "\n", encoding="utf-8")


def written(line: Line) -> str:
    """Write a line of the table."""
    return f"| {' | '.join(cell or '-' for cell in line[:-1])} |"
