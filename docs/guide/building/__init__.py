"""What pages of the guide are made from: other files, docstrings, commands."""
