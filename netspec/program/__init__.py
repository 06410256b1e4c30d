"""Hold a model as a tree of calls, which is built into a live model or printed."""

from ._build import assemble as assemble
from ._build import build as build
from ._build import evaluate as evaluate
from ._build import resolve as resolve
from ._call import Call as Call
from ._call import Expr as Expr
from ._call import Items as Items
from ._call import Name as Name
from ._call import Program as Program
from ._call import call as call
from ._call import one as one
from ._call import walk as walk
from ._lowering import home as home
from ._lowering import is_alone as is_alone
from ._lowering import is_own as is_own
from ._lowering import lowering as lowering
from ._lowering import registrar as registrar
from ._lowering import terse as terse
from ._signatures import as_recorded as as_recorded
from ._signatures import attributes as attributes
from ._signatures import know as know
