"""Write files whole or not at all, count the cores of this machine, and end quietly on
Ctrl-C while the command line starts.
"""

from ._begin import started as started
from ._cores import cores as cores
from ._files import atomic_file as atomic_file
from ._files import write_atomically as write_atomically
from ._files import write_together as write_together
