"""Read the first weights to compare: by name, or as initializers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from netspec.errors import NetspecError, SpecError, nearest, shorten
from netspec.init import INITIALIZERS, PRESETS, Initializer, InitPolicy

OWN = "spec"

Init: TypeAlias = str | Initializer | InitPolicy
"""The name of a preset; ``"spec"`` for the policy of the spec; an initializer of
weights (biases start at 0), as an object or as its repr, such as ``"Normal(0.01)"``; or
a policy.
"""

Inits: TypeAlias = Init | Iterable[Init] | Mapping[str, Init] | None


def policies(inits: Inits, own: InitPolicy) -> dict[str, InitPolicy]:
    """Return the policies to compare, by label.

    Args:
        inits: several, or one; None for the policy of the spec.
        own: the policy of the spec.

    Raises:
        NetspecError: there is nothing to compare, or something that is no `Init`.
    """
    if inits is None or isinstance(inits, str | Initializer | InitPolicy):
        inits = [OWN if inits is None else inits]
    labels = inits if isinstance(inits, Mapping) else {_label(x): x for x in inits}
    if not labels:
        raise NetspecError("inits must have at least one; None is the spec's own")
    return {label: _policy(init, own) for label, init in labels.items()}


def _label(init: Init) -> str:
    return init if isinstance(init, str) else repr(init)


def _policy(init: object, own: InitPolicy) -> InitPolicy:
    if isinstance(init, InitPolicy):
        return init
    if isinstance(init, Initializer):
        return InitPolicy(init)
    if not isinstance(init, str):
        raise NetspecError(
            "an init must be a name, an initializer or an InitPolicy, received"
            f" {shorten(init)}"
        )
    if init == OWN:
        return own
    return PRESETS[init] if init in PRESETS else InitPolicy(_read(init))


def _read(text: str) -> Initializer:
    """Make an initializer from its repr; a name alone has no arguments."""
    name, args, kwargs = _parts(text)
    if name not in INITIALIZERS:
        known = dict.fromkeys([OWN, *PRESETS, *INITIALIZERS])
        raise NetspecError(f"unknown init {shorten(name)}{nearest(name, known)}")
    try:
        return INITIALIZERS[name](*args, **kwargs)
    except SpecError as error:
        raise NetspecError(f"init {text}: {error}") from None
    except TypeError as error:  # arguments are unknown or missing
        reason = str(error).partition(" ")[2]
        raise NetspecError(f"init {text}: {name} {reason}") from None


def _parts(text: str) -> tuple[str, list[Any], dict[str, Any]]:
    """Split a call into name and arguments; only literals are evaluated."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        call = tree if isinstance(tree, ast.Call) else ast.Call(tree, [], [])
        args = [ast.literal_eval(arg) for arg in call.args]
        named = {
            word.arg or "**": ast.literal_eval(word.value) for word in call.keywords
        }
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _unreadable(text) from None
    if not isinstance(call.func, ast.Name):
        raise _unreadable(text)
    return call.func.id, args, named


def _unreadable(text: str) -> NetspecError:
    return NetspecError(
        f"init {shorten(text)} reads neither as a preset ({', '.join(PRESETS)}) nor as"
        " an initializer, such as 'Normal(0.01)' or 'XavierUniform(gain=1.6667)'"
    )
