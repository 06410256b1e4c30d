"""Modules that PyTorch does not have. An exported file carries those that it uses."""
