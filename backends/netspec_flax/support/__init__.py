"""Modules and functions that Flax NNX does not have, or not with this meaning. An
exported file carries those that it uses.

Images are channels last, (batch, height, width, channels), as in all of Flax. Names of
arguments are Flax's own.
"""
