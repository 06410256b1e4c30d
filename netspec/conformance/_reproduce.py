"""Write a script that shows a failure again: short, and complete by itself."""

from __future__ import annotations

import json

from netspec.conformance._modules import modules_of
from netspec.conformance._subject import Subject
from netspec.contract import Backend
from netspec.contract import backend as find
from netspec.contract import backends as registered

SCRIPT = '''\
"""{title}

python this_file.py prints every tensor of one step: used/allowed above 1 is too far.
"""

import json

{imports}

SPEC = """
{spec}
"""

backend = {backend}
spec = netspec.Spec.from_dict(json.loads(SPEC))
subject = Subject(backend, spec, {dtype!r}, seed={seed}, alone={alone}{place})
print(subject.agreement(train={train}))
'''


def script(subject: Subject, train: bool) -> str:
    """Write a script that compares a subject with the reference, in one mode.

    A backend that is not registered, and layers and initializers of a user, are
    imported from the modules of their classes.
    """
    own, made = _backend(subject.backend)
    document = subject.spec.to_dict()
    imports = [f"import {module}" for module in ("netspec", *modules_of([document]))]
    mode = "training" if train else "evaluation"
    return SCRIPT.format(
        title=f"{subject.backend.name} against the reference: {mode}, {subject.dtype}.",
        imports="\n".join([*imports, CONFORMANCE, *own]),
        spec=json.dumps(document, ensure_ascii=True).replace("\\", r"\\"),
        backend=made,
        dtype=subject.dtype,
        seed=subject.seed,
        alone=subject.alone,
        place=f", device={subject.device!r}" if subject.device else "",
        train=train,
    )


CONFORMANCE = "from netspec.conformance import Subject"


def _backend(backend: Backend) -> tuple[list[str], str]:
    """Return what to import, and the expression that gives a backend."""
    if backend.name in registered() and find(backend.name) is backend:
        return [], f"netspec.backend({backend.name!r})"
    kind = type(backend)
    return [f"from {kind.__module__} import {kind.__name__}"], f"{kind.__name__}()"
