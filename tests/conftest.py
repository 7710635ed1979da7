"""What tests share: real images where they are at hand, small runs, the command line as a user calls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

torch.set_num_threads(1)  # as in the processes that tests start: sums in another order differ in their last bits

REPOSITORY = Path(__file__).parents[1]
SMALL = [
    "data=garden", "data.count=320", "data.resolution=16", "data.batch_size=32", "logger=none", "trainer=cpu",
    "trainer.precision=32-true",
]  # fmt: skip
"""Overrides that make any run a matter of seconds."""
TINY = {
    "ae": ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8"],
    "vae": ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8"],
    "vae_annealed": ["model.latent_dim=8", "model.encoder.width=8", "model.decoder.width=8"],
    "gan_dcgan": ["model.latent_dim=8", "model.generator.width=8", "model.discriminator.width=8"],
}


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory) -> Path:
    """Packed arrays of this session, apart from the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["GENARIUM_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; skips where it is absent."""
    folder = Path(os.environ.get("GENARIUM_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "flowers-102").is_dir():
        pytest.skip(f"no real images in {folder}: set GENARIUM_DATA to run this test")
    return folder


def environment() -> dict[str, str]:
    return os.environ | {"WANDB_MODE": "offline", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}


def start(*args: str, cwd: Path, **options) -> subprocess.Popen:
    """`genarium args` as a process of its own."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "genarium.cli", *args]
    return subprocess.Popen(command, cwd=cwd, env=environment(), **(pipes | options))


@pytest.fixture
def genarium(tmp_path):
    """Runs `genarium args` in a folder of its own and returns the finished process."""

    def call(*args: str, cwd: Path = tmp_path, timeout: float = 300) -> subprocess.CompletedProcess:
        process = start(*args, cwd=cwd)
        out, err = process.communicate(timeout=timeout)
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    return call


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder to run in, inside this process."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def small_run(model: str, folder: Path, *overrides: str, images: int = 640):
    """Train in this process and return the run."""
    from genarium.compose import composed
    from genarium.runs import Run
    from genarium.train import train

    run = Run(folder)
    train(composed([f"model={model}", *SMALL, *TINY[model], f"images={images}", "name=run", *overrides]), run)
    return run
