"""What the training loops of all frameworks share: settings, and a report."""

from __future__ import annotations

from types import TracebackType
from typing import NamedTuple, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Settings(NamedTuple):
    """How to train.

    Attributes:
        epochs: passes over the training images.
        batch: images in one step; a smaller rest of an epoch is left out.
        lr: learning rate of the first step; it falls linearly to zero.
        seed: of the order of the images and of dropout.
    """

    epochs: int = 3
    batch: int = 128
    lr: float = 0.1
    seed: int = 0


class Report:
    """A progress bar on a terminal and a line for each epoch everywhere.

    Args:
        settings: of the training.
        examples: number of training images.
    """

    def __init__(self, settings: Settings, examples: int) -> None:
        self.epochs = settings.epochs
        self.done = 0
        console = Console(highlight=False)
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        steps = settings.epochs * (examples // settings.batch)
        self._task = self._progress.add_task("training", total=steps)

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

    def epoch(self, loss: float, accuracy: float) -> None:
        """One more epoch is done: mean training loss (nats), test accuracy (0 to 1)."""
        self.done += 1
        self._progress.console.print(
            f"epoch {self.done} of {self.epochs}   training loss {loss:.3f}"
            f"   test accuracy {accuracy:.4f}"
        )
