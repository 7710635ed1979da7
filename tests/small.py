"""Small runs, and the command line as a process of its own: what several tests share."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from omegaconf import DictConfig

REPOSITORY = Path(__file__).parents[1]
SMALL = [
    "data=garden", "data.count=320", "data.resolution=16", "data.batch_size=32", "logger=none", "trainer=cpu",
    "trainer.precision=32-true",
]  # fmt: skip
"""Overrides that make any run a matter of seconds."""
TINY = {
    "ae": ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8"],
    "vae": ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8"],
    "beta_tc_vae": ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8"],
    "vq_vae": [
        "model.latent_dim=8",
        "model.encoder.width=8",
        "model.decoder.width=8",
        "model.code_prior.width=8",
        "model.codebook.size=8",
    ],
    "gumbel_vae": ["model.latent_dim=16", "model.encoder.width=8", "model.decoder.width=8"],
    "vae_kl_annealing": ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8"],
    "dcgan": ["model.latent_dim=8", "model.generator.decoder.width=8", "model.discriminator.encoder.width=8"],
}


SIZES = ("width", "max_width", "feature_dim")


def shrunk(node: DictConfig) -> DictConfig:
    """A model's configuration with networks of a few units, in place."""
    for key, value in node.items():
        if isinstance(value, DictConfig):
            shrunk(value)
        elif key in SIZES and isinstance(value, int):
            node[key] = 8
    return node


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
    from genarium.config.compose import composed
    from genarium.runs.run import Run
    from genarium.training.fit import train

    run = Run(folder)
    train(composed([f"model={model}", *SMALL, *TINY[model], f"total_images={images}", "name=run", *overrides]), run)
    return run


def wait_for(condition, process, seconds: float = 120) -> None:
    """Until `condition()`, as long as the process lives."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end and process.poll() is None, process.communicate()
        time.sleep(0.005)
