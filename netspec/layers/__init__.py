"""Declare every layer, one file per family."""

from ._activations import AlongAxis as AlongAxis
from ._activations import Elementwise as Elementwise
from ._adaptive import AdaptiveAvgPool as AdaptiveAvgPool
from ._adaptive import AdaptiveMaxPool as AdaptiveMaxPool
from ._adaptive import adaptive_windows as adaptive_windows
from ._base import INPUT as INPUT
from ._base import LAYERS as LAYERS
from ._base import Chain as Chain
from ._base import Container as Container
from ._base import Layer as Layer
from ._base import Parametric as Parametric
from ._base import ShownDropout as ShownDropout
from ._base import layer as layer
from ._base import resolve_axes as resolve_axes
from ._base import resolve_axis as resolve_axis
from ._containers import CHAIN as CHAIN
from ._conv import Conv as Conv
from ._conv import conv_padding as conv_padding
from ._facts import Array as Array
from ._facts import Shape as Shape
from ._families import *
from ._global_pools import GlobalPool as GlobalPool
from ._merge import MERGES as MERGES
from ._merge import merged as merged
from ._parts import Crop as Crop
from ._pooling import AvgPool as AvgPool
from ._pooling import MaxPool as MaxPool
from ._pooling import Pool as Pool
from ._pooling import pool_padding as pool_padding
from ._pooling import pool_reach as pool_reach
from ._pooling import pool_spans as pool_spans
from ._pooling import pool_stride as pool_stride
from ._shape import Pad as Pad
from ._spatial import Ends as Ends
from ._spatial import symmetric as symmetric
from ._upsample import Upsample as Upsample
