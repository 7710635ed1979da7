"""Rate of Gaussian posteriors: their KL divergence to the prior."""

from torch import Tensor

from genarium.metrics.checks import check_codes


def kl_per_latent(*, mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp log_variance) || N(0, 1)) in nats, averaged over the set. (N, Z) twice -> (Z,)

    >>> import torch
    >>> kl_per_latent(mean=torch.tensor([[0.0, 2.0], [0.0, 2.0]]), log_variance=torch.zeros(2, 2))
    tensor([0., 2.], dtype=torch.float64)
    """
    check_codes(mean, log_variance)
    return 0.5 * (mean.double().square() + log_variance.double().exp() - 1 - log_variance.double()).mean(0)
