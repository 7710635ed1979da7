"""Training against a bare PyTorch loop of the same networks, precision and batch; and how soon a run starts."""

import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from omegaconf import DictConfig
from pytorch_lightning import Callback

from genarium.bench import Row
from genarium.bench.bare import bare_gan, bare_vae, precision
from genarium.config.compose import composed
from genarium.runs.run import Run
from genarium.training.fit import train

QUIET = [
    "validate",
    "rates",
    "samples",
    "reconstructions",
    "translations",
    "traversals",
    "interpolations",
    "checkpoints",
    "progress",
]
"""Callbacks that look at a model or save it: training alone is what is compared."""
WARM, ROUNDS = 4, 5
GARDEN = ["data=garden", "data.count=2000"]
POINTS = [
    "data=mixture_grid", "trainer.precision=32-true", "model/generator=mlp_linear_output",
    "model.generator.decoder.width=128", "model.discriminator.encoder.width=128",
]  # fmt: skip


def rows() -> list[Row]:
    """Every row of training; about three minutes on two cores."""
    return [
        throughput("vae at 64 px", "model=vae", bare_vae, 64, 14, ">= 0.97", *GARDEN, "data.resolution=64"),
        throughput("dcgan at 64 px", "model=dcgan", bare_gan, 64, 14, ">= 0.97", *GARDEN, "data.resolution=64"),
        throughput("dcgan at 32 px", "model=dcgan", bare_gan, 32, 40, ">= 0.97", *GARDEN, "data.resolution=32"),
        throughput("toy GAN of points", "model=gan_nonsaturating", bare_gan, 256, 200, ">= 0.91", *POINTS),
        start("none"),
        start("wandb"),
    ]


def config(*words: str) -> DictConfig:
    off = [f"callbacks.{name}=null" for name in QUIET]
    return composed([*words, "name=bench", "trainer=cpu", *off])


class Stopwatch(Callback):
    """When each batch ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_train_batch_end(self, *args: object) -> None:
        self.times.append(time.perf_counter())


def timed_training(settings: DictConfig) -> list[float]:
    """Train as a user does and return when each batch ended."""
    watch = Stopwatch()
    settings.callbacks.stopwatch = {"_target_": "genarium.bench.training.the", "_args_": [id(watch)]}
    WATCHES[id(watch)] = watch
    with tempfile.TemporaryDirectory() as folder:
        train(settings, Run(Path(folder) / "run"))
    return watch.times


WATCHES: dict[int, Stopwatch] = {}


def the(number: int) -> Stopwatch:
    """The stopwatch that a configuration, which holds plain values only, means by `number`."""
    return WATCHES[number]


def throughput(
    what: str, model: str, bare: Callable[[DictConfig], list[float]], batch: int, steps: int, aim: str, *words: str
) -> Row:
    """Images/s of Genarium over those of the bare loop, taking turns: by the median step of all rounds."""
    words = (model, f"data.batch_size={batch}", "logger=none", f"total_images={steps * batch}", *words)
    words = (*words, f"callbacks.terms.every={8 * batch}")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs += steady(bare(config(*words)))
        ours += steady(timed_training(config(*words)))
    us, them = (batch / statistics.median(times) for times in (ours, theirs))
    note = f"{us:,.0f} against {them:,.0f} images/s, {precision(config(*words))}, batch {batch}, {ROUNDS} rounds"
    return Row(f"{what}, Genarium : bare loop, images/s", us / them, aim, "x", note)


def steady(times: list[float]) -> list[float]:
    """Seconds of each step after the first."""
    return [after - before for before, after in pairwise(times[WARM:])]


def start(logger: str) -> Row:
    """Seconds from the composed configuration to the end of the first step, the set packed and all imports made."""
    times = []
    for _ in range(ROUNDS):
        words = [*GARDEN, "data.resolution=64", "data.batch_size=64", f"logger={logger}", "total_images=64"]
        settings, began = config("model=vae", *words), time.perf_counter()
        times.append(timed_training(settings)[0] - began)
    note = f"logger={logger}; median of {ROUNDS}, the first step itself included"
    return Row(f"start to first step, logger={logger}", statistics.median(times), "< 1", "s", note)
