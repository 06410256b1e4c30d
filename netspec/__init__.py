"""netspec: one model spec, native code for every framework, and proof that they
agree.

Importing this package imports no framework; each is imported on first use.
"""
