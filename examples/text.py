"""Train a small GPT on real text, character by character, in PyTorch and in JAX.

    python examples/text.py
    python examples/text.py --backend jax --epochs 10 -o gpt.safetensors
    python examples/text.py --spec gpt.yaml && netspec probe gpt.yaml

The net is GPT-2's of nets/gpt.py at a sixth of its width, with two of its blocks; the
text is what Python's `help()` says of the language (prose.py). Both frameworks start
from the same weights. First, fifty steps without dropout in each dtype show how far
their losses are apart; then each trains on its own, with dropout, and writes.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np

import netspec
from data import Array
from fashion_mnist import check_output, natural, positive, save
from nets import gpt2
from netspec import NetspecError
from prose import Prose, cut, topics
from trainers import TRAINERS, Task, train, usable
from training import Settings

BOTH = ("torch", "jax")
STEPS = 50
LIMITS = {"float32": 1e-3, "float64": 1e-9}  # of the distance of any step's loss
LENGTH = 64  # tokens in a window
START = "The "
COUNT = 200  # characters to write
TEMPERATURE = 0.7  # divides the logits: less is more careful


def main() -> int:
    """Exit code: 0 trained, 1 too far apart, 2 bad input, 130 interrupted."""
    try:
        return run(arguments())
    except NetspecError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted; no file was left half-written", file=sys.stderr)
        return 130


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--backend", choices=[*TRAINERS, "both"], default="both")
    parser.add_argument("--epochs", type=natural, default=3)
    parser.add_argument("--batch", type=natural, default=32)
    parser.add_argument("--lr", type=positive, default=0.002)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", default=START, help="of what the net writes")
    parser.add_argument(
        *("-o", "--output"),
        type=Path,
        help="where spec and weights go, if anywhere; with both, of the last one",
    )
    parser.add_argument(
        "--spec", type=Path, help="write the spec there, and train nothing"
    )
    return parser.parse_args()


def run(args: argparse.Namespace) -> int:
    """Compare, train, write.

    Raises:
        NetspecError: a backend, the start or the output cannot be used.
    """
    for path in filter(None, (args.output, args.spec)):
        check_output(path)
    prose = cut(topics(), LENGTH)
    if args.spec:
        small_gpt(len(prose.alphabet)).save(args.spec)
        return 0
    prose.tokens(args.start)
    settings = Settings(
        args.epochs, args.batch, args.lr, args.seed, end_factor=0.1, adam=True
    )
    task = begin(prose, small_gpt(len(prose.alphabet)), settings)
    backends = list(BOTH) if args.backend == "both" else [args.backend]
    near = len(backends) == 1 or compare(usable(backends, task.spec, LIMITS), task)
    for backend in backends:
        training = train(backend, task)
        print(f"\n{write(backend, task.spec, training.params, prose, args.start)}\n")
    if args.output:
        save(args.output, task.spec, training)
    return 0 if near else 1


def small_gpt(characters: int) -> netspec.Spec:
    """GPT-2 with 128 channels, 4 heads and 2 blocks."""
    return gpt2((LENGTH,), characters, 1 / 6, heads=4, blocks=2, positions=LENGTH)


def begin(prose: Prose, spec: netspec.Spec, settings: Settings) -> Task:
    """Say what every framework starts from.

    Raises:
        NetspecError: there are fewer windows than one batch takes.
    """
    windows = len(prose.windows.train_y)
    if settings.batch > windows:
        raise NetspecError(
            f"batch must be at most {windows}, received {settings.batch}"
        )
    print(
        f"{prose.windows.name}: {windows:,} windows to train on,"
        f" {len(prose.windows.test_y):,} to test"
    )
    params = netspec.init_params(spec, settings.seed)
    return Task(spec, params, prose.windows, settings)


def compare(backends: list[str], task: Task) -> bool:
    """Print how far apart the losses are; whether that is within the limits."""
    print(f"{STEPS} steps without dropout, largest distance of any step's losses:")
    near = True
    for dtype, limit in LIMITS.items():
        first, second = (lockstep(backend, task, dtype) for backend in backends)
        apart = float(np.max(abs(first - second)))
        near &= apart <= limit
        print(
            f"  {dtype}: {apart:.1e}, allowed {limit:.0e};"
            f" the loss falls from {first[0]:.3f} to {first[-1]:.3f}"
        )
    print()
    return near


def lockstep(backend: str, task: Task, dtype: str) -> Array:
    """Train for `STEPS` steps with nothing random, at a constant rate that float32
    holds exactly, since Optax rounds it: the loss of each, float64 (STEPS,).

    Raises:
        NetspecError: the backend is missing, or cannot build the spec.
    """
    settings, windows = task.settings, len(task.images.train_y)
    settings = settings._replace(
        epochs=math.ceil(STEPS / settings.steps(windows)),
        lr=float(np.float32(settings.lr)),
        end_factor=1.0,
    )
    count = min(windows, STEPS * settings.batch)
    images = task.images._replace(
        train_x=task.images.train_x[:count], train_y=task.images.train_y[:count]
    )
    params = {path: value.astype(dtype) for path, value in task.params.items()}
    same = Task(task.spec.without_dropout(), params, images, settings)
    return train(backend, same, quiet=True).losses[:STEPS]


def write(
    backend: str,
    spec: netspec.Spec,
    params: dict[str, Array],
    prose: Prose,
    start: str,
    count: int = COUNT,
) -> str:
    """Let the net go on with a text, one character after the other.

    What fills the window behind the last character changes nothing there: the
    attention is causal.

    Args:
        backend: its name.
        spec: the net.
        params: trained.
        prose: has the alphabet.
        start: of the text; not empty.
        count: characters to add.

    Raises:
        DataError: a character of the start is not in the alphabet.
    """
    framework, (length,) = netspec.backend(backend), spec.input_shape
    model = framework.compile(spec, params=params)
    random, tokens = np.random.default_rng(0), list(prose.tokens(start))
    for _ in range(count):
        seen = np.array(tokens[-length:], np.int32)
        window = np.pad(seen, (0, length - len(seen)))
        logits = framework.forward(model, spec, window[None])[0, len(seen) - 1]
        odds = np.exp((logits - logits.max()).astype(np.float64) / TEMPERATURE)
        tokens.append(random.choice(len(odds), p=odds / odds.sum()))
    return "".join(prose.alphabet[token] for token in tokens)


if __name__ == "__main__":
    sys.exit(main())
