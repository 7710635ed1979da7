"""Regularizers of the latents' covariance over the data: DIP-VAE and a Gaussian total correlation.

Of a batch of 32, the covariance of 64 latents that are independent is far from diagonal: a penalty on it costs and
steers by the batch's size. Each of these is a function f of C, the covariance over the data, by its tangent: with P the
running covariance of the batches before and B the unbiased one of this batch, the slope is f'(P) dB, which is right on
average wherever P is near C, and the value f(P) + f'(P) (B - P) / 2, which has no bias where f is a square.
"""

import torch
from torch import Tensor, nn
from torch.distributions import Independent

from genarium.distributed.batch_dependence import refuse_fewer
from genarium.distributed.world import all_gather_batch

RIDGE = 1e-3
"""Fraction of each latent's variance that is added to it: two equal latents would have an infinite gradient."""


def covariance(x: Tensor) -> Tensor:
    """Unbiased covariance of the rows, (B, Z) -> (Z, Z)

    >>> covariance(torch.tensor([[1.0, 2.0], [-1.0, -2.0]]))
    tensor([[2., 4.],
            [4., 8.]])
    """
    centered = x - x.mean(0)
    return (centered[:, :, None] * centered[:, None]).sum(0) / max(len(x) - 1, 1)


def of_means(posterior: Independent) -> Tensor:
    """Covariance of the posterior means over the batch of all processes, (Z, Z)."""
    return covariance(all_gather_batch(posterior.mean))


def of_codes(posterior: Independent) -> Tensor:
    """Covariance of the aggregate posterior: that of the means and the mean variance, (Z, Z)."""
    return of_means(posterior) + torch.diag(all_gather_batch(posterior.variance).mean(0))


def off_identity(matrix: Tensor, off_diagonal: float, diagonal: float) -> Tensor:
    """DIP-VAE's distance of a covariance from the identity, (Z, Z) -> ().

    off_diagonal · sum_{i != j} M_ij^2 + diagonal · sum_i (M_ii - 1)^2
    """
    own = torch.diagonal(matrix)
    return off_diagonal * (matrix.square().sum() - own.square().sum()) + diagonal * (own - 1).square().sum()


def gaussian_total_correlation(matrix: Tensor) -> Tensor:
    """Total correlation of a Gaussian of this covariance, (sum_i log M_ii - log det M) / 2 in nats. (Z, Z) -> ()

    >>> gaussian_total_correlation(torch.tensor([[1.0, 0.0], [0.0, 4.0]]))  # independent latents
    tensor(0.)
    """
    own = torch.diagonal(matrix)
    ridged = matrix + torch.diag(RIDGE * own)
    return (torch.diagonal(ridged).log().sum() - torch.linalg.slogdet(ridged).logabsdet) / 2


class CovarianceRegularizer(nn.Module):
    """Regularizer of a running covariance, which starts at the identity, where every subclass is 0."""

    running: Tensor

    def __init__(self, latent_dim: int, half_life: float) -> None:
        """`half_life` of the running covariance, in images."""
        super().__init__()
        self.half_life = half_life
        self.register_buffer("running", torch.eye(latent_dim))

    def measured(self, posterior: Independent) -> Tensor:
        """Covariance of this batch, (Z, Z)."""
        return of_codes(posterior)

    def cost(self, matrix: Tensor) -> Tensor:
        """Cost f of a covariance, (Z, Z) -> ()."""
        raise NotImplementedError

    def forward(self, posterior: Independent, z: Tensor) -> Tensor:
        """Value of the regularizer, (B,), the same for every image."""
        count = len(all_gather_batch(z))
        refuse_fewer(count, 2, z, "a covariance of codes")
        batch = self.measured(posterior)
        with torch.enable_grad():
            running = self.running.clone().requires_grad_()
            cost = self.cost(running)
            (slope,) = torch.autograd.grad(cost, running)
        tangent = (slope * batch).sum()
        value = cost.detach() + (slope * (batch - running)).sum().detach() / 2
        if self.training:
            self.running.lerp_(batch.detach(), 1 - 0.5 ** (count / self.half_life))
        return (value + tangent - tangent.detach()).expand(len(z))


class DipI(CovarianceRegularizer):
    """DIP-VAE-I: the covariance of the posterior's mean near the identity (Kumar et al., arXiv:1711.00848, eq. 6)."""

    def __init__(self, latent_dim: int, half_life: float, off_diagonal: float, diagonal: float) -> None:
        super().__init__(latent_dim, half_life)
        self.off_diagonal, self.diagonal = off_diagonal, diagonal

    def measured(self, posterior: Independent) -> Tensor:
        return of_means(posterior)

    def cost(self, matrix: Tensor) -> Tensor:
        return off_identity(matrix, self.off_diagonal, self.diagonal)


class DipII(DipI):
    """DIP-VAE-II: the covariance of the aggregate posterior near the identity (Kumar et al., arXiv:1711.00848,
    eq. 7)."""

    def measured(self, posterior: Independent) -> Tensor:
        return of_codes(posterior)


class TotalCorrelation(CovarianceRegularizer):
    """Total correlation of the Gaussian that has the aggregate posterior's covariance, in nats.

    rate + (beta - 1) times this is beta-TC-VAE's regularizer (Chen et al., arXiv:1802.04942, eq. 4). The paper's own
    estimate, a mixture of the batch's posteriors, saturates at the rate less the log of the batch size, whatever the
    codes depend on, and has the rate's gradient there. This one is exact where q(z) is Gaussian and sees linear
    dependence elsewhere.
    """

    def cost(self, matrix: Tensor) -> Tensor:
        return gaussian_total_correlation(matrix)
