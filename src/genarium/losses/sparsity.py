"""Sparsity regularizers of an autoencoder's code, one number per image, (B,).

Every regularizer of an autoencoder takes the encoder, the decoder, the images and their codes.
"""

from torch import Tensor, nn

from genarium.distributed.world import all_gather_batch


def l1(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor) -> Tensor:
    """L1 sparsity |z|_1 (Ng, CS294A lecture notes; Olshausen & Field, Nature 381 (1996)). (B, Z) -> (B,)

    >>> import torch
    >>> l1(None, None, None, torch.tensor([[1.0, -2.0]]))
    tensor([3.])
    """
    return z.float().abs().flatten(1).sum(1)


def l2(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor) -> Tensor:
    """L2 penalty |z|^2 / 2 on the size of the code. (B, Z) -> (B,)."""
    return z.float().square().flatten(1).sum(1) / 2


def kl_to_activation(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor, target: float) -> Tensor:
    """KL sparsity, sum over units of KL(Bernoulli(target) || Bernoulli(mean activation over the batch)).

    The same for every image; units z lie in (0, 1) (Ng, CS294A lecture notes, sec. 3). (B, Z) -> (B,)

    >>> import torch
    >>> kl_to_activation(None, None, None, torch.tensor([[0.0], [0.5]]), target=0.25)  # mean activation 0.25
    tensor([0., 0.])
    """
    mean = all_gather_batch(z.float().flatten(1)).mean(0).clamp(1e-6, 1 - 1e-6)
    divergence = target * (target / mean).log() + (1 - target) * ((1 - target) / (1 - mean)).log()
    return divergence.sum().expand(len(z))
