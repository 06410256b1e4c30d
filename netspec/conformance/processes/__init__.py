"""Run backends outside this process, where a crash or a hang of one is a verdict."""

from ._apart import Processes as Processes
from ._apart import check_processes as check_processes
from ._apart import run_apart as run_apart
from ._dask import cluster as cluster
from ._interrupts import noted_interrupts as noted_interrupts
from ._lane import Lane as Lane
from ._process import HungError as HungError
from ._process import LostError as LostError
