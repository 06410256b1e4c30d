"""The checks: each compares a subject with what it should be.

A check takes a `Subject` and yields pairs: what it compared, and a verdict. Its
docstring says what it proves.
"""

from __future__ import annotations

from ._base import MODES as MODES
from ._base import Check as Check
from ._base import Findings as Findings
from ._dropout import dropout
from ._errors import errors
from ._exported import Seen as Seen
from ._exported import run_exported as run_exported
from ._init_statistics import init_statistics
from ._init_values import init_values
from ._source import source
from ._step import gradients, outputs, state
from ._trained import trained
from ._training import training

CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        outputs,
        gradients,
        state,
        trained,
        training,
        dropout,
        init_statistics,
        init_values,
        source,
        errors,
    )
}

# Run on every layer of a net alone, too: whole nets hide half of the bugs
ALONE = frozenset({"outputs", "gradients", "state"})
