"""State what a backend is, find the registered ones, and guard what they are given.

`Backend` is the protocol, and each optional ability is a protocol of its own:
`NumericsBackend`, `DeviceBackend`, `DtypesBackend`, `QuickBackend`, `SeededBackend`,
`FilesBackend`, `ListingBackend`, `ObserverBackend`, `OriginalBackend`,
`TracingBackend`, `TrainingBackend`; a `LackingBackend` says what it lacks. A class of
your own may derive from `GuardedBackend`, and for its abilities from `GuardedFiles`,
`GuardedListing`, `GuardedTracing` and `GuardedTraining`: they check every argument and
leave it small hooks. So may `OriginalSubject`, a model that netspec did not make.
"""

from ._abilities import DeviceBackend as DeviceBackend
from ._abilities import DtypesBackend as DtypesBackend
from ._abilities import FilesBackend as FilesBackend
from ._abilities import KeepingBackend as KeepingBackend
from ._abilities import LackingBackend as LackingBackend
from ._abilities import ListingBackend as ListingBackend
from ._abilities import NumericsBackend as NumericsBackend
from ._abilities import Observer as Observer
from ._abilities import ObserverBackend as ObserverBackend
from ._abilities import QuickBackend as QuickBackend
from ._abilities import SeededBackend as SeededBackend
from ._abilities import TracingBackend as TracingBackend
from ._abilities import TrainingBackend as TrainingBackend
from ._abilities import dtypes_of as dtypes_of
from ._compile import compile as compile
from ._compile import export as export
from ._fit import Mode as Mode
from ._guarded import GuardedBackend as GuardedBackend
from ._guarded import GuardedFiles as GuardedFiles
from ._guarded import GuardedListing as GuardedListing
from ._guarded import GuardedTracing as GuardedTracing
from ._guarded import GuardedTraining as GuardedTraining
from ._guards import check_arguments as check_arguments
from ._guards import check_array as check_array
from ._guards import check_cotangent as check_cotangent
from ._guards import check_flag as check_flag
from ._guards import check_input as check_input
from ._guards import check_spec as check_spec
from ._guards import check_training_batch as check_training_batch
from ._guards import has_dtype as has_dtype
from ._guards import least_batch as least_batch
from ._guards import smallest_vocabulary as smallest_vocabulary
from ._handed import Handed as Handed
from ._handed import HandlingError as HandlingError
from ._handed import handed as handed
from ._handed import name_of as name_of
from ._numerics import Numerics as Numerics
from ._originals import Original as Original
from ._originals import OriginalBackend as OriginalBackend
from ._originals import OriginalSubject as OriginalSubject
from ._originals import part_of as part_of
from ._protocol import Array as Array
from ._protocol import Arrays as Arrays
from ._protocol import Backend as Backend
from ._protocol import Step as Step
from ._registry import Availability as Availability
from ._registry import backend as backend
from ._registry import backends as backends
from ._registry import named as named
from ._registry import writer as writer
from ._registry import writes_alone as writes_alone
from ._texts import Texts as Texts
from ._texts import Writer as Writer
from ._texts import engine as engine
from ._trace import Trace as Trace
from ._training import Loss as Loss
from ._training import Method as Method
from ._training import Optimizer as Optimizer
from ._training import Trained as Trained
from ._training import Training as Training
from ._training import Watcher as Watcher
from ._training import check_training as check_training
