"""Callbacks that draw: what a model shows at fixed codes and fixed images, by images seen."""

from functools import partial

import torch
from pytorch_lightning import Trainer
from torch import Tensor
from torch.nn.functional import one_hot

from genarium.callbacks.periodic import PeriodicCallback
from genarium.callbacks.save_picture import save_picture
from genarium.plots.grid import grid
from genarium.protocols import Decodes, Encodes, Reconstructs, Samples
from genarium.training.module import Module

SEED = 0
"""Of the codes in pictures: the same in every run, at every time, so that pictures compare."""

CANDIDATES = 128  # latents of which a traversal shows the most telling


def codes(count: int, dim: int) -> Tensor:
    """Fixed standard normal codes, (count, Z)."""
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(SEED))


def slerp(a: Tensor, b: Tensor, share: Tensor) -> Tensor:
    """Along the great circle from `a` to `b`, (Z,) each, at `share` (S,) of the way: keeps a normal code's typical norm
    (White, arXiv:1609.04468). -> (S, Z)."""
    angle = torch.arccos(torch.clamp((a / a.norm()) @ (b / b.norm()), -1, 1))
    weight = lambda s: (torch.sin(s * angle) / torch.sin(angle))[:, None]
    return weight(1 - share) * a + weight(share) * b


class Picture(PeriodicCallback):
    """Draws before training, every so often, and at the end."""

    kind: str

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        if module.images_seen == 0:
            self.run(trainer, module)

    def run(self, trainer: Trainer, module: Module) -> None:
        if not trainer.is_global_zero or not self.can_draw(module):
            return
        with module.evaluating(SEED):
            drawn = self.draw(trainer, module)
        if drawn is not None:
            save_picture(trainer, module, self.kind, partial(grid(*drawn).save, format="PNG"))

    def can_draw(self, module: Module) -> bool:
        raise NotImplementedError

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int] | None:
        """Images (N, C, R, R) in [-1, 1] and how many stand in a row; None where too few are held out to draw it."""
        raise NotImplementedError


def real(trainer: Trainer, module: Module, count: int) -> Tensor:
    """The same held-out images each time, (count, C, R, R), or as many as there are."""
    return trainer.datamodule.examples(count, "val").images.to(module.device)


class SamplePictures(Picture):
    """Samples at fixed codes."""

    kind = "samples"

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Samples)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int]:
        generator = torch.Generator(module.device).manual_seed(SEED)
        return module.sample(self.count, generator), round(self.count**0.5)


class ReconstructionPictures(Picture):
    """Pairs of rows: held-out images, and below each its reconstruction."""

    kind = "reconstructions"
    columns = 8

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Reconstructs)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int]:
        x = real(trainer, module, self.count)
        columns = min(self.columns, len(x))
        rows = zip(x.split(columns), module.reconstruct(x).split(columns), strict=True)
        return torch.cat([full(row, columns) for pair in rows for row in pair]), columns


def full(row: Tensor, columns: int) -> Tensor:
    """A row of images, (n, C, R, R), with white ones after them until there are `columns`."""
    return torch.cat([row, row.new_ones(columns - len(row), *row.shape[1:])])


class TraversalPictures(Picture):
    """A row per latent: that one moves from -`range` to `range` standard deviations of the codes, the others rest.
    The latents that change the image most come first, of the `CANDIDATES` whose codes vary most."""

    kind = "traversals"

    def __init__(self, every: int, latents: int, steps: int, range: float) -> None:
        super().__init__(every)
        self.latents, self.steps, self.range = latents, steps, range

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Decodes)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int] | None:
        frame = self.frame(trainer, module)
        if frame is None:
            return None
        center, scale, order = frame
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
    def frame(trainer: Trainer, module: Module) -> tuple[Tensor, Tensor, Tensor] | None:
        """A code (Z,) to start from, the standard deviation of each latent (Z,), and latents by falling deviation; None
        where one held-out image has no deviation."""
        if isinstance(module, Encodes):
            z = module.encode(real(trainer, module, 256)).float()
            if len(z) < 2:
                return None
            return z[0], z.std(0), z.std(0).argsort(descending=True)
        z = codes(1, module.latent_dim)[0].to(module.device)
        return z, torch.ones_like(z), torch.arange(len(z))


class InterpolationPictures(Picture):
    """A row per pair: from one image to another on the straight line between their codes, the real images at the ends;
    without an encoder, along the great circle between two codes of the prior."""

    kind = "interpolations"

    def __init__(self, every: int, pairs: int, steps: int) -> None:
        super().__init__(every)
        self.pairs, self.steps = pairs, steps

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Decodes)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int] | None:
        share = torch.linspace(0, 1, self.steps, device=module.device)
        if not isinstance(module, Encodes):
            z = codes(2 * self.pairs, module.latent_dim).to(module.device)
            rows = [slerp(a, b, share) for a, b in zip(z[::2], z[1::2], strict=True)]
            return module.decode(torch.cat(rows)), self.steps
        x = real(trainer, module, 2 * self.pairs)
        if len(x) < 2:
            return None
        z = module.encode(x)
        rows = []
        for i in range(0, len(x) - 1, 2):
            between = module.decode(torch.lerp(z[i], z[i + 1], share[:, None]))
            rows.append(torch.cat([x[i : i + 1], between, x[i + 1 : i + 2]]))
        return torch.cat(rows), self.steps + 2
