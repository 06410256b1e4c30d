"""Follow a backend in training: predict each step from where the backend is."""

from ._follow import Follower as Follower
from ._recipes import STEPS as STEPS
from ._recipes import Recipe as Recipe
from ._run import TrainingRun as TrainingRun
from ._run import training_runs as training_runs
from ._unwatched import judge_unwatched as judge_unwatched
