"""Gradient of a fixed generator while a discriminator learns against it from scratch (arXiv:1701.04862, fig. 2)."""

from functools import partial

import torch
from hydra.utils import instantiate
from torch import Tensor

from genarium.config import compose
from genarium.losses.adversarial import AdversarialLoss, Minimax, NonSaturating, Wasserstein
from genarium.losses.gradient_penalty import NoPenalty, Penalty, wgan_gp
from genarium.training.build import built
from genarium.training.checkpoint import restore

STEPS, EVERY, CODES = 300, 10, 256


def gradient_norm(loss: Tensor, network) -> float:
    """Euclidean norm of the gradient of `loss`, (), in all weights of `network`."""
    parts = torch.autograd.grad(loss, list(network.parameters()))
    return torch.cat([part.flatten() for part in parts]).norm().item()


def norms(run, loss: AdversarialLoss, penalty: Penalty) -> list[float]:
    """Norms of the generator's gradient, every `EVERY` of the `STEPS` steps of a new discriminator, whose optimizer and
    batch size are those of the run; the generator's own weights do not move."""
    config, generator = compose.load(run.config), restore(run).generator.eval()
    data, chance = built(config.data.module, "data.module"), torch.Generator().manual_seed(config.seed)
    data.setup()
    train = data.pictures(data.split_indices("train")).images
    codes = lambda count: torch.randn(count, config.model.latent_dim, generator=chance)
    torch.manual_seed(config.seed)
    discriminator = built(config.model, "model").discriminator
    optimizer = instantiate(config.model.optimizers.discriminator.optimizer)(discriminator.parameters())
    found, fixed = [], codes(CODES)
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            found.append(gradient_norm(loss.generator(None, discriminator(generator(fixed))).mean(), generator))
        real = train[torch.randint(len(train), (config.data.batch_size,), generator=chance)]
        fake = generator(codes(config.data.batch_size)).detach()
        terms = loss.discriminator(discriminator(real), discriminator(fake)) + penalty(discriminator, real, fake)
        optimizer.zero_grad()
        terms.mean().backward()
        optimizer.step()
    return found


def share(run, loss: AdversarialLoss, penalty: Penalty) -> float:
    """Last norm over the largest one on the way: 1 where it never sinks."""
    found = norms(run, loss, penalty)
    return found[-1] / max(found)


def minimax_share(run) -> float:
    return share(run, Minimax(), NoPenalty())


def nonsaturating_share(run) -> float:
    return share(run, NonSaturating(), NoPenalty())


def wasserstein_share(run) -> float:
    """Of a critic with the penalty of WGAN-GP, at its paper's weight."""
    return share(run, Wasserstein(), partial(wgan_gp, weight=10.0))
