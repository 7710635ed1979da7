"""Small runs, and the command line as a process of its own: what several tests share."""

import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from genarium.config import compose
from genarium.config.zoo import lineage_of

REPOSITORY = Path(__file__).parents[1]
SMALL = [
    "data=garden", "data.count=320", "data.resolution=16", "data.batch_size=32", "logger=none", "trainer=cpu",
    "trainer.precision=32-true",
]  # fmt: skip
"""Overrides that make any run a matter of seconds."""
ROOTS = {"autoencoders": ("ae", "vae", "vae_gan"), "variational": ("vae", "vae_gan"), "gans": ("gan", "ali")}
"""What the models of a kind are variants of, in the end."""
LATENT = 24
"""Dimensions of a code: as many as the levels, categories and halves of every model divide."""
SIZES = {"width": 8, "max_width": 8, "feature_dim": 8, "components": 10, "size": 16, "samples": 3, "categories": 4}
"""What makes a model large, by its key, and how much of it a test takes."""
OWN = {"lapgan": ["model.generator.levels=1"]}
"""What fits images of 16 px."""


def models(kind: str) -> list[str]:
    """Every model of conf/model that is of `kind`, one of ROOTS."""
    return [name for name in compose.choices("model") if lineage_of(name)[-1] in ROOTS[kind]]


def sizes(node: DictConfig, path: str) -> Iterator[tuple[str, int]]:
    """(dotted key, size) of all of SIZES that a model's configuration names."""
    for key in node:
        if OmegaConf.is_interpolation(node, key) or OmegaConf.is_missing(node, key):
            continue
        if isinstance(node[key], DictConfig):
            yield from sizes(node[key], f"{path}.{key}")
        elif key in SIZES and isinstance(node[key], int):
            yield f"{path}.{key}", SIZES[key]


def configured(model: str, *overrides: str, data: Sequence[str] = SMALL) -> DictConfig:
    """The configuration of a run of `model` with networks of a few units, interpolations alive."""
    chosen = [f"model={model}", *data, "name=run", f"model.latent_dim={LATENT}", *OWN.get(model, []), *overrides]
    config = compose.composed(chosen)
    named = {word.partition("=")[0] for word in overrides}
    for key, size in sizes(config.model, "model"):
        if key not in named:
            OmegaConf.update(config, key, size)
    return config


@functools.cache
def tiny(model: str) -> tuple[str, ...]:
    """The overrides that make the same networks of a few units of `model` on the command line."""
    config = compose.composed([f"model={model}", *SMALL])
    return (f"model.latent_dim={LATENT}", *OWN.get(model, []), *(f"{k}={v}" for k, v in sizes(config.model, "model")))


def environment() -> dict[str, str]:
    return os.environ | {"WANDB_MODE": "offline", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}


def start(*args: str, cwd: Path, **options) -> subprocess.Popen:
    """`genarium args` as a process of its own."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "genarium.cli", *args]
    # a shell's background jobs ignore Ctrl-C, and so would their children
    heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, cwd=cwd, env=environment(), preexec_fn=heed, **(pipes | options))


def small_run(model: str, folder: Path, *overrides: str, images: int = 640):
    """Train in this process and return the run."""
    from genarium.runs.run import Run
    from genarium.training.fit import train

    run = Run(folder)
    words = [f"model={model}", *SMALL, *tiny(model), f"total_images={images}", "name=run", *overrides]
    train(compose.composed(words), run)
    return run


def wait_for(condition, process, seconds: float = 120) -> None:
    """Until `condition()`, as long as the process lives."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end and process.poll() is None, process.communicate()
        time.sleep(0.005)
