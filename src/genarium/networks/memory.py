"""A memory of past images."""

import torch
from torch import Tensor, nn

from genarium import noise


class Replay(nn.Module):
    """Past fakes for the discriminator to meet again, so that the generator cannot win by coming back to them
    (Shrivastava et al., arXiv:1612.07828, sec. 2.3; Zhu et al., arXiv:1703.10593, sec. 4).

    Each row of the batch has `slots` places. Once they are full, with probability 1/2 an image changes places with one
    of them, else it passes. The memory is part of the state; of several processes each keeps its rows, and a checkpoint
    those of the first.
    """

    def __init__(self, slots: int) -> None:
        super().__init__()
        self.slots = slots
        self.images: Tensor | None = None  # (filled, B, C, R, R)

    @torch.no_grad()
    def forward(self, fake: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, C, R, R), detached."""
        fake, rows = fake.detach(), torch.arange(len(fake), device=fake.device)
        chance, slot = noise.uniform(len(fake), 2, device=fake.device).unbind(1)
        if self.images is None or len(self.images) < self.slots:
            kept = [] if self.images is None else [self.images.to(fake.device)]
            self.images = torch.cat([*kept, fake[None]])
            return fake
        self.images, slot = self.images.to(fake.device), (slot * self.slots).long()
        old, swap = self.images[slot, rows], (chance < 0.5)[:, None, None, None]
        self.images[slot, rows] = torch.where(swap, fake, old)
        return torch.where(swap, old, fake)

    def get_extra_state(self) -> Tensor | None:
        return self.images

    def set_extra_state(self, state: Tensor | None) -> None:
        self.images = state
