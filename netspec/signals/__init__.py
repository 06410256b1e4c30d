"""Signal propagation: what becomes of activations and gradients by depth.

    report = netspec.probe(spec, "torch", ["he", "Normal(0.01)"])
    print(report["he"].verdict)

`probe` sends one batch through a net and one gradient back, in any backend, and gives a
`LayerSignal` for each layer and a verdict in words: healthy, vanishing, exploding or
overflow.
"""

from ._diagnosis import BAND as BAND
from ._idle import Idle as Idle
from ._idle import idle as idle
from ._jacobian import extremes as extremes
from ._moments import Moments as Moments
from ._moments import moments as moments
from ._plot import check_plot as check_plot
from ._probe import probe as probe
from ._report import ProbeReport as ProbeReport
from ._results import Diagnosis as Diagnosis
from ._results import LayerSignal as LayerSignal
from ._results import Propagation as Propagation
from ._results import SingularValues as SingularValues
from ._sparkline import sparkline as sparkline
