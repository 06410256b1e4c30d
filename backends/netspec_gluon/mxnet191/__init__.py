"""Work around MXNet 1.9.1, the last release, on today's NumPy and Python."""
