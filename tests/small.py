"""Small runs, and the command line as a process of its own: what several tests share."""

import functools
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from genarium import cli
from genarium.config import compose, conf_groups
from genarium.config.zoo import lineage_of

REPOSITORY = Path(__file__).parents[1]
SMALL = [
    "data=garden", "data.count=320", "data.resolution=16", "data.batch_size=32", "logger=none", "trainer=cpu",
    "trainer.precision=32-true",
]  # fmt: skip
"""Overrides that make any run a matter of seconds."""
ROOTS = {
    "autoencoders": ("ae", "vae", "vae_gan"),
    "variational": ("vae", "vae_gan"),
    "gans": ("gan", "ali"),
    "translators": ("pix2pix", "pix2pix_l1", "cyclegan"),
}
"""What the models of a kind are variants of, in the end."""
LATENT = 24
"""Dimensions of a code: as many as the levels, categories and halves of every model divide."""
SIZES = {"width": 8, "max_width": 8, "feature_dim": 8, "components": 10, "size": 16, "samples": 3, "categories": 4}
"""What makes a model large, by its key, and how much of it a test takes."""
OWN = {"lapgan": ["model.generator.levels=1"]}
"""What fits images of 16 px."""


def models(kind: str) -> list[str]:
    """Every model of conf/model that is of `kind`, one of ROOTS."""
    return [name for name in conf_groups.choices("model") if lineage_of(name)[-1] in ROOTS[kind]]


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
    chosen = [f"model={model}", *data, "name=run", *latent(model), *OWN.get(model, []), *overrides]
    config = compose.composed(chosen)
    named = {word.partition("=")[0] for word in overrides}
    for key, size in sizes(config.model, "model"):
        if key not in named:
            OmegaConf.update(config, key, size)
    return config


def latent(model: str) -> list[str]:
    """The size of a code, where the model has one."""
    coded = lineage_of(model)[-1] not in ROOTS["translators"]
    return [f"model.latent_dim={LATENT}"] if coded else []


@functools.cache
def tiny(model: str) -> tuple[str, ...]:
    """The overrides that make the same networks of a few units of `model` on the command line."""
    config = compose.composed([f"model={model}", *SMALL])
    return (*latent(model), *OWN.get(model, []), *(f"{k}={v}" for k, v in sizes(config.model, "model")))


def untrained(model: str, *words: str):
    """A model and its data, opened."""
    config = compose.composed([f"model={model}", *SMALL, *tiny(model), *words])
    made, data = instantiate(config.model), instantiate(config.data.module)
    made.configure_model()
    data.setup()
    return made, data


def environment() -> dict[str, str]:
    return os.environ | {"WANDB_MODE": "offline", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}


FORKS = multiprocessing.get_context("forkserver")
"""Importing torch takes seconds: processes are forked from one that has done so."""
FORKS.set_forkserver_preload(["genarium.cli", "genarium.commands.train", "genarium.training.fit"])


class Command:
    """`genarium args` as a process of its own, as subprocess.Popen has it."""

    def __init__(self, args: Sequence[str], cwd: Path) -> None:
        self.streams = [Path(tempfile.mkdtemp(prefix=".printed-", dir=cwd)) / name for name in ("out", "err")]
        self.process = FORKS.Process(target=typed, args=(args, cwd, environment(), self.streams))
        self.process.start()
        self.pid, self.kill = self.process.pid, self.process.kill

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def poll(self) -> int | None:
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        self.process.join(timeout)
        assert self.returncode is not None, f"still running after {timeout} s"
        out, err = (stream.read_text(encoding="utf-8") for stream in self.streams)
        return out, err


def typed(args: Sequence[str], cwd: Path, variables: dict[str, str], streams: Sequence[Path]) -> None:
    """`genarium args` in this process, which prints to files."""
    os.environ.update(variables)
    os.chdir(cwd)
    for number, (name, path) in enumerate(zip(("stdout", "stderr"), streams, strict=True), 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
        setattr(sys, name, open(number, "w", buffering=1, encoding="utf-8", closefd=False))  # noqa: SIM115
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore Ctrl-C
    torch.set_num_threads(1)
    sys.argv = [str(Path(sys.executable).with_name("genarium")), *args]  # what ranks are started by, too
    cli.main()


def start(*args: str, cwd: Path) -> Command:
    return Command(args, cwd)


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
