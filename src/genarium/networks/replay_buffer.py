"""Replay buffer of generated images."""

import torch
from torch import Tensor, nn

from genarium.distributed import batch_consistent
from genarium.distributed.world import all_gather_batch, local_rows, rank_and_world_size


class ReplayBuffer(nn.Module):
    """Replay buffer: the discriminator also sees past fakes, so that the generator gains nothing by returning to them
    (Shrivastava et al., arXiv:1612.07828, sec. 2.3; Zhu et al., arXiv:1703.10593, sec. 4).

    Each row of the batch has `slots` slots. Once they are full, an image is swapped with one of them with probability
    1/2, else it is returned itself. The buffer is part of the state: each process keeps its rows, a checkpoint those of
    all. For a batch of another size, as after a change at a resume, the stored images are distributed anew.
    """

    def __init__(self, slots: int) -> None:
        super().__init__()
        self.slots = slots
        self.images: Tensor | None = None  # (filled, B, C, R, R)
        self.loaded: Tensor | None = None  # the same of all processes, until this one's rows are asked for

    @torch.no_grad()
    def forward(self, fake: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, C, R, R), detached."""
        fake, rows = fake.detach(), torch.arange(len(fake), device=fake.device)
        if self.loaded is not None:
            whole = laid_out(self.loaded.to(fake.device), len(fake) * rank_and_world_size()[1], self.slots)
            self.images, self.loaded = local_rows(whole, dim=1), None
        if self.images is not None and self.images.shape[1] != len(fake):
            self.images = laid_out(self.images, len(fake), self.slots)
        chance, slot = batch_consistent.uniform(len(fake), 2, device=fake.device).unbind(1)
        if self.images is None or len(self.images) < self.slots:
            self.images = torch.cat([*([] if self.images is None else [self.images]), fake[None]])
            return fake
        slot = (slot * self.slots).long()
        old, swap = self.images[slot, rows], (chance < 0.5)[:, None, None, None]
        self.images[slot, rows] = torch.where(swap, fake, old)
        return torch.where(swap, old, fake)

    def get_extra_state(self) -> Tensor | None:
        return self.loaded if self.images is None else all_gather_batch(self.images, dim=1)

    def set_extra_state(self, state: Tensor | None) -> None:
        self.loaded, self.images = None if state is None else state.clone(), None


def laid_out(images: Tensor, rows: int, slots: int) -> Tensor:
    """Stored images for another number of rows, (filled, B, C, R, R) -> (filled', rows, C, R, R), filled' at most
    `slots`; a remainder is dropped."""
    line = images.flatten(0, 1)
    filled = min(len(line) // rows, slots)
    return line[: filled * rows].unflatten(0, (filled, rows))
