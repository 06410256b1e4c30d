"""State what a backend is, find the registered ones, and guard what they are given.

`Backend` is the protocol; a class of your own may derive from `GuardedBackend`, which
checks every argument and leaves it small hooks.
"""

from ._compile import compile as compile
from ._compile import export as export
from ._guards import check_arguments as check_arguments
from ._guards import check_cotangent as check_cotangent
from ._guards import check_input as check_input
from ._guards import check_training_batch as check_training_batch
from ._guards import has_dtype as has_dtype
from ._guards import least_batch as least_batch
from ._guards import smallest_vocabulary as smallest_vocabulary
from ._numerics import Numerics as Numerics
from ._protocol import Array as Array
from ._protocol import Arrays as Arrays
from ._protocol import Backend as Backend
from ._protocol import ListingBackend as ListingBackend
from ._protocol import Observer as Observer
from ._protocol import Step as Step
from ._registry import Availability as Availability
from ._registry import backend as backend
from ._registry import backends as backends
from ._trace import Trace as Trace
from ._trace import TracingBackend as TracingBackend
from ._training import Loss as Loss
from ._training import Method as Method
from ._training import Optimizer as Optimizer
from ._training import Trained as Trained
from ._training import check_training as check_training
