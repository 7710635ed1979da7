"""Training against a bare PyTorch loop of the same networks, precision and batch; and how soon a run starts."""

import math
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning import Callback
from torch import Tensor, nn

from genarium import facts
from genarium.bench import Row
from genarium.compose import composed
from genarium.runs import Run
from genarium.train import train

BATCH, STEPS, WARM, ROUNDS = 64, 14, 4, 5
QUIET = ["validate", "rates", "samples", "reconstructions", "traversals", "interpolations", "checkpoints", "progress"]
"""Callbacks that look at a model or save it: training alone is what is compared."""


def rows() -> list[Row]:
    """Every row of training; about two minutes on two cores."""
    return [throughput("vae", bare_vae), throughput("gan_dcgan", bare_gan), start("none"), start("wandb")]


def config(model: str, *words: str) -> DictConfig:
    garden = ["data=garden", "data.count=2000", "data.resolution=64", f"data.batch_size={BATCH}"]
    return composed([f"model={model}", *garden, "name=bench", "trainer=cpu", *words])


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


def throughput(model: str, bare: Callable[[DictConfig], list[float]]) -> Row:
    """Images/s of Genarium over those of the bare loop, taking turns."""
    words = ["logger=none", f"images={STEPS * BATCH}", f"callbacks.terms.every={8 * BATCH}"]
    words += [*(f"callbacks.{name}=null" for name in QUIET)]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(rate(bare(config(model, *words))))
        ours.append(rate(timed_training(config(model, *words))))
    precision, (us, them) = facts.best_precision("cpu"), map(statistics.median, (ours, theirs))
    note = f"{us:,.0f} against {them:,.0f} images/s at 64 px, {precision}, batch {BATCH}, median of {ROUNDS}"
    return Row(f"{model}, Genarium : bare loop, images/s", us / them, ">= 0.97", "x", note)


def rate(times: list[float]) -> float:
    """Images/s after the first batches."""
    return BATCH * (len(times) - 1 - WARM) / (times[-1] - times[WARM])


def bare_loop(settings: DictConfig, step: Callable[[Tensor], None]) -> list[float]:
    data = instantiate(settings.data.module)
    data.budget = STEPS * BATCH
    times = []
    for batch in data.train_dataloader():
        step(batch.images)
        times.append(time.perf_counter())
    return times


def autocast() -> torch.autocast:
    return torch.autocast("cpu", torch.bfloat16, enabled=facts.best_precision("cpu") == "bf16-mixed")


def descend(loss: Tensor, optimizer: torch.optim.Optimizer, clip: float = math.inf) -> None:
    optimizer.zero_grad()
    loss.backward()
    if clip < math.inf:
        nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], clip)
    optimizer.step()


def bare_vae(settings: DictConfig) -> list[float]:
    """Kingma & Welling's algorithm 1 in plain PyTorch, the gradient clipped as the model's YAML says."""
    model = instantiate(settings.model)
    encoder, decoder = model.encoder, model.decoder
    scale = nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), scale], lr=1e-3)

    def step(x: Tensor) -> None:
        with autocast():
            mean, log_variance = encoder(x).float().chunk(2, dim=1)
            again = decoder(mean + torch.randn_like(mean) * (log_variance / 2).exp()).float()
        error = (0.5 * ((x - again) / scale.exp()).square() + scale).flatten(1).sum(1)
        rate = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)
        descend((error + rate).mean(), optimizer, settings.model.players.vae.clip)

    return bare_loop(settings, step)


def bare_gan(settings: DictConfig) -> list[float]:
    """Goodfellow's algorithm 1 in plain PyTorch, the averaged generator included."""
    model = instantiate(settings.model)
    generator, discriminator = model.generator, model.discriminator
    average = torch.optim.swa_utils.AveragedModel(
        generator, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99), use_buffers=True
    )
    make = lambda network: torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizers = make(generator), make(discriminator)

    def step(x: Tensor) -> None:
        with torch.no_grad(), autocast():
            fake = generator(torch.randn(len(x), model.latent_dim))
        with autocast():
            real_logits, fake_logits = discriminator(x).float(), discriminator(fake).float()
        descend((F.softplus(-real_logits) + F.softplus(fake_logits)).mean(), optimizers[1])
        for weight in discriminator.parameters():
            weight.requires_grad_(False)
        with autocast():
            logits = discriminator(generator(torch.randn(len(x), model.latent_dim))).float()
        descend(F.softplus(-logits).mean(), optimizers[0])
        for weight in discriminator.parameters():
            weight.requires_grad_(True)
        average.update_parameters(generator)

    return bare_loop(settings, step)


def start(logger: str) -> Row:
    """Seconds from the composed configuration to the end of the first step, the set packed and all imports made."""
    times = []
    for _ in range(ROUNDS):
        words = [f"logger={logger}", "images=64", *(f"callbacks.{name}=null" for name in QUIET)]
        settings, began = config("vae", *words), time.perf_counter()
        times.append(timed_training(settings)[0] - began)
    note = f"logger={logger}; median of {ROUNDS}, the first step itself included"
    return Row(f"start to first step, logger={logger}", statistics.median(times), "< 1", "s", note)
