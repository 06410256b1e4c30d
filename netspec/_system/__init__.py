"""Write files whole or not at all, name and compare them, ask what this machine has:
cores, memory, and end quietly on Ctrl-C while the command line starts.
"""

from ._allocator import keep_memory as keep_memory
from ._begin import started as started
from ._cores import cores as cores
from ._files import atomic_file as atomic_file
from ._files import write_atomically as write_atomically
from ._files import write_together as write_together
from ._memory import check_fits as check_fits
from ._paths import check_apart as check_apart
from ._paths import file_name as file_name
from ._paths import shown_path as shown_path
