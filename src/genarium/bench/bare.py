"""The same training in plain PyTorch: networks, precision, batches and steps of a configuration, and nothing around."""

import math
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from hydra.utils import instantiate
from omegaconf import DictConfig
from torch import Tensor, nn

from genarium.runs import environment


def bare_loop(settings: DictConfig, step: Callable[[Tensor], None]) -> list[float]:
    data = instantiate(settings.data.module)
    data.budget = settings.total_images
    times = []
    for batch in data.train_dataloader():
        step(batch.images)
        times.append(time.perf_counter())
    return times


def precision(settings: DictConfig) -> str:
    asked = settings.trainer.precision
    return environment.best_precision("cpu") if asked == "auto" else asked


def autocast(settings: DictConfig) -> torch.autocast:
    return torch.autocast("cpu", torch.bfloat16, enabled=precision(settings) == "bf16-mixed")


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
        with autocast(settings):
            mean, log_variance = encoder(x).float().chunk(2, dim=1)
            again = decoder(mean + torch.randn_like(mean) * (log_variance / 2).exp()).float()
        error = (0.5 * ((x - again) / scale.exp()).square() + scale).flatten(1).sum(1)
        rate = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)
        descend((error + rate).mean(), optimizer, settings.model.optimizers.vae.grad_clip)

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
        with torch.no_grad(), autocast(settings):
            fake = generator(torch.randn(len(x), model.latent_dim))
        with autocast(settings):
            real_logits, fake_logits = discriminator(x).float(), discriminator(fake).float()
        descend((F.softplus(-real_logits) + F.softplus(fake_logits)).mean(), optimizers[1])
        for weight in discriminator.parameters():
            weight.requires_grad_(False)
        with autocast(settings):
            logits = discriminator(generator(torch.randn(len(x), model.latent_dim))).float()
        descend(F.softplus(-logits).mean(), optimizers[0])
        for weight in discriminator.parameters():
            weight.requires_grad_(True)
        average.update_parameters(generator)

    return bare_loop(settings, step)
