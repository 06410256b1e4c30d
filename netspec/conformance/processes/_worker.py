"""Check backends for another process.

A worker reads requests from standard input, each a line of JSON: ``modules``, those
that declare a user's layers, ``specs``, ``backend``, ``dtypes``, ``checks``, ``seed``,
``device``, ``skip``, the number of units to leave out, and ``failing``, those of them
that failed, with a mode. For each request it writes lines of JSON to standard output:
first the list of all units, then the results of each, then where models diverge, and
null. Everything else that is printed goes to standard error. Ctrl-C is left to the
process that started the worker.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from typing import Any

from netspec.conformance._plan import plan
from netspec.conformance._units import run_all
from netspec.conformance.report import Done, encode_row
from netspec.spec import Spec


def main() -> None:
    """Serve requests until there are no more."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as in the background
        # ignored here, but unlike SIG_IGN not by its children
        signal.signal(signal.SIGINT, lambda *_: None)
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as lines:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        if hasattr(os, "register_at_fork"):
            # otherwise the reader would also wait for children to end
            os.register_at_fork(after_in_child=lines.close)
        for line in sys.stdin:
            for document in answer(json.loads(line)):
                print(json.dumps(document), file=lines, flush=True)


def answer(request: dict[str, Any]) -> Iterator[Any]:
    """Yield the documents that answer a request."""
    for module in request["modules"]:
        import_module(module)
    specs = [Spec.from_dict(document) for document in request["specs"]]
    chosen = (
        request[name] for name in ("backend", "dtypes", "checks", "seed", "device")
    )
    units = plan(specs, *chosen)
    yield [(*one.key, one.subject.spec.name, one.subject.dtype) for one in units]
    failed = reversed(request["failing"])  # the first mode counts
    failing = {units[place].subject: mode for place, mode in failed}
    for event in run_all(units[request["skip"] :], failing):
        if isinstance(event, Done):
            yield {**event._asdict(), "rows": [encode_row(row) for row in event.rows]}
        else:
            yield asdict(event)
    yield None
