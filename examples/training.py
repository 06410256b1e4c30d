"""What the training loops of all frameworks share: settings, the order of the images,
and a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Settings(NamedTuple):
    """How to train: SGD with Nesterov momentum, or Adam; the rate falls linearly.

    Attributes:
        epochs: passes over the training images.
        batch: images in one step; a smaller rest of an epoch is left out.
        lr: learning rate of the first step.
        seed: of the order of the images and of dropout.
        momentum: of SGD, weight of the old velocity; 0 is plain SGD.
        end_factor: the learning rate falls to this fraction of `lr`; 1 is constant.
        adam: whether to train by Adam, with the numbers of its paper.
    """

    epochs: int = 3
    batch: int = 128
    lr: float = 0.1
    seed: int = 0
    momentum: float = 0.9
    end_factor: float = 0.0
    adam: bool = False

    def steps(self, examples: int) -> int:
        """Count the steps in one epoch."""
        return examples // self.batch

    def epochs_of_batches(self, examples: int) -> Iterator[NDArray[np.int64]]:
        """Yield the rows of every batch, (steps, batch), for one epoch after the other,
        alike in every framework.
        """
        random, steps = np.random.default_rng(self.seed), self.steps(examples)
        for _ in range(self.epochs):
            order = random.permutation(examples)[: steps * self.batch]
            yield order.reshape(steps, self.batch)


class Report:
    """What a training loop tells: a progress bar on a terminal, a line for each epoch
    everywhere.

    Args:
        label: what is trained.
        settings: of the training.
        examples: number of training examples.
        quiet: print nothing.

    Attributes:
        losses: mean training loss of every step so far, in nats.
        accuracy: the last one on the test data, 0 to 1.
    """

    def __init__(
        self, label: str, settings: Settings, examples: int, quiet: bool = False
    ) -> None:
        self.losses: list[float] = []
        self.accuracy = 0.0
        self._label, self._epochs, self._done = label, settings.epochs, 0
        console = Console(highlight=False, quiet=quiet)
        self._progress = Progress(
            TextColumn(label),
            BarColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        steps = settings.epochs * settings.steps(examples)
        self._task = self._progress.add_task(label, total=steps)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def step(self) -> None:
        """One more step is done."""
        self._progress.advance(self._task)

    def epoch(self, losses: Sequence[Any], accuracy: float) -> None:
        """One more epoch is done, with these losses and this test accuracy."""
        self.losses += map(float, losses)
        self.accuracy = accuracy
        self._done += 1
        self._progress.console.print(
            f"{self._label}: epoch {self._done} of {self._epochs}"
            f"   training loss {np.mean(self.losses[-len(losses) :]):.3f}"
            f"   test accuracy {accuracy:.4f}"
        )
