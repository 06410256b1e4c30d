"""Define what a spec means: a float64 interpreter with derivatives written by hand.

It shares nothing with the lowerings of the backends that it judges. Forward and
vector-Jacobian product of every layer are checked against central differences.
"""

from ._arithmetic import Arithmetic as Arithmetic
from ._arithmetic import Exact as Exact
from ._arithmetic import Perturbed as Perturbed
from ._decisions import Choices as Choices
from ._decisions import Decide as Decide
from ._decisions import Decision as Decision
from ._decisions import Free as Free
from ._decisions import Record as Record
from ._decisions import Replay as Replay
from ._evaluation import Pullback as Pullback
from ._evaluation import Run as Run
from ._evaluation import Scalars as Scalars
from ._evaluation import Scope as Scope
from ._evaluation import Watch as Watch
from ._evaluation import exact_scalar as exact_scalar
from ._evaluation import forward as forward
from ._interpreter import evaluate as evaluate
from ._interpreter import gathered as gathered
from ._join import Split as Split
from ._join import join as join
from ._losses import cross_entropy as cross_entropy
from ._losses import mse as mse
from ._model import ReferenceModel as ReferenceModel
from ._model import mask_generator as mask_generator
from ._model import reference_model as reference_model
from ._optimizers import Descent as Descent
from ._step import step as step
from ._step import trace as trace
from ._training import Learner as Learner
from ._training import Slope as Slope
from ._training import slope as slope
from ._training import train as train
