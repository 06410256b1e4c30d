"""Follow training: what the reference expects of each step."""

from ._sharing import FOLDER as FOLDER
from ._sharing import share as share
from ._trajectory import Trajectory as Trajectory
from ._trajectory import exact as exact
from ._trajectory import expected as expected
from ._trajectory import trajectories as trajectories
