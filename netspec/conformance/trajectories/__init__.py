"""Predict training: the losses and parameters that the reference expects."""

from ._sharing import FOLDER as FOLDER
from ._sharing import share as share
from ._trajectory import Trajectory as Trajectory
from ._trajectory import exact as exact
from ._trajectory import expected as expected
from ._trajectory import trajectories as trajectories
