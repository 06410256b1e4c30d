"""Declare frozen, strictly checked data: fields, rules, registries.

A small library that can be used alone; its README shows it without any neural network.
"""

from ._documents import MAX_DEPTH as MAX_DEPTH
from ._documents import decode as decode
from ._documents import encode as encode
from ._documents import expect_mapping as expect_mapping
from ._documents import instance_of as instance_of
from ._fields import Declared as Declared
from ._fields import Field as Field
from ._fields import declare as declare
from ._fields import fields_of as fields_of
from ._frozen import FrozenDict as FrozenDict
from ._meanings import meanings_of as meanings_of
from ._parameter import Parameter as Parameter
from ._parameter import affine as affine
from ._parameter import bias_of as bias_of
from ._parameter import kernel as kernel
from ._registry import Registry as Registry
from ._registry import tagged as tagged
