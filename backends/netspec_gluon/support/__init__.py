"""Blocks and initializers that Gluon does not have, or has with an error. An exported
file carries those that it uses. Every block hybridizes: no shape is read from an array.
"""
