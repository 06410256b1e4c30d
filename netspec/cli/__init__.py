"""The command line: one file for each command.

Exit codes: 0 good, 1 a check failed or a model cannot be imported, 2 bad input, 3
nothing failed but not everything is decided. Bad input gives a line that starts with
``error:``, one for each mistake of a file, never a traceback.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated, cast

import typer

from netspec.cli._backends import backends
from netspec.cli._certify import certify
from netspec.cli._conform import conform
from netspec.cli._differences import differences
from netspec.cli._explain import explain
from netspec.cli._export import export
from netspec.cli._fuzz import fuzz
from netspec.cli._imports import import_all
from netspec.cli._init import init
from netspec.cli._layers import layers
from netspec.cli._probe import probe
from netspec.cli._record import record
from netspec.cli._schema import schema
from netspec.cli._show import show
from netspec.cli._site import site
from netspec.cli._tables import printable
from netspec.cli.importing import import_model
from netspec.errors import (
    LONGEST,
    ImportProblem,
    NetspecError,
    SpecError,
    excerpt,
    said,
    shorten,
)

FAILED, BAD_INPUT, INTERRUPTED, CLOSED_PIPE = 1, 2, 130, 141
MOST_PROBLEMS = 50  # of a file that are printed
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}

COMPLETING = "_NETSPEC_COMPLETE"  # set by the shell, which asks how a word goes on

# Typer does not name it, and has carried its own copy of Click since 0.26
UsageError = cast(type[Exception], typer.BadParameter.__bases__[0])

app = typer.Typer(
    name="netspec",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    show,
    layers,
    schema,
    init,
    export,
    conform,
    certify,
    record,
    fuzz,
    probe,
    backends,
    differences,
    explain,
    site,
):
    app.command()(command)
app.command("import")(import_model)


def _print_version(asked: bool) -> None:
    if asked:
        import netspec

        typer.echo(f"netspec {netspec.__version__}")
        raise typer.Exit


@app.callback(
    help="One model spec, native code for every framework, and proof that they agree."
)
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
    modules: Annotated[
        list[str] | None,
        typer.Option(
            "--import",
            metavar="MODULE",
            help="Python with layers of your own; may be repeated.",
        ),
    ] = None,
) -> None:
    """Read the options that stand before a command."""
    if modules:
        import_all(modules)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code.

    Args:
        arguments: words after ``netspec``; those of this process if None.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name may not fit the locale
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments)))


def _run(arguments: list[str]) -> int:
    try:
        code = app(arguments or ["--help"], prog_name="netspec", standalone_mode=False)
        if sys.stdout is not None:  # as it is after `>&-`
            sys.stdout.flush()
    except (SpecError, ImportProblem) as error:
        code = FAILED if isinstance(error, ImportProblem) else BAD_INPUT
        return _refuse(*error.lines(), code=code)
    except (NetspecError, UsageError) as error:
        return _refuse(_worded(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _end_of_pipe()
    except SystemExit as error:
        return _left(error, arguments)
    except OSError as error:
        return _refuse(_cause(error))
    except MemoryError:
        return _refuse("out of memory; make the layers smaller")
    return code or 0


def _left(error: SystemExit, arguments: list[str]) -> int:
    """Tell Typer's own ways out from those of code that a spec imports."""
    if isinstance(error.__context__, BrokenPipeError):
        return _end_of_pipe()
    asked = arguments[0] if arguments else ""
    if COMPLETING in os.environ or asked.endswith("-completion"):
        return int(error.code or 0)
    return _refuse(f"code of yours called sys.exit({shorten(error.code)})")


def _end_of_pipe() -> int:
    """Let nothing be written when Python closes the stream: the reader has gone."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED_PIPE


def _cause(error: OSError) -> str:
    """Word an error of the system by what it is about: a file; else the output, if it
    is one of writing.
    """
    reason = error.strerror or said(error)
    if error.filename is not None:
        return f"{error.filename}: {reason}"
    writing = error.errno in UNWRITABLE
    return f"the output cannot be written: {reason}" if writing else reason


def _worded(error: Exception) -> str:
    # a usage error of Typer words itself in format_message
    return getattr(error, "format_message", error.__str__)()


def _refuse(*problems: str, code: int = BAD_INPUT) -> int:
    for problem in problems[:MOST_PROBLEMS]:
        line = " ".join(excerpt(problem, LONGEST).splitlines())
        typer.echo(f"error: {printable(line)}", err=True)
    if more := len(problems[MOST_PROBLEMS:]):
        typer.echo(f"error: ... and {more} more", err=True)
    return code
