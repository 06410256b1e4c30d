"""Signal propagation: what becomes of activations and gradients by depth.

    report = netspec.probe(spec, "torch", ["he", "Normal(0.01)"])
    print(report["he"].verdict)

`probe` sends one batch through a net and one gradient back, in any backend, and gives a
`Row` for each layer and a verdict in words: healthy, vanishing, exploding, overflow.
"""

from netspec.probe.idle import Idle, idle
from netspec.probe.moments import Moments
from netspec.probe.report import ProbeReport, Propagation, Row, SingularValues, Verdict
from netspec.probe.run import probe
from netspec.probe.trace import Trace, TracingBackend

__all__ = [
    "Idle",
    "Moments",
    "ProbeReport",
    "Propagation",
    "Row",
    "SingularValues",
    "Trace",
    "TracingBackend",
    "Verdict",
    "idle",
    "probe",
]
