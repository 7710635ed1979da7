"""Vector quantization with a codebook of running k-means; its vectors are buffers, updated without a gradient."""

import torch
from torch import Tensor, nn

from genarium.distributed.world import all_gather_batch


def rows(z: Tensor) -> Tensor:
    """Vectors of a grid, in single precision and without gradient, (B, D, H, W) -> (B H W, D)."""
    return z.detach().float().movedim(1, -1).flatten(0, -2)


class Codebook(nn.Module):
    """Codebook of `size` vectors, each the exponential moving average of the encoder's vectors assigned to it
    (van den Oord et al., arXiv:1711.00937, app. A.1); one that is hardly used restarts at a random vector of the batch
    (Dhariwal et al., arXiv:2005.00341, sec. 3.1)."""

    vectors: Tensor
    use: Tensor
    total: Tensor

    def __init__(self, size: int, dim: int, decay: float, min_usage: float) -> None:
        """`decay` of the averages per batch; a code is dead whose average use is below `min_usage` of an even share.
        All start dead: the first batch initializes them."""
        super().__init__()
        self.decay, self.min_usage = decay, min_usage
        self.register_buffer("vectors", torch.randn(size, dim))
        self.register_buffer("use", torch.zeros(size))  # running number of vectors of a batch assigned to each
        self.register_buffer("total", torch.zeros(size, dim))  # running sum of them

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Quantization, (B, D, H, W) -> nearest vectors (B, D, H, W), without gradient, and their codes (B, H, W)."""
        if self.training:
            self.follow(all_gather_batch(rows(z)))
        codes = self.nearest(z)
        return self.look_up(codes), codes

    def nearest(self, z: Tensor) -> Tensor:
        """Codes of the nearest vectors, (B, D, H, W) -> (B, H, W)."""
        return self.assign(rows(z)).unflatten(0, (len(z), *z.shape[2:]))

    def assign(self, flat: Tensor) -> Tensor:
        """Codes of the nearest vectors, (N, D) -> (N,)."""
        with torch.autocast(flat.device.type, enabled=False):
            return torch.cdist(flat, self.vectors).argmin(1)

    def look_up(self, codes: Tensor) -> Tensor:
        """Vectors of codes, (B, H, W) -> (B, D, H, W)."""
        return self.vectors[codes].movedim(-1, 1)

    @torch.no_grad()
    def follow(self, flat: Tensor) -> None:
        """One update by the vectors of the whole batch, (N, D)."""
        codes = self.assign(flat)
        use = torch.bincount(codes, minlength=len(self.use)).float()
        self.use.lerp_(use, 1 - self.decay)
        self.total.lerp_(torch.zeros_like(self.total).index_add_(0, codes, flat), 1 - self.decay)
        share = len(flat) / len(self.use)
        dead = (self.use < self.min_usage * share)[:, None]
        fresh = flat[torch.randint(len(flat), (len(self.use),), device=flat.device)]
        self.total.copy_(torch.where(dead, share * fresh, self.total))
        self.use.copy_(torch.where(dead[:, 0], share, self.use))
        self.vectors.copy_(self.total / self.use[:, None])
