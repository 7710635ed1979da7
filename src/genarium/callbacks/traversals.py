"""Callback that draws latent traversals."""

import torch
from pytorch_lightning import Trainer
from torch import Tensor
from torch.nn.functional import one_hot

from genarium.callbacks.pictures import Picture, fixed_codes, heldout_images
from genarium.protocols import Decodes, Encodes
from genarium.training.module import Module

CANDIDATES = 128
"""Latents of largest deviation, among which a traversal picks those that change the image most."""


class TraversalPictures(Picture):
    """Latent traversals: in each row one latent moves from -`range` to `range` standard deviations of the codes.

    The latents that change the image most come first, of the `CANDIDATES` whose codes vary most.
    """

    kind = "traversals"

    def __init__(self, every: int, latents: int, steps: int, range: float) -> None:
        super().__init__(every)
        self.latents, self.steps, self.range = latents, steps, range

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Decodes)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int] | None:
        assert isinstance(module, Decodes)
        origin = self.origin(trainer, module)
        if origin is None:
            return None
        center, scale, order = origin
        latents = order[:CANDIDATES]
        step = one_hot(latents, len(scale)) * scale
        ends = [center + end * step for end in (-self.range, self.range)]
        change = (module.decode(ends[1]) - module.decode(ends[0])).flatten(1).square().sum(1)
        rows = []
        for latent in latents[change.argsort(descending=True)[: self.latents]].tolist():
            row = center.repeat(self.steps, 1)
            row[:, latent] += scale[latent] * torch.linspace(-self.range, self.range, self.steps, device=row.device)
            rows.append(row)
        return module.decode(torch.cat(rows)), self.steps

    @staticmethod
    def origin(trainer: Trainer, module: Module) -> tuple[Tensor, Tensor, Tensor] | None:
        """Starting code (Z,), standard deviation of each latent (Z,), and latents by falling deviation.

        None where one held-out image alone has no deviation.
        """
        if isinstance(module, Encodes):
            z = module.encode(heldout_images(trainer, module, 256)).float()
            if len(z) < 2:
                return None
            return z[0], z.std(0), z.std(0).argsort(descending=True)
        assert isinstance(module, Decodes)
        z = fixed_codes(1, module.latent_dim)[0].to(module.device)
        return z, torch.ones_like(z), torch.arange(len(z))
