"""Run backends in separate processes."""

from ._interrupts import noted_interrupts as noted_interrupts
from ._isolated import Processes as Processes
from ._isolated import check_processes as check_processes
from ._isolated import isolated as isolated
