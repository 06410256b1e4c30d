"""``netspec schema``: the JSON Schema of specs."""

from __future__ import annotations

import typer

from netspec.spec import documents, json_schema


def schema() -> None:
    """Print the JSON Schema of specs.

    An editor that reads it completes and checks YAML files whose first line is
    `# yaml-language-server: $schema=FILE`.
    """
    typer.echo(documents.to_json(json_schema()), nl=False)
