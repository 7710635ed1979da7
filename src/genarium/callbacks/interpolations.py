"""Callback that draws latent interpolations."""

import torch
from pytorch_lightning import Trainer
from torch import Tensor

from genarium.callbacks.pictures import Picture, fixed_codes, heldout_images
from genarium.protocols import Decodes, Encodes
from genarium.training.module import Module


def slerp(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    """Spherical linear interpolation from `a` to `b` (White, arXiv:1609.04468): keeps a normal code's typical norm.

    a, b: (Z,); weight: (S,), 0 at `a` and 1 at `b` -> (S, Z)

    >>> slerp(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), torch.tensor([0.0, 0.5]))
    tensor([[1.0000, 0.0000],
            [0.7071, 0.7071]])
    """
    angle = torch.arccos(torch.clamp((a / a.norm()) @ (b / b.norm()), -1, 1))
    factor = lambda s: (torch.sin(s * angle) / torch.sin(angle))[:, None]
    return factor(1 - weight) * a + factor(weight) * b


class InterpolationPictures(Picture):
    """Latent interpolations: a row per pair of held-out images, on the straight line between their codes.

    The real images stand at the ends. Without an encoder: along the great circle between two codes of the prior.
    """

    kind = "interpolations"

    def __init__(self, every: int, pairs: int, steps: int) -> None:
        super().__init__(every)
        self.pairs, self.steps = pairs, steps

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Decodes)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int] | None:
        assert isinstance(module, Decodes)
        weights = torch.linspace(0, 1, self.steps, device=module.device)
        if not isinstance(module, Encodes):
            z = fixed_codes(2 * self.pairs, module.latent_dim).to(module.device)
            rows = [slerp(a, b, weights) for a, b in zip(z[::2], z[1::2], strict=True)]
            return module.decode(torch.cat(rows)), self.steps
        x = heldout_images(trainer, module, 2 * self.pairs)
        if len(x) < 2:
            return None
        z = module.encode(x)
        rows = []
        for i in range(0, len(x) - 1, 2):
            between = module.decode(torch.lerp(z[i], z[i + 1], weights[:, None]))
            rows.append(torch.cat([x[i : i + 1], between, x[i + 1 : i + 2]]))
        return torch.cat(rows), self.steps + 2
