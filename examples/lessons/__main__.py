"""`make lessons`: run every lesson and write the guide, README.md, from what they find.

    python examples/lessons.py [NAME ...]

With names, such as chain for lesson_chain.py, only these run and nothing is written.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import lesson
from lesson import EXAMPLES, PLOTS, TEXTS, Claim

TEMPLATE, GUIDE = "guide.md.jinja", EXAMPLES / "README.md"
SLOW = {
    "lesson_batch_norm_limits",
    "lesson_classifiers",
    "lesson_dropout_mlp",
    "lesson_identity_mappings",
    "lesson_large_rates",
    "lesson_mlp100",
    "lesson_overflow",
    "lesson_residual_training",
    "lesson_standstill",
    "lesson_tanh",
    "lesson_validation",
    "lesson_weight_decay",
}
"""Lessons of more than 8 seconds, which `make test` leaves to `make lessons`."""

Claims = dict[str, list[Claim]]
"""What each lesson claimed, by the name of its script."""


def main() -> int:
    """Run lessons; the exit code."""
    every = lessons()
    named = [
        f"lesson_{Path(name).stem.removeprefix('lesson_')}" for name in sys.argv[1:]
    ]
    if unknown := [name for name in named if name not in every]:
        print(f"no {', '.join(unknown)}; there are {', '.join(every)}", file=sys.stderr)
        return 2
    claims = {name: run(name) for name in named or every}
    if named:
        return 0
    if empty := sections_without(claims):
        print(f"no lesson for {', '.join(empty)}", file=sys.stderr)
        return 1
    GUIDE.write_text(render(claims), encoding="utf-8")
    print(f"{sum(map(len, claims.values()))} claims hold; the guide is {GUIDE}")
    return 0


def lessons() -> list[str]:
    """The names of all lessons."""
    return sorted(path.stem for path in EXAMPLES.glob("lesson_*.py"))


def run(name: str) -> list[Claim]:
    """Run a lesson and give its claims.

    Raises:
        SystemExit: a claim does not hold.
    """
    print(f"{name}.py\n", flush=True)
    module, before, start = import_module(name), len(lesson.made), time.perf_counter()
    module.main()
    print(f"{name}.py took {time.perf_counter() - start:.0f} s\n", flush=True)
    return lesson.made[before:]


def sections_without(claims: Claims) -> list[str]:
    """Sections of the texts about which nothing was claimed."""
    claimed = {claim.section for made in claims.values() for claim in made}
    sections = [f"{text} {number}" for text in TEXTS for number in sections_of(text)]
    return [section for section in sections if section not in claimed]


def sections_of(text: str) -> dict[str, str]:
    """The titles of a text's sections, by number."""
    sections: dict[str, str] = TEXTS[text]["sections"]
    return sections


def render(claims: Claims) -> str:
    """The guide as Markdown."""
    environment = Environment(
        loader=FileSystemLoader(EXAMPLES / "lesson"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, and only what the lessons say
    )
    rows = [(name, claim) for name, made in claims.items() for claim in made]
    titles = {name: title(name) for name in claims}
    plots = {name: f"{name}.png" for name in claims if plot(name).is_file()}
    template = environment.get_template(TEMPLATE)
    return template.render(texts=TEXTS, rows=rows, titles=titles, plots=plots)


def title(name: str) -> str:
    """The first sentence of a lesson's docstring."""
    return str(import_module(name).__doc__).partition("\n\n")[0].replace("\n", " ")


def plot(name: str) -> Path:
    """Where a lesson draws."""
    return PLOTS / f"{name}.png"


if __name__ == "__main__":
    sys.exit(main())
