"""Pool of generated images."""

import torch
from torch import Tensor, nn

from genarium.distributed.world import all_gather_batch, local_rows


class ImagePool(nn.Module):
    """Pool of `size` past fakes in all (Zhu et al., arXiv:1703.10593, sec. 4; Shrivastava et al., arXiv:1612.07828).

    One fake after the other: until the pool is full it is stored and returned; then with probability 1/2 it takes the
    place of a stored one, which is returned, else it is returned itself. `ReplayBuffer` has slots for each row of a
    batch instead. The pool is part of the state, and the same on every process that shares a batch. One of 0 returns
    every fake.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.images: Tensor | None = None  # (filled, C, R, R)

    @torch.no_grad()
    def forward(self, fake: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, C, R, R), detached."""
        if not self.size:
            return fake.detach()
        every = all_gather_batch(fake.detach())
        chance, slot = torch.rand(2, len(every), device=fake.device)
        stored = [] if self.images is None else list(self.images.to(fake.device))
        given = []
        for row, image in enumerate(every):
            place = int(slot[row] * self.size)
            if len(stored) < self.size:
                stored.append(image)
            elif chance[row] < 0.5:
                stored[place], image = image, stored[place]
            given.append(image)
        self.images = torch.stack(stored)
        return local_rows(torch.stack(given))

    def get_extra_state(self) -> Tensor | None:
        return self.images

    def set_extra_state(self, state: Tensor | None) -> None:
        self.images = None if state is None else state.clone()
