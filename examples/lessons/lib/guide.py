"""The guide, README.md: what each section claims, and what its lessons measured."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import netspec
from lessons.lib import FRAMEWORKS, LESSONS, PLOTS, TEXTS, Claim
from lessons.lib.images import images
from lessons.lib.running import module

TEMPLATE, GUIDE = "guide.md.jinja", LESSONS / "README.md"

Claims = dict[str, list[Claim]]
"""What each lesson claimed, by its name."""


def sections_without(claims: Claims) -> list[str]:
    """List the sections of the texts about which nothing was claimed."""
    claimed = {claim.section for made in claims.values() for claim in made}
    sections = [f"{text} {number}" for text in TEXTS for number in sections_of(text)]
    return [section for section in sections if section not in claimed]


def sections_of(text: str) -> dict[str, str]:
    """Return the titles of a text's sections, by number."""
    sections: dict[str, str] = TEXTS[text]["sections"]
    return sections


def render(claims: Claims, on: str) -> str:
    """Write the guide as Markdown.

    Args:
        claims: of each lesson.
        on: the frameworks and data with which they were measured.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, and only what the lessons say
    )
    rows = [(name, claim) for name, made in claims.items() for claim in made]
    titles = {name: title(name) for name in claims}
    plots = {name: plot(name).name for name in claims if plot(name).is_file()}
    template = environment.get_template(TEMPLATE)
    return template.render(texts=TEXTS, rows=rows, titles=titles, plots=plots, on=on)


def measured_on() -> str:
    """Name the frameworks with their versions, and the images."""
    found = netspec.backends()
    versions = [f"{name} {found[name].version}" for name in FRAMEWORKS]
    return ", ".join([*versions, images().name])


def title(name: str) -> str:
    """Return the first sentence of a lesson's docstring."""
    return str(module(name).__doc__).partition("\n\n")[0].replace("\n", " ")


def plot(name: str) -> Path:
    """Return where a lesson draws."""
    return PLOTS / f"{name.partition('/')[2]}.png"
