"""Regularizers of an autoencoder's code by its size, one number per image, (B,).

Every regularizer of an autoencoder is called with the encoder, the decoder, the images and their codes.
"""

from torch import Tensor, nn

from genarium.distributed.world import all_gather_batch


def l1(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor) -> Tensor:
    """|z|_1 (Ng, CS294A lecture notes; Olshausen & Field, Nature 381 (1996)). (B, Z) -> (B,)."""
    return z.float().abs().flatten(1).sum(1)


def l2(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor) -> Tensor:
    """|z|^2 / 2: small codes, not sparse ones. (B, Z) -> (B,)."""
    return z.float().square().flatten(1).sum(1) / 2


def kl_to_activation(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor, target: float) -> Tensor:
    """Sum over units of KL(Bernoulli(target) || Bernoulli(mean activation over the batch)), the same for every image
    (Ng, CS294A lecture notes, sec. 3). Units z lie in (0, 1). (B, Z) -> (B,)."""
    mean = all_gather_batch(z.float().flatten(1)).mean(0).clamp(1e-6, 1 - 1e-6)
    divergence = target * (target / mean).log() + (1 - target) * ((1 - target) / (1 - mean)).log()
    return divergence.sum().expand(len(z))
