"""Import models that others built and trained: a spec, its weights, and what each was
called.

A reader turns a model into a `Reading`, values that are made from values; all else is
here and knows no framework: one spelling of each layer, the tree of containers, the
submodules that come back, and the names. A model is imported as a whole or not at all:
`ImportProblem` lists everything that stands in the way.
"""

from netspec._system import check_fits as check_fits
from netspec.errors import ImportProblem as ImportProblem
from netspec.errors import Obstacle as Obstacle

from ._adopt import Adopted as Adopted
from ._adopt import adopt as adopt
from ._adopt import adopted as adopted
from ._example import Example as Example
from ._example import example_of as example_of
from ._example import shape_of as shape_of
from ._files import load as load
from ._files import load_names as load_names
from ._graph import INPUT as INPUT
from ._graph import Item as Item
from ._graph import Join as Join
from ._graph import Reading as Reading
from ._graph import Weight as Weight
from ._imported import Imported as Imported
from ._imported import imported as imported
from ._masks import window_of as window_of
from ._normal import normal as normal
from ._operation import Made as Made
from ._operation import Operation as Operation
from ._operation import Refusal as Refusal
from ._operation import register as register
from ._recorder import Recorder as Recorder
from ._rewrites import live as live
from ._sources import ReadingBackend as ReadingBackend
from ._sources import gluon as gluon
from ._sources import mxnet as mxnet
from ._sources import onnx as onnx
from ._sources import torch as torch
from ._stores import StateBackend as StateBackend
from ._values import NOTHING as NOTHING
from ._values import Loose as Loose
from ._values import Lost as Lost
from ._values import Passed as Passed
from ._values import Piled as Piled
from ._values import Signal as Signal
from ._values import Value as Value
from ._values import flat as flat
