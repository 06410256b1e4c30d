"""Declare every layer, one file per family."""

from ._activations import AlongAxis as AlongAxis
from ._activations import Elementwise as Elementwise
from ._base import LAYERS as LAYERS
from ._base import Chain as Chain
from ._base import Container as Container
from ._base import Layer as Layer
from ._base import Parametric as Parametric
from ._base import layer as layer
from ._base import resolve_axes as resolve_axes
from ._base import resolve_axis as resolve_axis
from ._containers import CHAIN as CHAIN
from ._conv import Conv as Conv
from ._conv import conv_padding as conv_padding
from ._facts import Array as Array
from ._facts import Shape as Shape
from ._families import *
from ._parts import Crop as Crop
from ._pooling import AvgPool as AvgPool
from ._pooling import GlobalPool as GlobalPool
from ._pooling import MaxPool as MaxPool
from ._pooling import Pool as Pool
from ._pooling import pool_padding as pool_padding
from ._pooling import pool_stride as pool_stride
from ._shape import Pad as Pad
from ._spellings import contained as contained
from ._spellings import joined as joined
from ._spellings import opened as opened
from ._spellings import reshaped as reshaped
from ._spellings import sequence_of as sequence_of
from ._spellings import spelled as spelled
from ._spellings import whole as whole
