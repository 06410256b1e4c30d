"""Write a script that shows a failure again: short, and complete by itself.

Names of specs, backends and classes are data: they are written as literals, so that
nothing in them is run.
"""

from __future__ import annotations

import json

from netspec.conformance._modules import modules_of
from netspec.conformance._subject import Subject
from netspec.contract import Backend
from netspec.contract import backend as find
from netspec.contract import backends as registered

SCRIPT = '''\
"""{title}

python this_file.py prints {prints}: used/allowed above 1 is too far.
"""

{setting}
subject = Subject(backend, spec, {dtype!r}, seed={seed}, alone={alone}{place})
{end}
'''

SETTING = '''\
import json

{imports}

SPEC = """
{spec}
"""

backend = {backend}
spec = netspec.Spec.from_dict(json.loads(SPEC))\
'''

CHECK = """\
with subject.quickly():
    for what, verdict in CHECKS[{check!r}](subject):
        print(f"{{what}}: {{verdict}}")"""


def script(subject: Subject, mode: str = "", check: str = "") -> str:
    """Write a script that compares a subject with the reference.

    Args:
        subject: what failed.
        mode: ``"evaluation"`` or ``"training"``, to run one step in it.
        check: name of the check to run, where no mode is given.
    """
    if mode:
        prints, needed = "every tensor of one step", "Subject"
        end = f"print(subject.agreement(train={mode == 'training'}))"
    else:
        prints, needed = "all that the check compares", "CHECKS, Subject"
        end = CHECK.format(check=check)
    named = _in_docstring(subject.backend.name)
    return SCRIPT.format(
        title=f"{named} against the reference: {mode or check}, {subject.dtype}.",
        prints=prints,
        setting=setting(subject, f"netspec.conformance import {needed}"),
        dtype=subject.dtype,
        seed=subject.seed,
        alone=subject.alone,
        place=_place(subject),
        end=end,
    )


def _place(subject: Subject) -> str:
    given = {"device": subject.device, "weights": subject.weights}
    return "".join(f", {name}={held!r}" for name, held in given.items() if held)


def setting(subject: Subject, *needed: str) -> str:
    """Write the lines that import what a script needs, and define its ``backend`` and
    ``spec``.

    A backend that is not registered, and layers and initializers of a user, are
    imported from the modules of their classes.

    Args:
        subject: has the backend and the spec.
        needed: what else is imported, such as ``"netspec.conformance import Subject"``.
    """
    own, made = _backend(subject.backend.own)
    document = subject.spec.to_dict()
    imports = [f"import {module}" for module in ("netspec", *modules_of([document]))]
    return SETTING.format(
        imports="\n".join([*imports, *(f"from {one}" for one in needed), *own]),
        spec=json.dumps(document, ensure_ascii=True).replace("\\", r"\\"),
        backend=made,
    )


def _backend(backend: Backend) -> tuple[list[str], str]:
    """Return what to import, and the expression that gives a backend."""
    name, kind = backend.name, type(backend)
    if name in registered() and find(name) is backend:
        return [], f"netspec.backend({name!r})"
    if importable(kind):
        return [f"from {kind.__module__} import {kind.__name__}"], f"{kind.__name__}()"
    return [], f"...  # {kind.__name__!a}, declared where nothing can import it"


def importable(kind: type) -> bool:
    """Tell whether a class can be imported from its module, by its name."""
    words = [*kind.__module__.split("."), kind.__qualname__]
    return kind.__module__ != "__main__" and all(map(str.isidentifier, words))


def _in_docstring(name: str) -> str:
    """Escape a name so that a docstring shows it, and nothing of it is run."""
    return ascii(name)[1:-1].replace('"', r"\"")
